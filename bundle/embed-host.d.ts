/**
 * Watches a frame that shows a playground: sets its height to that of its content, hands on the theme of the page, and fires
 * `ready`, `verdict` and `error` on it, each with the message as its detail.
 * @returns ends it
 */
export function watch(frame: HTMLIFrameElement): () => void;
