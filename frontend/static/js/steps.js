// @ts-check
/** What the person may do during a visit. Each throws a Problem where the server could not be told: nothing changed. */
import { Problem } from './api.js';
import { Stopped } from './patience.js';

/** @typedef {'leave' | 'clear' | 'another' | 'startOver' | 'edit' | 'joinAgain' | 'replacePlace' | 'lookAgain'} StepName */

export class Steps {
    #visit;
    /** Whether the next join is to take the place of another. */
    #replaces = false;

    /** @param {import('./visit.js').Visit} visit */
    constructor(visit) {
        this.#visit = visit;
    }

    /**
     * @param {import('./protocol.js').Details} details
     * @param {(delay: import('./patience.js').Delay) => void} onDelay told before every further try
     */
    async join(details, onDelay) {
        const visit = this.#visit;
        const key = visit.draft.key();
        const replaces = this.#replaces;
        this.#replaces = false;
        try {
            const ticket = await visit.patience.insist(() => this.#post(details, key, replaces), onDelay);
            visit.receive(ticket);
            visit.tell('joined');
        } catch (error) {
            if (error instanceof Problem && error.status === 409) {
                visit.enter('conflict');
            } else if (!(error instanceof Stopped)) {
                throw error;
            }
        }
    }

    async leave() {
        const visit = this.#visit;
        visit.connection.stop();
        try {
            await visit.api.leave();
        } catch (error) {
            visit.connection.start();
            throw error;
        }
        visit.draft.wipe();
        visit.end({ kind: 'left' });
        visit.tell('left');
    }

    /** Erases the passport at the server, the ticket, and what this browser kept. */
    async clear() {
        const visit = this.#visit;
        visit.draft.wipe();
        await visit.api.leave();
        visit.end({ kind: 'cleared' });
        visit.tell('cleared');
    }

    async another() {
        await this.clear();
        this.startOver();
    }

    startOver() {
        this.#visit.draft.wipe();
        this.#visit.admit();
    }

    async edit() {
        this.#visit.draft.reopen();
        await this.#dropOutcome();
        this.#visit.admit();
    }

    async joinAgain() {
        this.#visit.draft.reopen();
        await this.#dropOutcome();
        this.#visit.admit({ submit: !this.#visit.draft.empty });
    }

    /** Sends the details again, to give up the place that this browser holds for others as soon as these have one. */
    async replacePlace() {
        this.#replaces = true;
        this.#visit.admit({ submit: true });
    }

    /** Looks again: at a place this browser holds for other details, at a closed room, at a server that was away. */
    async lookAgain() {
        this.#replaces = false;
        await this.#visit.arrive();
    }

    /**
     * @param {import('./protocol.js').Details} details
     * @param {string} key
     * @param {boolean} replaces
     */
    async #post(details, key, replaces) {
        try {
            // The passport's second language is the page's.
            return await this.#visit.api.join({ ...details, language: document.documentElement.lang }, key, replaces);
        } catch (error) {
            if (error instanceof Problem && error.body.reason === 'closed') {
                // Why, and until when: the page was opened when the room was open.
                await this.#visit.look().catch(() => undefined);
                this.#visit.close();
                throw new Stopped();
            }
            throw error;
        }
    }

    /** An old outcome would be shown again on reload; a failure to erase it must not keep anybody from the form. */
    async #dropOutcome() {
        const state = this.#visit.ticket?.state;
        if (state === 'refused' || state === 'failed') {
            await this.#visit.api.leave().catch(() => undefined);
        }
    }
}
