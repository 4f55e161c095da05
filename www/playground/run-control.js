// Starts and stops the runs of a playground, and shows them in its parts.
//
// What makes runs, the picture and the editor are loaded when the reader wants them.

import { ready } from '../api/engine.js';
import { h } from '../dom.js';
import { BEFORE } from '../run/status.js';
import { explain } from './explain.js';
import { pageAddress } from './page-playground.js';
import { PICTURE, PROGRAM, RULES } from './parts.js';
import { sheet } from './sheets.js';

/**
 * @typedef {import('./async-playground.js').AsyncPlayground} Playground
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('../run/status.js').State} State
 * @typedef {import('./parts.js').Parts} Parts
 * @typedef {import('./runs.js').Runs} Runs
 * @typedef {Parameters<Runs['start']>[0]} How
 */

/** Between two announcements to a screen reader while a run goes on. */
const ANNOUNCE_EVERY_MS = 2000;
/** In CSS pixels; the styles call it 40em. */
const NARROW = 640;

export class RunControl {
  #playground;
  #info;
  #parts;
  #address;
  #runs = /** @type {Runs | null} */ (null);
  /** The run that starts when these are loaded. @type {{} | null} */
  #starting = null;
  /** Whether the run that goes on was made to follow the settings, and whether they have changed since. */
  #follows = false;
  #behind = false;
  /** Picture and player, which are loaded with the first run. @type {Promise<void> | null} */
  #loading = null;
  #announced = 0;
  /** The mistake for whose card the settings were changed. @type {string | null} */
  #shows = null;
  /** Whether other parts have taken the place of these. */
  #over = false;
  state = /** @type {State | null} */ (null);

  /**
   * @param {Playground} playground
   * @param {Brief} info
   * @param {Parts} parts
   */
  constructor(playground, info, parts) {
    this.#playground = playground;
    this.#info = info;
    this.#parts = parts;
    this.#address = pageAddress(playground, parts);
    this.#listen();
    if (!playground.hasAttribute('primary')) return;
    // A link to a program in Python, also one that is opened on this page.
    const follow = () => {
      if (location.hash.startsWith('#code=')) void this.#openEditor('yours');
    };
    addEventListener('hashchange', follow);
    follow();
  }

