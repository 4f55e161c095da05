// Reads the text of a setting: what is typed into a field, stands in an attribute or in an address.
//
// The wasm module reads the same texts in the same way; `tests/settings.json` has cases for both.

/**
 * @typedef {import('../api/playground.js').Setting} Setting
 * @typedef {import('../api/playground.js').SettingValue} SettingValue
 * @typedef {{value: SettingValue} | {allowed: string}} Reading `allowed` ends the sentence "It must be ..."
 */

/**
 * @param {Setting} setting
 * @param {string} text items of a list have commas between them
 * @returns {Reading}
 */
export function readSetting(setting, text) {
  const value = valueOf(setting, text);
  return value === null ? { allowed: allowed(setting) } : { value };
}

/**
 * @param {Setting} setting
 * @param {string} text
 * @returns {SettingValue | null}
 */
function valueOf(setting, text) {
  const items = text.trim() === '' ? [] : text.split(',');
  switch (setting.kind) {
    case 'int':
      return whole(setting, text);
    case 'bool':
      return text.trim() === 'true' || (text.trim() === 'false' ? false : null);
    case 'choice':
      return setting.options.find((option) => option === text.trim()) ?? null;
    case 'ints': {
      const numbers = items.map((item) => whole(setting, item)).filter((number) => number !== null);
      return numbers.length === items.length && numbers.length >= 1 && numbers.length <= setting.maxItems ? numbers : null;
    }
    case 'order': {
      const words = items.map((item) => item.trim());
      const known = words.every((word) => setting.options.includes(word));
      return known && new Set(words).size === words.length ? words : null;
    }
  }
}

/**
 * @param {{min: number, max: number}} range
 * @param {string} text
 */
function whole({ min, max }, text) {
  const number = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : NaN;
  return Number.isSafeInteger(number) && number >= min && number <= max ? number : null;
}

/** @param {Setting} setting */
export function allowed(setting) {
  const unit = setting.unit === null ? '' : ` ${setting.unit}`;
  switch (setting.kind) {
    case 'int':
      return `a whole number from ${setting.min} to ${setting.max}${unit}`;
    case 'bool':
      return 'true or false';
    case 'choice':
      return `one of ${setting.options.join(', ')}`;
    case 'ints':
      return `a list of 1 to ${setting.maxItems} whole numbers from ${setting.min} to ${setting.max}${unit}`;
    case 'order':
      return `a list of different words out of ${setting.options.join(', ')}`;
  }
}
