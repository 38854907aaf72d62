// @ts-check
/** Speaks to screen readers: at most every 20 s, and never the same thing twice in a row. */

/** A voice that speaks more often than this cannot be waited beside. */
export const PAUSE_MS = 20_000;

/**
 * @typedef {object} Clock
 * @property {() => number} nowMs
 * @property {(call: () => void, afterMs: number) => unknown} later
 */

export class Announcer {
    #element;
    #clock;
    /** @type {Map<string, {text: string, meaning: string}>} what is to be said, by topic: the latest of each counts */
    #pending = new Map();
    /** @type {Map<string, string>} the meaning said last, by topic */
    #said = new Map();
    #saidAtMs = -Infinity;
    #due = false;

    /**
     * @param {{textContent: string | null}} element a role="status" region
     * @param {Clock} [clock]
     */
    constructor(element, clock = { nowMs: Date.now, later: (call, afterMs) => setTimeout(call, afterMs) }) {
        this.#element = element;
        this.#clock = clock;
    }

    /**
     * @param {string} topic
     * @param {string} text empty: nothing is to be said of this any more
     * @param {string} [meaning] the same meaning is not said again, whatever the text
     */
    say(topic, text, meaning = text) {
        this.#pending.delete(topic);
        if (text === '') {
            this.#said.delete(topic);
        } else if (this.#said.get(topic) !== meaning) {
            this.#pending.set(topic, { text, meaning });
            this.#plan();
        }
    }

    /** What waited to be said belongs to a page that is gone. */
    forget() {
        this.#pending.clear();
        this.#said.clear();
        this.#element.textContent = '';
    }

    #plan() {
        if (!this.#due) {
            this.#due = true;
            this.#clock.later(() => this.#speak(), Math.max(0, this.#saidAtMs + PAUSE_MS - this.#clock.nowMs()));
        }
    }

    #speak() {
        this.#due = false;
        if (this.#pending.size === 0) {
            return;
        }
        this.#element.textContent = [...this.#pending.values()].map(({ text }) => text).join(' ');
        this.#pending.forEach(({ meaning }, topic) => this.#said.set(topic, meaning));
        this.#pending.clear();
        this.#saidAtMs = this.#clock.nowMs();
    }
}
