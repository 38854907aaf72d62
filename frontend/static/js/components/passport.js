// @ts-check
/** The passport that is ready: where to get it, and for how much longer. */
import * as formatting from '../formatting.js';

const TICK_MS = 1000;
/** Spoken once when this little is left. */
const LAST_CALL_S = 120;
/** How often the server is asked whether the passport is still there, once its time should be over. */
const ASK_AGAIN_MS = 30_000;

export class Passport {
    #root;
    #app;
    #askedAtMs = 0;

    /**
     * @param {HTMLElement} root
     * @param {import('../room.js').App} app
     */
    constructor(root, app) {
        this.#root = root;
        this.#app = app;
        app.visit.addEventListener('ticket', () => this.#show());
        setInterval(() => this.#tick(), TICK_MS);
    }

    #show() {
        const { visit } = this.#app;
        if (visit.phase !== 'issued') {
            return;
        }
        for (const link of this.#root.querySelectorAll('a')) {
            link.href = link.id === 'read' ? visit.api.readUrl : visit.api.passportUrl;
        }
        this.#tick();
        this.#app.announcer.say('issued', this.#app.texts.get('issued.title'));
    }

    #tick() {
        const { phase, ticket, api } = this.#app.visit;
        const expiresAtMs = Date.parse(ticket?.expires_at ?? '');
        if (phase !== 'issued' || Number.isNaN(expiresAtMs)) {
            return;
        }
        this.#count(Math.max(0, (expiresAtMs - api.nowMs()) / 1000));
    }

    /** @param {number} leftS */
    #count(leftS) {
        const { texts, announcer } = this.#app;
        const left = formatting.duration(leftS, texts.language);
        const time = formatting.time(Date.now() + leftS * 1000, texts.language);
        this.#write(leftS ? texts.get('issued.expires', { time, left }) : texts.get('issued.due'));
        if (leftS <= LAST_CALL_S) {
            announcer.say('expires', texts.get('issued.last_call'));
        }
        if (leftS === 0) {
            this.#ask();
        }
    }

    /** Whether it is over is the server's to say: this machine's clock may be wrong. */
    #ask() {
        if (Date.now() - this.#askedAtMs >= ASK_AGAIN_MS) {
            this.#askedAtMs = Date.now();
            this.#app.visit.arrive();
        }
    }

    /** @param {string} text */
    #write(text) {
        const element = /** @type {HTMLElement} */ (this.#root.querySelector('#expires'));
        if (element.textContent !== text) {
            element.textContent = text;
        }
    }
}
