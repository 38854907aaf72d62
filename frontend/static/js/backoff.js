// @ts-check
/** How long to wait before the next try. Pure: chance is an argument. */

/** A phone that comes out of a lift should be back in the line within this. */
const LONGEST_MS = 30_000;
const FIRST_MS = 1_000;
/** A server that goes away tells everybody at once; they come back spread over this (docs/protocol.md). */
const SPREAD_MS = 5_000;
/** A server that says "later" is full: nobody is back sooner than this, where it names no time itself. */
const LATER_MS = 5_000;
const LONGEST_ASKED_S = 600;

export const GOING_AWAY = 1001;
export const TRY_LATER = 1013;

/**
 * Full jitter: anything from 0 to a ceiling that doubles with every try, so that a crowd never knocks in step.
 *
 * @param {number} tries failures before this one in a row
 * @param {() => number} [random]
 */
export function delayMs(tries, random = Math.random) {
    return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** tries);
}

/**
 * What the server asked for is the least; a tenth more (at least a second) spreads those it told the same.
 *
 * @param {number} retryAfterS
 * @param {() => number} [random]
 */
export function askedDelayMs(retryAfterS, random = Math.random) {
    const askedMs = retryAfterS * 1000;
    return askedMs + random() * Math.max(1000, askedMs / 10);
}

/**
 * @param {number} code close code of the socket
 * @param {number} tries failures before this one in a row
 * @param {() => number} [random]
 * @param {string} [reason] of the close: whole seconds, where the server names them
 */
export function delayAfterCloseMs(code, tries, random = Math.random, reason = '') {
    if (code === GOING_AWAY) {
        return random() * SPREAD_MS;
    }
    if (code === TRY_LATER && /^\d+$/.test(reason)) {
        return askedDelayMs(Math.min(Number(reason), LONGEST_ASKED_S), random);
    }
    if (code === TRY_LATER) {
        return LATER_MS + delayMs(tries + 3, random);
    }
    return delayMs(tries, random);
}
