// @ts-check
/** Says under the form that the details are on their way, or when they are sent again. */
import * as formatting from '../formatting.js';

/** An answer that comes sooner needs no "sending". */
const QUICK_MS = 400;

export class Sending {
    #element;
    #text;
    #now;
    #app;
    #timer = 0;

    /**
     * @param {HTMLElement} element
     * @param {import('../room.js').App} app
     */
    constructor(element, app) {
        this.#element = element;
        this.#app = app;
        this.#text = /** @type {HTMLElement} */ (element.querySelector('p'));
        this.#now = /** @type {HTMLElement} */ (element.querySelector('button'));
        this.#now.addEventListener('click', () => app.visit.patience.hurry());
    }

    /** @param {import('../patience.js').Delay | null} delay null: under way */
    show(delay) {
        clearTimeout(this.#timer);
        if (!delay) {
            this.#timer = setTimeout(() => this.#write('sending.now', {}), QUICK_MS);
            return;
        }
        const { problem, untilMs } = delay;
        const key = { 0: 'sending.offline', 429: 'sending.crowded' }[problem.status] ?? 'sending.busy';
        this.#write(key, { time: formatting.time(untilMs, this.#app.texts.language, { seconds: true }) });
        this.#now.hidden = false;
        this.#app.announcer.say('sending', this.#text.textContent ?? '');
    }

    hide() {
        clearTimeout(this.#timer);
        this.#element.hidden = true;
    }

    /**
     * @param {string} key
     * @param {import('../texts.js').Values} values
     */
    #write(key, values) {
        this.#text.textContent = this.#app.texts.get(key, values);
        this.#now.hidden = true;
        this.#element.hidden = false;
    }
}
