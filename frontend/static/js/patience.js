// @ts-check
/** Repeats a call until it is answered. It never gives up by itself: a person does, by leaving or by `stop()`. */
import { askedDelayMs, delayMs } from './backoff.js';
import { Problem } from './api.js';

/** Thrown by `insist` after `stop()`. */
export class Stopped extends Error {}

/** @typedef {{problem: Problem, untilMs: number}} Delay */

export class Patience {
    /** @type {(() => void) | null} */
    #wake = null;
    #round = 0;

    /**
     * @template T
     * @param {() => Promise<T>} call
     * @param {(delay: Delay) => void} onDelay told before every wait
     * @returns {Promise<T>}
     */
    async insist(call, onDelay) {
        this.stop();
        const round = this.#round;
        for (let tries = 0; ; tries += 1) {
            try {
                const answer = await call();
                this.#check(round);
                return answer;
            } catch (error) {
                this.#check(round);
                if (!(error instanceof Problem) || !error.passing) {
                    throw error;
                }
                const waitMs = error.retryAfterS === null ? delayMs(tries) : askedDelayMs(error.retryAfterS);
                onDelay({ problem: error, untilMs: Date.now() + waitMs });
                await this.rest(waitMs);
                this.#check(round);
            }
        }
    }

    /** Try now. */
    hurry() {
        this.#wake?.();
    }

    stop() {
        this.#round += 1;
        this.hurry();
    }

    /**
     * Until then, or until hurried.
     *
     * @param {number} waitMs
     */
    async rest(waitMs) {
        let timer = 0;
        await new Promise((resolve) => {
            this.#wake = () => resolve(undefined);
            timer = setTimeout(this.#wake, waitMs);
        });
        clearTimeout(timer);
        this.#wake = null;
    }

    /** @param {number} round */
    #check(round) {
        if (round !== this.#round) {
            throw new Stopped();
        }
    }
}
