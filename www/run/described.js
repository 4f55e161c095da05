// How an exercise wants its runs drawn and told: its `picture.json`, with the settings of a run filled in.

/**
 * @typedef {import('../api/brief.js').PictureInfo} PictureInfo
 * @typedef {import('../api/brief.js').LaneInfo} LaneInfo
 * @typedef {import('./recording.js').Recording} Recording
 */

/** @type {PictureInfo} */
const PLAIN = { invitation: '' };

/**
 * @param {Recording} recording
 * @returns {PictureInfo}
 */
export function described({ info }) {
  return info.picture ?? PLAIN;
}

/**
 * Whether a name fits a pattern, in which one `*` stands for any text.
 * @param {string} pattern
 * @param {string} name
 */
export function fits(pattern, name) {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === name;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);
}

/**
 * Whether a name fits one of some patterns.
 * @param {string[] | undefined} patterns
 * @param {string} name
 */
export function fitsAny(patterns, name) {
  return (patterns ?? []).some((pattern) => fits(pattern, name));
}

/** @type {LaneInfo} */
const PLAIN_LANE = { of: '*' };

/**
 * What is said of a resource.
 * @param {Recording} recording
 * @param {string} name
 * @returns {LaneInfo}
 */
export function laneInfo(recording, name) {
  return described(recording).lanes?.find(({ of }) => fits(of, name)) ?? PLAIN_LANE;
}

/**
 * The value of a setting in a run.
 * @param {Recording} recording
 * @param {string} name
 */
function settingIn({ info, request }, name) {
  return request.settings[name] ?? info.settings.find((setting) => setting.name === name)?.default;
}

/**
 * A setting that is a time, in ms; null where there is none.
 * @param {Recording} recording
 * @param {string | undefined} name
 */
export function timeIn(recording, name) {
  const value = name === undefined ? null : settingIn(recording, name);
  return typeof value === 'number' ? value : null;
}

/**
 * A text in which `{setting}` stands for the value of that setting.
 * @param {Recording} recording
 * @param {string} text
 */
export function filledIn(recording, text) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(settingIn(recording, name) ?? ''));
}
