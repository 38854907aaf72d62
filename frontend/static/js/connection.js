// @ts-check
/**
 * Keeps a ticket in touch with the room: WebSocket first, polling beside it while none opens. Never gives up in silence.
 */
import { Polling } from './polling.js';
import { Socket } from './socket.js';

const NO_TICKET = 4401;
const FOREIGN_ORIGIN = 4403;
const GONE = 4410;
/** One failure is bad luck; two in a row are a network that lets no WebSocket through. */
const FAILURES_BEFORE_POLLING = 2;

/**
 * @typedef {object} Link
 * @property {'socket' | 'polling' | null} by null: nothing heard yet, or lost
 * @property {number | null} lostAtMs since when the server does not hear us
 *
 * @typedef {object} Listener
 * @property {(ticket: Partial<import('./protocol.js').TicketState>) => void} onTicket
 * @property {(notice: import('./protocol.js').RoomNotice) => void} onNotice
 * @property {(link: Link) => void} onLink
 * @property {(problem: import('./api.js').Problem) => void} onGone
 */

export class Connection {
    /** @type {Link} */
    link = { by: null, lostAtMs: null };
    #listener;
    #socket;
    #polling;

    /**
     * @param {import('./api.js').Api} api
     * @param {Listener} listener
     */
    constructor(api, listener) {
        this.#listener = listener;
        this.#socket = new Socket(api.socketUrl, {
            onFrame: (frame) => this.#framed(frame),
            onClose: (closing) => this.#closed(closing),
        });
        this.#polling = new Polling(() => api.ticket(), {
            onTicket: (ticket) => this.#polled(ticket),
            onLost: () => this.#lost(Date.now()),
            onGone: (problem) => this.#gone(problem),
        });
    }

    start() {
        this.#socket.start();
    }

    stop() {
        this.#socket.stop();
        this.#polling.stop();
        this.link = { by: null, lostAtMs: null };
    }

    hurry() {
        this.#socket.hurry();
        this.#polling.hurry();
    }

    /** @param {import('./protocol.js').Frame} frame */
    #framed(frame) {
        this.#polling.stop();
        this.#found('socket');
        if (frame.type === 'state') {
            this.#listener.onTicket(frame);
        } else if (frame.type === 'called') {
            this.#listener.onTicket({ state: 'serving' });
        } else if (frame.type === 'outcome') {
            this.#listener.onTicket({ ...frame, state: frame.outcome });
        } else if (frame.type === 'notice') {
            this.#listener.onNotice(frame);
        }
    }

    /** @param {import('./protocol.js').TicketState} ticket */
    #polled(ticket) {
        this.#found('polling');
        this.#listener.onTicket(ticket);
    }

    /** @param {{code: number, tries: number, lastSignMs: number}} closing */
    #closed({ code, tries, lastSignMs }) {
        if (this.link.by === 'socket') {
            this.#lost(lastSignMs);
        }
        if ([NO_TICKET, FOREIGN_ORIGIN, GONE].includes(code) || tries >= FAILURES_BEFORE_POLLING) {
            this.#polling.start();
        }
    }

    /** @param {import('./api.js').Problem} problem */
    #gone(problem) {
        this.stop();
        this.#listener.onGone(problem);
    }

    /** @param {'socket' | 'polling'} by */
    #found(by) {
        this.#change({ by, lostAtMs: null });
    }

    /** @param {number} atMs */
    #lost(atMs) {
        this.#change({ by: null, lostAtMs: this.link.lostAtMs ?? atMs });
    }

    /** @param {Link} link */
    #change(link) {
        const changed = link.by !== this.link.by || link.lostAtMs !== this.link.lostAtMs;
        this.link = link;
        if (changed) {
            this.#listener.onLink(link);
        }
    }
}
