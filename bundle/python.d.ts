/**
 * Names the folder with the files of the package `async-playground-python`, as the browser finds it. Programs in Python run
 * from there; call it before the first one does.
 * @param address relative to the page, or whole
 * @throws PlaygroundError `bad-value` if it is no address
 */
export function pythonAt(address: string | URL): void;
