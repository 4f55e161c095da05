/** So that `h('playground-setting')` has the type of its element. */
interface HTMLElementTagNameMap {
  'hint-list': import('../site/hint-list.js').HintList;
  'playground-interfere': import('./playground-interfere.js').PlaygroundInterfere;
  'playground-compare': import('./playground-compare.js').PlaygroundCompare;
  'playground-help': import('./playground-help.js').PlaygroundHelp;
  'playground-presenting': import('./playground-presenting.js').PlaygroundPresenting;
  'playground-setting': import('./playground-setting.js').PlaygroundSetting;
  'playground-rules': import('./playground-rules.js').PlaygroundRules;
  'playground-reading': import('./playground-reading.js').PlaygroundReading;
  'playground-player': import('./playground-player.js').PlaygroundPlayer;
  'playground-search': import('./playground-search.js').PlaygroundSearch;
  'playground-picture': import('./playground-picture.js').PlaygroundPicture;
  'playground-order': import('./playground-order.js').PlaygroundOrder;
  'playground-output': import('./playground-output.js').PlaygroundOutput;
  'player-controls': import('./player-controls.js').PlayerControls;
  'playground-editor': import('../editor/playground-editor.js').PlaygroundEditor;
  'playground-verdict': import('./playground-verdict.js').PlaygroundVerdict;
}