  #listen() {
    const { controls, playground, write, rules, output } = this.#parts;
    controls.run.addEventListener('click', () => {
      this.#turnToPicture();
      this.start({});
    });
    controls.stop.addEventListener('click', () => this.stop());
    controls.more.addEventListener('speedchange', () => {
      if (this.player !== null) this.player.speed = controls.speed();
    });
    // The full module is loaded too, since it judges runs. If that fails, the first run says so.
    const prepare = () => void Promise.all([this.#load(), ready()]).catch(() => {});
    for (const sign of ['pointerenter', 'focusin']) playground.addEventListener(sign, prepare, { once: true });
    for (const change of ['change', 'settingchange', 'speedchange']) {
      playground.addEventListener(change, () => this.#address?.changed());
    }
    // What opens over the picture closes as a menu does.
    playground.addEventListener('pointerdown', (event) => {
      if (!event.composedPath().includes(controls.more)) controls.more.open = false;
    });
    write.addEventListener('click', () => void this.#openEditor('yours'));
    for (const sign of ['input', 'click', 'live']) controls.settings.addEventListener(sign, ({ type }) => this.#follow(type === 'live'));
    controls.programs.addEventListener('program', () => void this.#runProgram());
    controls.programs.addEventListener('change', () => this.#chosen());
    controls.programs.addEventListener('code', () => void this.#openEditor('mistake'));
    rules.addEventListener('seek', (event) => {
      this.#parts.turnTo(PICTURE);
      this.view?.showEvent(/** @type {CustomEvent} */ (event).detail.seq);
      this.view?.scrollIntoView({ block: 'nearest' });
    });
    output.addEventListener('choose', (event) => {
      this.#parts.turnTo(PICTURE);
      this.view?.chooseLine(/** @type {CustomEvent} */ (event).detail.line);
    });
  }

  /** The cursor in the last run; null before there is one. */
  get player() {
    return this.#runs?.player ?? null;
  }

  /** Picture and player of the last run, once they are loaded. */
  get view() {
    const view = this.#parts.player.querySelector('playground-player');
    return /** @type {import('./playground-player.js').PlaygroundPlayer | null} */ (view);
  }

  /** A run can be started. One that has been asked for already waits for its module. */
  ready() {
    if (this.#starting !== null || this.player?.recording) return;
    this.#parts.controls.running(false);
    this.#say({ state: 'before', text: BEFORE });
  }

  /** @param {How} how */
  start(how) {
    this.#follows = this.#behind = false;
    if (this.#runs !== null) return this.#runs.start(how);
    const { controls, note } = this.#parts;
    const starting = {};
    this.#starting = starting;
    controls.running(true);
    this.#say({ state: 'running', text: '' });
    this.#load().then(
      (runs) => {
        if (this.#starting !== starting) return;
        this.#starting = null;
        runs.start(how);
      },
      (error) => {
        if (this.#starting !== starting) return;
        this.#starting = null;
        controls.running(false);
        this.#say({ state: 'error', text: 'The run could not be made.' });
        void explain(note, error);
      },
    );
  }

  /** Ends the run that goes on, if there is one. */
  stop() {
    this.#behind = false;
    if (this.#starting !== null) {
      this.#starting = null;
      this.#parts.controls.running(false);
      this.#say({ state: 'stopped', text: 'Stopped before it began.' });
    }
    this.#runs?.stop();
  }

  /** The playground has left the page. */
  rest() {
    this.stop();
    this.player?.pause();
    this.#address?.cancel();
  }

  /** Other parts take the place of these. */
  end() {
    this.rest();
    this.#over = true;
  }

  async #load() {
    const [{ Runs }] = await Promise.all([import('./runs.js'), this.#wear('player')]);
    this.#runs ??= new Runs(this.#playground, this.#info, this.#parts.controls, {
      show: (recording, output, rules) => {
        this.#parts.output.show(recording, output);
        this.#parts.rules.show(rules, recording);
        const broken = rules.filter(({ held }) => held === false).length;
        Object.assign(this.#parts.tabs[RULES] ?? {}, { textContent: broken === 0 ? 'Rules' : `Rules ${broken}` });
        this.view?.show();
        this.#parts.frame.dispatchEvent(new Event('cursor'));
        this.#address?.changed();
      },
      say: (said) => this.#say(said),
      note: (text) => (this.#parts.note.textContent = text),
      failed: (error) => void explain(this.#parts.note, error),
      started: () => this.#started(),
    });
    return this.#runs;
  }

  #started() {
    this.#address?.changed();
    this.#loading ??= this.#loadView().catch((error) => {
      this.#loading = null;
      void explain(this.#parts.note, error, 'The picture did not load: ');
    });
  }

  async #loadView() {
    await import('./playground-player.js');
    const runs = this.#runs;
    if (this.#over || runs === null) return;
    const view = Object.assign(h('playground-player'), { runs });
    view.addEventListener('sourceline', (event) => {
      if (/** @type {CustomEvent} */ (event).detail.reveal) this.#parts.turnTo(PROGRAM);
    });
    view.addEventListener('chooseline', (event) => this.#parts.output.choose(/** @type {CustomEvent} */ (event).detail.line));
    this.#parts.player.replaceChildren(view);
    runs.show();
  }

  /** @param {'yours' | 'mistake'} first what it shows first @param {boolean} [turns] whether a phone turns to it */
  async #openEditor(first, turns = true) {
    const { write, note, program, turnTo } = this.#parts;
    if (turns) turnTo(PROGRAM);
    if (program.querySelector('playground-editor') !== null) return;
    write.disabled = true;
    try {
      await Promise.all([import('../editor/playground-editor.js'), this.#wear('player'), this.#wear('editor')]);
      // It may have been asked for twice meanwhile.
      if (this.#over || program.querySelector('playground-editor') !== null) return;
      const of = { playground: this.#playground, info: this.#info, parts: this.#parts };
      program.replaceChildren(Object.assign(h('playground-editor'), { of, first }));
    } catch (error) {
      write.disabled = false;
      if (turns) void explain(note, error, 'The editor did not load: ');
    }
  }

  /** What happens is to be seen, also on a phone. */
  #turnToPicture() {
    const { playground, player, turnTo } = this.#parts;
    turnTo(PICTURE);
    if (playground.clientWidth < NARROW && player.getBoundingClientRect().top < 0) player.scrollIntoView();
  }

  /** Adopts a sheet of what is loaded later. @param {string} name */
  async #wear(name) {
    const style = await sheet(name);
    const root = this.#playground.shadowRoot;
    if (!this.#over && root !== null && !root.adoptedStyleSheets.includes(style)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
  }

  /**
   * Once there is a run on simulated time, it follows the settings: at once, or when the one before has been computed.
   * @param {boolean} live whether it also does where there is none
   */
  #follow(live) {
    const [request, recording] = [this.#parts.controls.request(), this.player?.recording];
    if (!(recording || live) || 'error' in request || request.clock === 'real') return;
    if (recording && JSON.stringify(request.settings) === JSON.stringify(recording.request.settings)) return;
    if (this.#follows) return void (this.#behind = true);
    this.start({ cursor: Infinity });
    this.#follows = true;
  }

  /** Another program was chosen. It is run at the settings of the exercise, not at those of a mistake before. */
  #chosen() {
    const { controls } = this.#parts;
    const shown = this.player?.recording?.request.program;
    if (this.#shows !== null && controls.program !== this.#shows) {
      this.#shows = null;
      for (const name of /** @type {const} */ (['seed', 'order', 'interfere'])) controls.set(name, undefined);
      controls.setSettings({});
    }
    const going = this.#starting !== null || (this.#runs?.going ?? false);
    // A verdict on another program says nothing of the reader's own.
    if (controls.program === 'yours' && shown !== 'yours' && !going) this.#say({ state: 'before', text: 'Press Run to run your program.' });
  }

  /**
   * Runs the program whose card was pressed. One with a mistake is run where that shows, up to the first broken rule, and
   * the correct program below it.
   */
  async #runProgram() {
    const { controls } = this.#parts;
    const { program } = controls;
    this.#turnToPicture();
    if (program === 'correct') return this.start({});
    // Its program stands beside its picture, in Python where it can be written in it.
    void this.#openEditor('mistake', false);
    try {
      const { setToShow } = await import('./show-mistake.js');
      await setToShow(this.#info.slug, controls);
      if (controls.program === program) this.#shows = program;
    } catch {
      // It runs at the settings that are chosen.
    }
    if (!this.#over && controls.program === program) this.start({ shows: true });
  }

  /**
   * Says how the run stands, in sight and to a screen reader.
   * @param {{state: State, text: string, word?: string, often?: boolean}} said `often`: the screen reader hears it now and then
   *   only; `word`: instead of that of the state
   */
  #say({ state, text, word, often = false }) {
    if (this.#over) return;
    const { verdict, summary, status } = this.#parts;
    // The picture of the run before stays until the next one is there.
    if (this.#follows && state === 'running') return;
    const shown = verdict.show(state, word);
    summary.textContent = text;
    this.state = state;
    this.#playground.dataset.state = state;
    this.#follows = false;
    if (this.#behind) {
      this.#behind = false;
      return this.#follow(true);
    }
    const now = performance.now();
    if (often && now - this.#announced < ANNOUNCE_EVERY_MS) return;
    this.#announced = now;
    if (text !== BEFORE) status.textContent = state === 'before' ? text : `${shown}: ${text}`;
  }
}
