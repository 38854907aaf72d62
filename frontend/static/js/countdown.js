// @ts-check
/**
 * The position and the wait that a page shows between two frames (docs/protocol.md, "The page's countdown").
 * Pure, and the same rule as the hub's and the crowd's: whoever changes it changes all three.
 */

/** After this the frame says nothing about now: the hub sends at the latest after 60 s. */
export const STALE_AFTER_MS = 65_000;

/**
 * @typedef {object} Sighting one frame, as this page received it
 * @property {number} position
 * @property {number | null} pacePerS null or 0: nobody knows, so the number stands still
 * @property {number} atMs when the frame came
 * @property {number | null} [lostAtMs] when the connection was lost, null while it holds
 */

/**
 * The number on the page: never below 1, never above `shown`, whole and rounded up.
 *
 * @param {Sighting} sighting
 * @param {number} nowMs
 * @param {number} [shown] what the page shows already
 */
export function position(sighting, nowMs, shown = Infinity) {
    const truth = Math.ceil(sighting.position - (sighting.pacePerS ?? 0) * elapsedS(sighting, nowMs));
    return Math.max(1, Math.min(truth, shown));
}

/**
 * What is left of a wait: it counts down by the clock as long as the position does by its pace.
 *
 * @param {Sighting} sighting
 * @param {[number, number]} waitS least and most, as the frame said
 * @param {number} nowMs
 * @returns {[number, number]}
 */
export function wait(sighting, [least, most], nowMs) {
    const goneS = sighting.pacePerS ? elapsedS(sighting, nowMs) : 0;
    return [Math.max(0, least - goneS), Math.max(0, most - goneS)];
}

/**
 * For how long the frame has said anything about now.
 *
 * @param {Sighting} sighting
 * @param {number} nowMs
 */
function elapsedS(sighting, nowMs) {
    const untilMs = Math.min(nowMs, sighting.lostAtMs ?? Infinity, sighting.atMs + STALE_AFTER_MS);
    return Math.max(0, untilMs - sighting.atMs) / 1000;
}

/**
 * Positions worth saying aloud: 1, 2, 3, 5, 10, 20, 50, 100 …: the smallest of them that is not below `position`.
 *
 * @param {number} position
 */
export function milestone(position) {
    if (position <= 3) {
        return position;
    }
    const power = 10 ** Math.floor(Math.log10(position));
    const step = [1, 2, 5].find((step) => step * power >= position);
    return (step ?? 10) * power;
}
