// @ts-check
/**
 * What this tab keeps over a reload, in its session storage: all of it by the names below, so that all of it can be wiped.
 * A storage that is full, broken or forbidden costs what it kept, never the visit.
 */

/** @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null} Memory null: nothing is kept */

export const DRAFT = 'vestibule.draft';
export const WAY = 'vestibule.way';
export const ALERTS = 'vestibule.alerts';

/** @returns {Memory} */
export function ofTab() {
    try {
        return sessionStorage;
    } catch {
        return null;
    }
}

/** @returns {Memory} of all its tabs, and of those opened later: for nothing but the way */
export function ofBrowser() {
    try {
        return localStorage;
    } catch {
        return null;
    }
}

/**
 * @param {Memory} memory
 * @param {string} name
 * @returns {any} null where there is nothing, or nothing that can be read
 */
export function read(memory, name) {
    try {
        return JSON.parse(memory?.getItem(name) ?? 'null');
    } catch {
        return null;
    }
}

/**
 * @param {Memory} memory
 * @param {string} name
 * @param {unknown} value
 */
export function write(memory, name, value) {
    try {
        memory?.setItem(name, JSON.stringify(value));
    } catch {
        // See above.
    }
}

/** @param {Memory} memory */
export function wipe(memory) {
    [DRAFT, WAY, ALERTS].forEach((name) => memory?.removeItem(name));
    ofBrowser()?.removeItem(WAY);
}
