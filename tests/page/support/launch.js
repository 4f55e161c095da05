// The browser that the tests drive: Chromium, or Firefox or WebKit where BROWSER says so.
//
// Firefox is the one that the distribution has, spoken to by WebDriver BiDi; playwright-core is held at the last version
// whose commands the extended support release knows. WebKit is driven by webkit.js.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';

import { chromium, firefox } from 'playwright-core';

/** @typedef {import('playwright-core').LaunchOptions & {type: import('playwright-core').BrowserType, places: string[]}} Known */

/** @type {Record<string, Known>} */
const KNOWN = {
  chromium: {
    type: chromium,
    places: [
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/snap/bin/chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
  firefox: {
    type: firefox,
    places: ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/snap/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'],
    channel: 'moz-firefox',
  },
};

export const BROWSER = process.env.BROWSER ?? 'chromium';

/**
 * Starts the browser that BROWSER names; CHROMIUM or FIREFOX says where it is, if it is not in its usual place.
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launch() {
  if (BROWSER === 'webkit') return /** @type {any} */ ((await import('./webkit.js')).launchWebKit());
  const known = KNOWN[BROWSER];
  assert.ok(known, `BROWSER must be webkit, ${Object.keys(KNOWN).join(' or ')}, not ${BROWSER}`);
  const { type, places, ...options } = known;
  const name = BROWSER.toUpperCase();
  const executablePath = process.env[name] ?? places.find((place) => existsSync(place));
  assert.ok(executablePath, `there is no ${BROWSER}: set ${name} to its path, or install it in ${places[0]}`);
  return type.launch({ executablePath, ...options });
}
