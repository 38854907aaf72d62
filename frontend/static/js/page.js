// @ts-check
/** What the server has written into the page for its scripts (queueing/pages/handover.py): nothing need be asked first. */

/**
 * @typedef {object} Page
 * @property {string} language BCP 47
 * @property {number} now_ms the server's time when it wrote the page
 * @property {import('./protocol.js').RoomState} room
 * @property {import('./protocol.js').TicketState | null} ticket of this browser
 * @property {import('./visit.js').Circumstance | null} end of a visit that is over, where there is no ticket to say so
 * @property {Record<string, import('./texts.js').Message>} texts
 */

/** @returns {Page} */
export function handedOver() {
    return JSON.parse(document.getElementById('page')?.textContent ?? '');
}

/** When the page began to arrive, by this machine's clock: on a slow network seconds before its scripts run. */
export function arrivedAtMs() {
    const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
    return navigation ? performance.timeOrigin + navigation.responseStart : Date.now();
}
