// Values of a trace as Python spells them.

/**
 * @param {unknown} value
 * @returns {string}
 */
export function spelled(value) {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value.replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(spelled).join(', ')}]`;
  if (typeof value === 'object') return `{${Object.entries(value).map(([key, item]) => `${spelled(key)}: ${spelled(item)}`).join(', ')}}`;
  return String(value);
}

/**
 * A value in few letters, for a place beside a bar: a text without quotes, a list of numbered texts as their numbers, a
 * mapping without those of its numbers that are 0.
 * @param {unknown} value
 * @returns {string}
 */
export function briefly(value) {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.length > 1) {
    const parts = value.map((item) => /^(.*?)\s*(\d+)$/.exec(String(item)));
    const [, word = ''] = parts[0] ?? [];
    if (word !== '' && parts.every((part) => part?.[1] === word)) return `${word}s ${parts.map((part) => part?.[2]).join(' ')}`;
    return value.map(String).join(', ');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((item) => typeof item === 'number')) {
    return Object.entries(value).filter(([, item]) => item !== 0).map(([key, item]) => `${key.replaceAll('_', ' ')} ${item}`).join(', ');
  }
  return spelled(value);
}
