// @ts-check
/** Numbers, times and durations in the person's language. Pure: the language is an argument. */

export const MINUTE_S = 60;
const HOUR_S = 3600;
const NO_BREAK_SPACE = '\u00a0';
/** Up to this a pace is told to the place; above, two digits are all that a forecast is good for. */
const EXACT = 10;

/** Making one costs more than using it, and the number may change ten times a second. */
const made = /** @type {Map<string, Intl.NumberFormat>} */ (new Map());

/**
 * Thousands apart also where a language would leave four digits together: the server cannot do that (words.py).
 *
 * @param {number} value
 * @param {string} language
 */
export function number(value, language) {
    return numbers(language, { useGrouping: 'always' }).format(value);
}

/**
 * In whole per cents, rounded down: nobody is told of more than is done.
 *
 * @param {number} value 0 to 1
 * @param {string} language
 */
export function share(value, language) {
    return numbers(language, { style: 'percent' }).format(Math.floor(value * 100) / 100);
}

/**
 * How many places the line moves in a minute, as exactly as that can be known.
 *
 * @param {number} pacePerS
 */
export function perMinute(pacePerS) {
    const places = pacePerS * MINUTE_S;
    return places < EXACT ? Math.round(places) : Number(places.toPrecision(2));
}

/**
 * Clock time in one piece, with seconds where a minute would be too coarse to act on.
 *
 * @param {number} atMs
 * @param {string} language
 * @param {{seconds?: boolean, timeZone?: string}} [options]
 */
export function time(atMs, language, { seconds = false, timeZone } = {}) {
    return new Intl.DateTimeFormat(language, {
        hour: 'numeric',
        minute: '2-digit',
        second: seconds ? '2-digit' : undefined,
        timeZone,
    })
        .format(atMs)
        .replaceAll(' ', NO_BREAK_SPACE);
}

/**
 * In full, with the day of the week.
 *
 * @param {number} atMs
 * @param {string} language
 * @param {{timeZone?: string}} [options]
 */
export function date(atMs, language, { timeZone } = {}) {
    return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeZone }).format(atMs);
}

/**
 * Seconds below two minutes, then whole minutes, from two hours on whole hours: never longer than the truth.
 *
 * @param {number} seconds
 * @param {string} language
 */
export function duration(seconds, language) {
    const whole = Math.max(0, Math.floor(seconds));
    if (whole < 2 * MINUTE_S) {
        return unit('second', language).format(whole);
    }
    if (whole < 2 * HOUR_S) {
        return unit('minute', language).format(Math.floor(whole / MINUTE_S));
    }
    return unit('hour', language).format(Math.floor(whole / HOUR_S));
}

/**
 * A band of waiting times in whole minutes that hold it, never "0 minutes".
 *
 * @param {[number, number]} waitS least and most
 * @param {string} language
 */
export function band(waitS, language) {
    const least = Math.max(1, Math.floor(waitS[0] / MINUTE_S));
    const most = Math.max(1, Math.ceil(waitS[1] / MINUTE_S));
    const minutes = unit('minute', language);
    // Some languages' data have a hyphen here; the server writes a dash for all.
    return least < most ? minutes.formatRange(least, most).replace('-', '–') : minutes.format(least);
}

/**
 * @param {'second' | 'minute' | 'hour'} name
 * @param {string} language
 */
function unit(name, language) {
    return numbers(language, { style: 'unit', unit: name, unitDisplay: 'long' });
}

/**
 * @param {string} language
 * @param {Intl.NumberFormatOptions} [options]
 */
function numbers(language, options) {
    const key = language + JSON.stringify(options);
    const format = made.get(key) ?? new Intl.NumberFormat(language, options);
    made.set(key, format);
    return format;
}
