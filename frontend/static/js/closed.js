// @ts-check
/** When a closed room is looked at again. Pure but for chance: those who wait for it must not come in step. */

/** Until the next look, once to twice this; also while its time is known, for staff may change that. */
const AGAIN_MS = 30_000;
/** So long after it should have opened, once to thrice this: its servers need a moment, too. */
const OPENED_MS = 2_500;

/**
 * @param {string | null} opensAt
 * @param {number} nowMs by the server's clock
 * @param {() => number} [chance] from 0 to 1
 */
export function againMs(opensAt, nowMs, chance = Math.random) {
    const opensInMs = Date.parse(opensAt ?? '') - nowMs;
    const usualMs = AGAIN_MS * (1 + chance());
    if (Number.isNaN(opensInMs)) {
        return usualMs;
    }
    return Math.min(usualMs, Math.max(0, opensInMs) + OPENED_MS * (1 + 2 * chance()));
}
