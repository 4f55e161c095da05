// For a page that shows exercises in frames: makes each frame as high as what is in it, and passes its messages on as
// events of the frame: `ready`, `verdict`, `error`, each with the message as its detail.
//
// Only frames with an address beside this script are looked at, and only messages in the form that its page `/embed/` has.

const SITE = new URL('.', import.meta.url).href;
const FORM = { source: 'async-playground', version: 1 };
/** Nothing that a bench shows is higher. */
const HIGHEST = 50_000;

const frames = () => [...document.querySelectorAll('iframe')].filter((frame) => frame.src.startsWith(SITE));

window.addEventListener('message', (event) => {
  const frame = frames().find((frame) => frame.contentWindow === event.source);
  if (frame === undefined) return;
  const { source, version, type, height } = Object(event.data);
  if (source !== FORM.source || version !== FORM.version) return;
  if (type === 'height' && height > 0 && height < HIGHEST) {
    // The height is that of the content, whatever border the page gives the frame.
    frame.style.boxSizing = 'content-box';
    frame.style.height = `${height}px`;
  } else if (['ready', 'verdict', 'error'].includes(type)) {
    frame.dispatchEvent(new CustomEvent(type, { bubbles: true, detail: event.data }));
  }
});

// A frame that was there first has told its height to nobody; it tells it again whatever it is asked for, and asking
// for the theme that its address has changes nothing.
for (const frame of frames()) {
  const theme = new URL(frame.src).searchParams.get('theme') ?? 'auto';
  frame.contentWindow?.postMessage({ ...FORM, type: 'theme', theme }, '*');
}
