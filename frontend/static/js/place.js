// @ts-check
/**
 * The number that the page shows: it counts down between frames by the shared rule (countdown.js) and rises but once, after
 * a correction. `place`: look at it again; `corrected`: it had to rise. Timers only make it smooth: it is right at any time.
 */
import * as countdown from './countdown.js';

/** Ten changes a second are as many as can be read as movement. */
const FASTEST_MS = 100;
/** The wait is told by the clock, so it is looked at once a second anyhow. */
const SLOWEST_MS = 1000;
/** What remains of a jump after each step: one of ten places takes half a second, one of a thousand a second and a half. */
const LAG = 0.6;

export class Place extends EventTarget {
    shown = Infinity;
    #visit;
    #way;
    #calm;
    /** The ticket the shown number belongs to: a new ticket starts a new number. */
    #joinedAtUs = /** @type {number | null} */ (null);
    /** Polls are corrected for a while, and the number may rise but once. */
    #corrected = false;
    /** How far what is shown lags behind a frame that said much less: it runs there, and does not jump. */
    #behind = 0;
    #timer = 0;

    /**
     * @param {import('./visit.js').Visit} visit
     * @param {import('./way.js').Way} way
     * @param {() => boolean} [calm] nobody sees it move, or wants to
     */
    constructor(visit, way, calm = () => document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches) {
        super();
        this.#visit = visit;
        this.#way = way;
        this.#calm = calm;
        visit.addEventListener('ticket', () => this.#told());
    }

    /** @returns {countdown.Sighting} */
    get sighting() {
        const { ticket, ticketAtMs, connection } = this.#visit;
        return {
            position: ticket?.position ?? Infinity,
            pacePerS: ticket?.pace_per_s ?? null,
            atMs: ticketAtMs,
            lostAtMs: connection.link.lostAtMs,
        };
    }

    /** Right now, whenever the timers were to come: those of a hidden page come once a minute or not at all. */
    look() {
        this.#behind = 0;
        this.#show();
    }

    #holds() {
        return this.#visit.phase === 'waiting' && Boolean(this.#visit.ticket?.position);
    }

    #told() {
        if (!this.#holds()) {
            return;
        }
        const { joined_at_us: joinedAtUs, corrected } = /** @type {import('./protocol.js').TicketState} */ (this.#visit.ticket);
        const same = joinedAtUs === this.#joinedAtUs;
        const before = same ? this.shown : this.#way.seen(joinedAtUs);
        this.shown = corrected && !this.#corrected ? Infinity : before;
        this.#joinedAtUs = joinedAtUs;
        this.#corrected = Boolean(corrected);
        this.#behind = same ? before - countdown.position(this.sighting, Date.now()) : 0;
        this.#show();
        if (this.shown > before) {
            this.dispatchEvent(new Event('corrected'));
        }
    }

    #show() {
        clearTimeout(this.#timer);
        if (!this.#holds()) {
            return;
        }
        const calm = this.#calm();
        this.#behind = calm ? 0 : Math.max(0, Math.floor(this.#behind * LAG));
        const truth = countdown.position(this.sighting, Date.now(), this.shown);
        this.shown = Math.min(this.shown, truth + this.#behind);
        const afterMs = calm ? SLOWEST_MS : this.#behind ? FASTEST_MS : this.#untilChangeMs();
        this.#timer = setTimeout(() => this.#show(), afterMs);
        this.dispatchEvent(new Event('place'));
    }

    #untilChangeMs() {
        const { position, pacePerS, atMs } = this.sighting;
        const truth = position - (pacePerS ?? 0) * ((Date.now() - atMs) / 1000);
        const untilMs = pacePerS ? Math.ceil(((truth - Math.ceil(truth) + 1) / pacePerS) * 1000) : SLOWEST_MS;
        return Math.min(Math.max(untilMs, FASTEST_MS), SLOWEST_MS);
    }
}
