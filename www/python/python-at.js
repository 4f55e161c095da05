// Where the files of Python are: with those of the site, or in a folder that the host page names.

import { PlaygroundError, kindOf } from '../api/errors.js';
import { folder } from './engine.js';

let place = folder;

/**
 * Names the folder with the files of the package `async-playground-python`, before the first program runs.
 * @param {string | URL} address of the folder, relative to the page or whole
 */
export function pythonAt(address) {
  try {
    if (typeof address !== 'string' && !(address instanceof URL)) throw new TypeError(kindOf(address));
    place = new URL(String(address).replace(/\/?$/, '/'), globalThis.document?.baseURI).href;
  } catch (cause) {
    throw new PlaygroundError('bad-value', `pythonAt takes the address of a folder, not ${String(address)}`, { cause });
  }
}

/**
 * The address of a file in that folder.
 * @param {string} name
 */
export function pythonFile(name) {
  if (place === null) {
    throw new PlaygroundError('load', 'this site has no Python. It is in the package async-playground-python, and `pythonAt` of async-playground/python says where that is');
  }
  return new URL(name, place);
}
