// @ts-check
/** Which room a page is about: the one in its address, else the host's only one. */
import { rooms } from './api.js';

/**
 * @typedef {object} Found
 * @property {string | null} slug null: the person has to choose
 * @property {import('./protocol.js').RoomSummary[]} choices
 */

/**
 * @param {string} path of the page
 * @returns {Promise<Found>}
 */
export async function findRoom(path) {
    const slug = /^\/rooms\/([a-z0-9-]+)\/?$/.exec(path)?.[1];
    if (slug) {
        return { slug, choices: [] };
    }
    const choices = await rooms();
    return { slug: choices.length === 1 ? choices[0].slug : null, choices };
}
