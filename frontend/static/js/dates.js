// @ts-check
/** A date of birth typed as day, month and year. Pure. Whether it can be a birth date is the server's to say. */

/**
 * @typedef {'day' | 'month' | 'year'} Part
 * @typedef {{iso: string} | {code: 'required' | `no_${Part}` | 'bad_date' | 'no_such_date', part: Part}} Composed
 * `code` is a key of the texts, `part` the input to go to
 */

/** @type {Part[]} */
export const PARTS = ['day', 'month', 'year'];

/**
 * @param {Record<Part, string>} written
 * @returns {Composed}
 */
export function compose(written) {
    const typed = Object.fromEntries(PARTS.map((part) => [part, western(written[part]).trim()]));
    const missing = PARTS.filter((part) => typed[part] === '');
    if (missing.length) {
        return { code: missing.length === 1 ? `no_${missing[0]}` : 'required', part: missing[0] };
    }
    const strange = PARTS.find((part) => !(part === 'year' ? /^\d{4}$/ : /^\d{1,2}$/).test(typed[part]));
    if (strange) {
        return { code: 'bad_date', part: strange };
    }
    const [day, month, year] = PARTS.map((part) => Number(typed[part]));
    if (!exists(day, month, year)) {
        return { code: 'no_such_date', part: month >= 1 && month <= 12 ? 'day' : 'month' };
    }
    const pad = (/** @type {number} */ value, /** @type {number} */ width) => String(value).padStart(width, '0');
    return { iso: `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}` };
}

/**
 * @param {string} text a whole date: 27.3.1980, 27 / 3 / 1980, or 1980-03-27 as a date input gives it
 * @returns {Record<Part, string> | null} null for anything else
 */
export function split(text) {
    const [, one, month, other] = /^(\d+)[-./\s]+(\d+)[-./\s]+(\d+)\.?$/.exec(western(text).trim()) ?? [];
    const [day, year] = one?.length === 4 ? [other, one] : [one, other];
    return /^\d{1,2}$/.test(day) && /^\d{1,2}$/.test(month) && year.length === 4 ? { day, month, year } : null;
}

/**
 * Keyboards in Arabic, Persian and Urdu write digits of their own, those of East Asia wide ones; all end in the value.
 *
 * @param {string} text
 */
function western(text) {
    return text.replace(/[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

/**
 * @param {number} day
 * @param {number} month
 * @param {number} year
 */
function exists(day, month, year) {
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
