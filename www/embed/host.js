// For a page that shows exercises in frames: sets the height of each frame to that of its content, and fires its
// messages as events of the frame: `ready`, `verdict`, `error`, each with the message as its detail.
//
// It listens to frames whose address begins like that of this script, and to messages of the form in docs/EMBEDDING.md.

const SITE = new URL('.', import.meta.url).href;
const FORM = { source: 'async-playground', version: 1 };
/** In pixels; more is not a plausible height. */
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

// A frame that loaded before this script has sent its height in vain. It sends it again after any message; setting the
// theme that it already has changes nothing else.
for (const frame of frames()) {
  const theme = new URL(frame.src).searchParams.get('theme') ?? 'auto';
  frame.contentWindow?.postMessage({ ...FORM, type: 'theme', theme }, '*');
}
