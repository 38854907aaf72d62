// @ts-check
/** The place in line: the number that counts down, and all that is known about it. */
import * as countdown from '../countdown.js';
import * as formatting from '../formatting.js';

const TICK_MS = 1000;

export class Waiting {
    #root;
    #app;
    /** The ticket the shown number belongs to: a new ticket starts a new number. */
    #joinedAtUs = /** @type {number | null} */ (null);
    #shown = Infinity;
    /** Polls are corrected for a while, and the number may rise but once. */
    #corrected = false;

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
        const { ticket, phase } = this.#app.visit;
        if (phase !== 'waiting' || !ticket) {
            return;
        }
        const { texts } = this.#app;
        this.#write('reference', ticket.reference);
        this.#write('joined', ticket.joined_at_us ? formatting.time(ticket.joined_at_us / 1000, texts.language) : '');
        this.#write('kept', texts.get('waiting.next.kept', { kept: formatting.duration(ticket.kept_for_s ?? 0, texts.language) }));
        this.#correct(ticket);
        this.#write('paused', ticket.paused ? texts.get('waiting.paused', { reason: this.#reason(ticket.paused) }) : '');
        this.#app.announcer.say('paused', this.#element('paused').textContent ?? '');
        this.#tick();
    }

    /**
     * After the line was put back in order the number may, this once, be larger than before; then people are told why.
     *
     * @param {import('../protocol.js').TicketState} ticket
     */
    #correct(ticket) {
        const known = this.#corrected;
        this.#corrected = Boolean(ticket.corrected);
        if (known || !ticket.corrected || !ticket.position) {
            return;
        }
        const { texts, announcer } = this.#app;
        const said = ticket.position > this.#shown ? texts.get('waiting.corrected') : '';
        this.#shown = Infinity;
        if (said) {
            this.#write('corrected', said);
            announcer.say('corrected', said);
        }
    }

    #tick() {
        const { ticket, phase } = this.#app.visit;
        if (phase === 'waiting' && ticket?.position) {
            this.#count(ticket, ticket.position);
        }
    }

    /**
     * @param {import('../protocol.js').TicketState} ticket
     * @param {number} position
     */
    #count(ticket, position) {
        const { visit, texts, announcer } = this.#app;
        if (ticket.joined_at_us !== this.#joinedAtUs) {
            this.#joinedAtUs = ticket.joined_at_us;
            this.#shown = Infinity;
        }
        const { lostAtMs } = visit.connection.link;
        const sighting = { position, pacePerS: ticket.pace_per_s, atMs: visit.ticketAtMs, lostAtMs };
        this.#shown = countdown.position(sighting, Date.now(), this.#shown);
        this.#write('wait', this.#wait(ticket, sighting));
        this.#write('position', formatting.number(this.#shown, texts.language));
        this.#write('ahead', texts.get('waiting.ahead', { count: this.#shown - 1 }));
        document.title = this.#app.title(texts.get('waiting.page', { position: this.#shown }));
        const announced = texts.get('waiting.announced', { count: this.#shown });
        announcer.say('position', announced, String(countdown.milestone(this.#shown)));
    }

    /**
     * While the line stands still: what is left once it moves again.
     *
     * @param {import('../protocol.js').TicketState} ticket
     * @param {countdown.Sighting} sighting
     */
    #wait(ticket, sighting) {
        const { texts } = this.#app;
        if (!ticket.wait_s) {
            return ticket.paused ? texts.get('waiting.wait.paused') : texts.get('waiting.wait.unknown');
        }
        const wait = formatting.band(countdown.wait(sighting, ticket.wait_s, Date.now()), texts.language);
        return ticket.paused ? texts.get('waiting.wait.frozen', { wait }) : wait;
    }

    /**
     * Staff write their reasons in words; the room's own are keys.
     *
     * @param {string} reason
     */
    #reason(reason) {
        const key = `waiting.paused.${reason}`;
        return this.#app.texts.has(key) ? this.#app.texts.get(key) : reason;
    }

    /**
     * @param {string} id
     * @param {string} text
     */
    #write(id, text) {
        const element = this.#element(id);
        if (element.textContent !== text) {
            element.textContent = text;
            element.hidden = text === '';
        }
    }

    /** @param {string} id */
    #element(id) {
        return /** @type {HTMLElement} */ (this.#root.querySelector(`#${id}`));
    }
}
