// CodeMirror with what a short program in Python needs. In a shadow root it styles itself by constructed sheets, which a strict
// policy allows. Loaded after the plain text field is there.

import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { Annotation, EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** A change that the reader has not made. */
const written = Annotation.define();

/** Takes the lines to mark, or null. @type {import('@codemirror/state').StateEffectType<import('../run/program-lines.js').Lines | null>} */
const markLines = StateEffect.define();

const WRONG = Decoration.line({ class: 'cm-wrong', attributes: { 'aria-invalid': 'true' } });

const marked = StateField.define({
  create: () => Decoration.none,
  update(decorations, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(markLines)) continue;
      if (effect.value === null) return Decoration.none;
      const { from, to } = effect.value;
      const { doc } = transaction.state;
      const lines = Array.from({ length: to - from + 1 }, (_, place) => WRONG.range(doc.line(from + place).from));
      return Decoration.set(lines);
    }
    return decorations.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The colours are those of the sources. */
const colours = HighlightStyle.define([
  { tag: [tags.comment], color: 'var(--code-comment)' },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))], color: 'var(--code-function)' },
  { tag: [tags.className, tags.definition(tags.className)], color: 'var(--code-type)' },
]);

const looks = EditorView.theme({
  '&': { height: '100%', fontSize: 'var(--text-s)', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--code-comment)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in oklab, var(--accent-tint) 40%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-wrong': { backgroundColor: 'var(--failed-tint)', outline: '1px solid var(--failed)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-tint) !important' },
});

/**
 * Puts an editor into a place, instead of what is there.
 * @param {HTMLElement} place
 * @param {string} text
 * @param {{changed: () => void, run: () => void, label: string}} given `changed` is called when the reader has changed the text
 * @returns {import('./playground-editor.js').Field}
 */
export function codeMirror(place, text, { changed, run, label }) {
  place.replaceChildren();
  const view = new EditorView({
    parent: place,
    root: /** @type {ShadowRoot | Document} */ (place.getRootNode()),
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([{ key: 'Mod-Enter', run: () => (run(), true) }, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        history(),
        lineNumbers(),
        drawSelection(),
        EditorView.lineWrapping,
        highlightActiveLine(),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of('    '),
        python(),
        marked,
        syntaxHighlighting(colours),
        looks,
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': 'code-help' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((one) => one.annotation(written))) changed();
        }),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    write: (code) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: code }, annotations: written.of(true) }),
    mark(lines) {
      const known = lines !== null && lines.from >= 1 && lines.to <= view.state.doc.lines ? lines : null;
      /** @type {StateEffect<any>[]} */
      const effects = [markLines.of(known)];
      if (known !== null) effects.push(EditorView.scrollIntoView(view.state.doc.line(known.from).from, { y: 'center' }));
      view.dispatch({ effects });
    },
    focus: () => view.focus(),
  };
}
