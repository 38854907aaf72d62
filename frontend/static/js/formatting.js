// @ts-check
/** Numbers, times and durations in the person's language. Pure: the language is an argument. */

const MINUTE_S = 60;
const HOUR_S = 3600;

/**
 * @param {number} value
 * @param {string} language
 */
export function number(value, language) {
    return new Intl.NumberFormat(language).format(value);
}

/**
 * Clock time, with seconds where a minute would be too coarse to act on.
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
    }).format(atMs);
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
    return least < most ? minutes.formatRange(least, most) : minutes.format(least);
}

/**
 * @param {'second' | 'minute' | 'hour'} name
 * @param {string} language
 */
function unit(name, language) {
    return new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'long' });
}
