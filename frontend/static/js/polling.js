// @ts-check
/** Asks for the ticket again and again, for browsers whose WebSocket does not open. Each question is a heartbeat. */
import { askedDelayMs, delayMs } from './backoff.js';
import { Problem } from './api.js';

/** Where the server named no interval. */
const POLL_AFTER_S = 5;

/**
 * @typedef {object} Listener
 * @property {(ticket: import('./protocol.js').TicketState) => void} onTicket
 * @property {(problem: Problem) => void} onLost no answer for now: it goes on asking
 * @property {(problem: Problem) => void} onGone the ticket is no longer good: it has stopped
 */

export class Polling {
    #ask;
    #listener;
    #running = false;
    #round = 0;
    #tries = 0;
    #timer = 0;

    /**
     * @param {() => Promise<import('./protocol.js').TicketState>} ask
     * @param {Listener} listener
     */
    constructor(ask, listener) {
        this.#ask = ask;
        this.#listener = listener;
    }

    start() {
        if (!this.#running) {
            this.#running = true;
            this.#tries = 0;
            this.#poll();
        }
    }

    stop() {
        this.#running = false;
        this.#round += 1;
        clearTimeout(this.#timer);
    }

    hurry() {
        if (this.#running && this.#timer) {
            clearTimeout(this.#timer);
            this.#poll();
        }
    }

    async #poll() {
        this.#timer = 0;
        const round = this.#round;
        const answer = await this.#ask().catch(asProblem);
        if (round !== this.#round) {
            return;
        }
        if (!(answer instanceof Problem)) {
            this.#tries = 0;
            this.#later((answer.poll_after_s ?? POLL_AFTER_S) * 1000);
            this.#listener.onTicket(answer);
        } else if (answer.passing) {
            this.#later(answer.retryAfterS === null ? delayMs(this.#tries) : askedDelayMs(answer.retryAfterS));
            this.#tries += 1;
            this.#listener.onLost(answer);
        } else {
            this.stop();
            this.#listener.onGone(answer);
        }
    }

    /** @param {number} waitMs */
    #later(waitMs) {
        this.#timer = setTimeout(() => this.#poll(), waitMs);
    }
}

/** @param {unknown} error whatever it is, it goes on asking: nobody loses the place in silence */
function asProblem(error) {
    return error instanceof Problem ? error : new Problem(0);
}
