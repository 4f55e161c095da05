// A playground with a run, and the state of all that is shown of it as text.

import { OVER, playground, drawn } from './browser.js';

/** @typedef {import('playwright-core').Page} Page */

/**
 * Runs what the playground is set to, at once, and waits for the picture.
 * @param {Page} page
 * @param {import('playwright-core').Locator | null} [start] Run unless told
 */
export async function ran(page, start = null) {
  const on = await playground(page);
  await on.speed('once');
  await (start ?? on.run).click();
  await page.locator(OVER).waitFor();
  await page.locator('playground-picture .axis .step').first().waitFor({ state: 'attached' });
  const button = (/** @type {string} */ name) => on.host.getByRole('button', { name, exact: true });
  const slider = on.host.getByRole('slider', { name: 'Event', exact: true });
  return {
    ...on,
    slider,
    button,
    length: async () => Number(await slider.getAttribute('max')),
    cursor: async () => Number(await slider.inputValue()),
    /** @param {number} cursor */
    scrub: (cursor) =>
      slider.evaluate((input, cursor) => {
        /** @type {HTMLInputElement} */ (input).value = String(cursor);
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }, cursor),
    state: () => state(page),
  };
}


/**
 * @param {Page} page
 * @returns {Promise<string>}
 */
export async function state(page) {
  await drawn(page);
  return page.evaluate(() => {
    const root = /** @type {ShadowRoot} */ (document.querySelector('async-playground')?.shadowRoot);
    const parts = ['playground-output tbody', 'playground-rules', 'playground-picture .axis', 'playground-picture .sheet', '.legend', '.where'];
    const shown = parts.map((part) => `${part}\n${root.querySelector(part)?.innerHTML}`).join('\n');
    // Which button Tab would reach is where the reader is, not where the run is.
    return shown.replace(/ tabindex="-?\d"/g, '');
  });
}
