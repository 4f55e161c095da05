// Work of an instance that gives a promise, such as a judgement. It fails when the instance traps meanwhile.

/**
 * @template T
 * @param {import('./modules.js').Instance} instance
 * @param {(glue: import('./files.js').Glue) => Promise<T>} work
 * @returns {Promise<T>}
 */
export function ask(instance, work) {
  return new Promise((resolve, reject) => {
    instance.enter(reject);
    const asked = (async () => instance.call(work))();
    asked.then(resolve, (error) => reject(instance.explain(error))).finally(() => instance.leave(reject));
  });
}
