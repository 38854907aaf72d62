// @ts-check
/**
 * One person's visit to a room: which phase it is in, and what the server's answers make of it. Knows no element of the
 * page; components listen to `room`, `phase`, `ticket`, `link` and `notice`.
 */
import { Api, Problem } from './api.js';
import * as closed from './closed.js';
import { Connection } from './connection.js';
import { KEPT_AFTER_END_MS } from './draft.js';
import { Patience, Stopped } from './patience.js';
import { Tabs } from './tabs.js';

/**
 * @typedef {'loading' | 'missing' | 'trouble' | 'closed' | 'form' | 'conflict' | 'waiting' | 'serving' | 'issued'
 *     | 'ended'} Phase
 *
 * @typedef {object} Circumstance what a phase needs to be told
 * @property {'refused' | 'failed' | 'lapsed' | 'expired' | 'left' | 'cleared' | 'lost' | 'offline' | 'busy'} [kind]
 * of an end (`lost`: the browser lost its ticket) or of a trouble
 * @property {string | null} [reason] of a refusal or failure
 * @property {boolean} [submit] the form is to be sent at once
 */

export class Visit extends EventTarget {
    /** @type {Phase} */
    phase = 'loading';
    /** @type {Circumstance} */
    circumstance = {};
    /** @type {import('./protocol.js').RoomState | null} */
    room = null;
    /** @type {import('./protocol.js').RoomNotice | null} */
    notice = null;
    /** @type {import('./protocol.js').TicketState | null} */
    ticket = null;
    /** When the position came. */
    ticketAtMs = 0;
    patience = new Patience();
    #tabs = new Tabs((slug, news) => this.#heard(slug, news));
    #timer = 0;

    /**
     * @param {string} slug of the room
     * @param {import('./draft.js').Draft} draft
     */
    constructor(slug, draft) {
        super();
        this.draft = draft;
        this.api = new Api(slug);
        this.connection = new Connection(this.api, {
            onTicket: (ticket) => this.receive(ticket),
            onNotice: (notice) => this.#noticed(notice),
            onLink: () => this.dispatchEvent(new Event('link')),
            onGone: (problem) => this.#gone(problem),
        });
    }

    /**
     * Goes on from what the server has written into the page.
     *
     * @param {Pick<import('./page.js').Page, 'now_ms' | 'room' | 'ticket' | 'end'>} page
     * @param {number} atMs when that arrived
     */
    begin({ now_ms: nowMs, room, ticket, end }, atMs = Date.now()) {
        this.api.setClock(nowMs, atMs);
        this.#entered(room);
        if (ticket) {
            this.receive(ticket, atMs);
        } else if (end) {
            this.end(end);
        } else {
            this.admit();
        }
    }

