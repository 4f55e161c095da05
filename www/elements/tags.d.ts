/** So that `h('playground-setting')` has the type of its element. */
interface HTMLElementTagNameMap {
  'hint-list': import('./hint-list.js').HintList;
  'playground-acts': import('./playground-acts.js').PlaygroundActs;
  'playground-compare': import('./playground-compare.js').PlaygroundCompare;
  'playground-help': import('./playground-help.js').PlaygroundHelp;
  'playground-setting': import('./playground-setting.js').PlaygroundSetting;
  'playground-rules': import('./playground-rules.js').PlaygroundRules;
  'playground-reading': import('./playground-reading.js').PlaygroundReading;
  'playground-replay': import('./playground-replay.js').PlaygroundReplay;
  'playground-search': import('./playground-search.js').PlaygroundSearch;
  'playground-timeline': import('./playground-timeline.js').PlaygroundTimeline;
  'playground-output': import('./playground-output.js').PlaygroundOutput;
  'playground-transport': import('./playground-transport.js').PlaygroundTransport;
  'playground-verdict': import('./playground-verdict.js').PlaygroundVerdict;
}
