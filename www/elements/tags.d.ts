/** So that `h('playground-knob')` has the type of its element. */
interface HTMLElementTagNameMap {
  'playground-knob': import('./playground-knob.js').PlaygroundKnob;
  'playground-laws': import('./playground-laws.js').PlaygroundLaws;
  'playground-search': import('./playground-search.js').PlaygroundSearch;
  'playground-transcript': import('./playground-transcript.js').PlaygroundTranscript;
  'playground-verdict': import('./playground-verdict.js').PlaygroundVerdict;
}