    /** Looks at the room and at the ticket of this browser, for as long as it takes to get an answer. Safe to repeat. */
    async arrive() {
        try {
            await this.#insist(() => this.look());
            this.receive(await this.#insist(() => this.api.ticket()));
        } catch (error) {
            this.#gone(error);
        }
    }

    async look() {
        this.#entered(await this.api.room());
    }

    /**
     * @param {Partial<import('./protocol.js').TicketState>} news a whole state, or what changed of it
     * @param {number} atMs when it came
     */
    receive(news, atMs = Date.now()) {
        const ticket = /** @type {import('./protocol.js').TicketState} */ ({ ...this.ticket, ...news });
        this.ticket = ticket;
        this.ticketAtMs = 'position' in news ? atMs : this.ticketAtMs;
        if (ticket.state === 'waiting' || ticket.state === 'serving') {
            this.connection.start();
            this.enter(ticket.state);
        } else if (ticket.state === 'issued') {
            this.connection.stop();
            this.draft.wipe();
            this.enter('issued');
        } else if (ticket.state === 'refused' || ticket.state === 'failed') {
            this.end({ kind: ticket.state, reason: ticket.reason });
        }
        this.dispatchEvent(new Event('ticket'));
    }

    /**
     * The form, unless the room is closed.
     *
     * @param {Circumstance} [circumstance]
     */
    admit(circumstance) {
        this.ticket = null;
        if (this.room?.state === 'closed') {
            this.close();
        } else {
            this.enter('form', circumstance);
        }
    }

    close() {
        this.enter('closed');
        this.#after(closed.againMs(this.room?.opens_at ?? null, this.api.nowMs()), () => this.arrive());
    }

    /**
     * The visit is over, one way or the other; what was typed stays for a while.
     *
     * @param {Circumstance} circumstance
     */
    end(circumstance) {
        this.connection.stop();
        if (circumstance.kind !== 'lost') {
            this.draft.end();
        }
        this.enter('ended', circumstance);
        this.#after(KEPT_AFTER_END_MS, () => this.draft.typed());
    }

    /**
     * @param {Phase} phase
     * @param {Circumstance} [circumstance]
     */
    enter(phase, circumstance = {}) {
        if (phase === this.phase && JSON.stringify(circumstance) === JSON.stringify(this.circumstance)) {
            return;
        }
        clearTimeout(this.#timer);
        this.phase = phase;
        this.circumstance = circumstance;
        this.dispatchEvent(new Event('phase'));
    }

    /** @param {import('./tabs.js').News} news for the other tabs of this browser */
    tell(news) {
        this.#tabs.tell(this.api.slug, news);
    }

    /** The network is back, or somebody looks at the page again. */
    hurry() {
        this.patience.hurry();
        this.connection.hurry();
        if (this.phase === 'form') {
            this.#lookAgain();
        }
    }

    /** A form may lie open for hours: by now the room may have been paused, or closed. Nothing waits for the answer. */
    async #lookAgain() {
        await this.look().catch(() => undefined);
        if (this.phase === 'form' && this.room?.state === 'closed') {
            this.close();
        }
    }

    /** @param {import('./protocol.js').RoomState} room */
    #entered(room) {
        this.room = room;
        this.dispatchEvent(new Event('room'));
        this.#noticed({ text: room.notice ?? '', level: room.notice_level });
    }

    /**
     * One thing to come of the phase; the next phase calls it off.
     *
     * @param {number} afterMs
     * @param {() => void} call
     */
    #after(afterMs, call) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(call, afterMs);
    }

    /**
     * @template T
     * @param {() => Promise<T>} call
     * @returns {Promise<T>}
     */
    #insist(call) {
        return this.patience.insist(call, ({ problem }) => {
            this.enter('trouble', { kind: problem.status === 0 ? 'offline' : 'busy' });
        });
    }

    /** @param {import('./protocol.js').RoomNotice} notice */
    #noticed(notice) {
        this.notice = notice.text ? notice : null;
        this.dispatchEvent(new Event('notice'));
    }

    /** @param {unknown} error why there is no ticket */
    #gone(error) {
        if (!(error instanceof Problem)) {
            if (!(error instanceof Stopped)) {
                throw error;
            }
        } else if (error.status === 401) {
            this.#unknown();
        } else if (error.status === 410) {
            this.end(endOf(error, this.ticket));
        } else {
            this.enter(error.status === 404 ? 'missing' : 'trouble', { kind: 'busy' });
        }
    }

    /** This browser has no ticket. One who stood in line has lost it; the key of the draft finds it again. */
    #unknown() {
        if (this.ticket?.state === 'waiting' || this.ticket?.state === 'serving') {
            this.end({ kind: 'lost' });
        } else {
            this.admit();
        }
    }

    /**
     * @param {string} slug
     * @param {import('./tabs.js').News} news
     */
    #heard(slug, news) {
        if (slug !== this.api.slug) {
            return;
        }
        if (news === 'joined') {
            this.arrive();
        } else if (this.ticket || news === 'cleared') {
            this.draft.wipe();
            this.end({ kind: news });
        }
    }
}

/**
 * @param {Problem} problem a 410
 * @param {import('./protocol.js').TicketState | null} ticket the last one seen
 * @returns {Circumstance}
 */
function endOf({ body: { reason } }, ticket) {
    if (reason === 'left' || ticket?.state === 'issued') {
        return { kind: reason === 'left' ? 'left' : 'expired' };
    }
    return { kind: 'lapsed', reason };
}
