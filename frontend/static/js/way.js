// @ts-check
/**
 * How much of the way through the line is done: from where a ticket was first seen to the door. Never less than before, over
 * a reload and in a new tab too. Pure but for what the browser keeps of it, which is nothing of the person.
 *
 * After a correction the number has risen. What was done stays done, and the rest of the bar is the rest of the way: a bar
 * that stood still until the old number comes again would tell those people that nothing moves.
 */
import * as memory from './memory.js';

/**
 * @typedef {object} Stage
 * @property {number | null} joinedAtUs whose way it is
 * @property {number} from position at which the stage began
 * @property {number} done share of the whole way that lay behind it then
 * @property {number} at position seen last
 */

export class Way {
    /** @type {Stage | null} */
    #stage;
    #memories;

    /**
     * @param {memory.Memory} ofTab
     * @param {memory.Memory} ofBrowser what a new tab goes on from
     */
    constructor(ofTab, ofBrowser = null) {
        this.#memories = [ofTab, ofBrowser];
        this.#stage = memory.read(ofTab, memory.WAY) ?? memory.read(ofBrowser, memory.WAY);
    }

    /**
     * @param {number | null} joinedAtUs of the ticket
     * @returns {number} position seen last: nobody who looks again shall read a larger one
     */
    seen(joinedAtUs) {
        return this.#stage?.joinedAtUs === joinedAtUs ? this.#stage.at : Infinity;
    }

    /**
     * @param {number | null} joinedAtUs of the ticket
     * @param {number} position as shown
     * @returns {number} 0 to 1; 1 is never reached in line, for even the first has still to be called
     */
    share(joinedAtUs, position) {
        const known = this.#stage?.joinedAtUs === joinedAtUs ? this.#stage : null;
        const stage =
            known && position <= known.at
                ? { ...known, at: position }
                : { joinedAtUs, from: position, done: known ? shareOf(known) : 0, at: position };
        if (position !== known?.at) {
            this.#stage = stage;
            this.#memories.forEach((kept) => memory.write(kept, memory.WAY, stage));
        }
        return shareOf(stage);
    }
}

/** @param {Stage} stage */
function shareOf({ from, done, at }) {
    return done + (1 - done) * (1 - at / from);
}
