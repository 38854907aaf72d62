// @ts-check
/**
 * When a closed room opens: its date and time, how long that is still, and whether what was typed is kept until then.
 * Nobody is told aloud: it only counts down.
 */
import * as formatting from '../formatting.js';

const TICK_MS = 1000;
/** Further ahead the date says it better. */
const COUNTED_S = 48 * 3600;

export class Opening {
    #root;
    #app;

    /**
     * @param {HTMLElement} root
     * @param {import('../room.js').App} app
     */
    constructor(root, app) {
        this.#root = root;
        this.#app = app;
        app.visit.addEventListener('room', () => this.#show());
        setInterval(() => app.visit.phase === 'closed' && this.#show(), TICK_MS);
    }

    #show() {
        const { visit, texts } = this.#app;
        const atMs = Date.parse(visit.room?.opens_at ?? '');
        const leftS = (atMs - visit.api.nowMs()) / 1000;
        const known = !Number.isNaN(atMs);
        const counted = leftS > 0 && leftS < COUNTED_S;
        this.#write('#opens', known ? texts.get('closed.opens', moment(atMs, texts.language)) : '');
        this.#write('#opens-in', counted ? texts.get('closed.opens_in', left(leftS, texts.language)) : '');
        this.#element('#opening').hidden = !known;
        this.#element('#opens-ready').hidden = !known;
        this.#element('#opens-some-time').hidden = known;
        this.#element('#opens-kept').hidden = visit.draft.empty;
    }

    /**
     * @param {string} selector
     * @param {string} text '' hides it
     */
    #write(selector, text) {
        const element = this.#element(selector);
        if (element.textContent !== text) {
            element.textContent = text;
        }
        element.hidden = text === '';
    }

    /** @param {string} selector */
    #element(selector) {
        return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
    }
}

/**
 * @param {number} atMs
 * @param {string} language
 */
function moment(atMs, language) {
    return { date: formatting.date(atMs, language), time: formatting.time(atMs, language) };
}

/**
 * @param {number} leftS
 * @param {string} language
 */
function left(leftS, language) {
    return { left: formatting.duration(leftS, language) };
}
