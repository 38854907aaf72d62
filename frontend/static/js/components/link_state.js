// @ts-check
/** Whether the page hears the room, and until when the place is kept if it does not. */
import * as formatting from '../formatting.js';

const TICK_MS = 1000;

export class LinkState {
    #element;
    #app;
    #phase;
    #wasLost = false;

    /**
     * @param {HTMLElement} element
     * @param {import('../room.js').App} app
     */
    constructor(element, app) {
        this.#element = element;
        this.#app = app;
        this.#phase = element.closest('section')?.dataset.screen;
        app.visit.addEventListener('link', () => this.#show());
        app.visit.addEventListener('ticket', () => this.#show());
        setInterval(() => this.#show(), TICK_MS);
    }

    #show() {
        const { phase, ticket, connection } = this.#app.visit;
        if (phase !== this.#phase || !ticket) {
            return;
        }
        const { by, lostAtMs } = connection.link;
        const text = lostAtMs === null ? this.#held(by, ticket) : this.#lost(lostAtMs, ticket);
        this.#element.dataset.link = lostAtMs === null ? (by ?? 'opening') : 'lost';
        if (this.#element.textContent !== text) {
            this.#element.textContent = text;
            this.#announce(text);
        }
    }

    /**
     * @param {'socket' | 'polling' | null} by
     * @param {import('../protocol.js').TicketState} ticket
     */
    #held(by, ticket) {
        const { texts } = this.#app;
        if (by === 'polling') {
            return texts.get('link.polling', { interval: formatting.duration(ticket.poll_after_s ?? 5, texts.language) });
        }
        return texts.get(by ? 'link.live' : 'link.opening');
    }

    /**
     * @param {number} lostAtMs
     * @param {import('../protocol.js').TicketState} ticket
     */
    #lost(lostAtMs, ticket) {
        const { texts } = this.#app;
        const keptUntilMs = lostAtMs + (ticket.kept_for_s ?? 0) * 1000;
        const time = formatting.time(keptUntilMs, texts.language, { seconds: true });
        return texts.get(Date.now() < keptUntilMs ? 'link.lost' : 'link.overdue', { time });
    }

    /**
     * That a page which has just been opened is connecting is no news, nor that it succeeds.
     *
     * @param {string} text
     */
    #announce(text) {
        const { link } = this.#element.dataset;
        this.#wasLost ||= link === 'lost';
        if (this.#wasLost && link !== 'opening') {
            this.#app.announcer.say('link', text);
        }
    }
}
