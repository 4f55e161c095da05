// The pages on the patterns: contracts without what only tests need, and sources that can be copied.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { openSite } from './support/browser.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

test('the navigation leads to the patterns, and each of them to its contract and back', () =>
  site.page('ttl-cache/', async (page) => {
    await page.getByRole('link', { name: 'Patterns (Rust)' }).click();
    const links = page.locator('.pattern h2 a');
    const addresses = await links.evaluateAll((found) => found.map((link) => /** @type {HTMLAnchorElement} */ (link).href));
    assert.ok(addresses.length > 10, String(addresses));
    for (const address of addresses) {
      await page.goto(address);
      const contract = await page.locator('.contract').innerText();
      assert.ok(contract.length > 300, address);
      // Links of rustdoc, and the lines of examples that it hides.
      assert.doesNotMatch(contract, /\[`|\]\(|^# /m, address);
      await page.getByRole('link', { name: 'Patterns in Rust' }).waitFor();
    }
  }));

test('Copy takes the whole source', () =>
  site.page('patterns/timeout/', async (page) => {
    await page.evaluate(() => {
      const copied = /** @type {{copied?: string}} */ (globalThis);
      Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (/** @type {string} */ text) => void (copied.copied = text) } });
    });
    await page.locator('.sources').getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => /** @type {{copied?: string}} */ (globalThis).copied);
    assert.equal(copied, readFileSync(new URL('../../src/patterns/timeout.rs', import.meta.url), 'utf8'));
  }));
