// @ts-check
/** The place in line in words: the number that counts down, and all that is known about it. */
import * as countdown from '../countdown.js';
import * as formatting from '../formatting.js';

export class Waiting {
    #root;
    #app;

    /**
     * @param {HTMLElement} root
     * @param {import('../room.js').App} app
     */
    constructor(root, app) {
        this.#root = root;
        this.#app = app;
        app.visit.addEventListener('ticket', () => this.#show());
        app.place.addEventListener('place', () => this.#count());
        app.place.addEventListener('corrected', () => this.#correct());
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
        this.#write('pace', this.#pace(ticket));
        this.#write('paused', ticket.paused ? texts.get('waiting.paused', { reason: this.#reason(ticket.paused) }) : '');
        this.#app.announcer.say('paused', this.#element('paused').textContent ?? '');
    }

    #count() {
        const { place, texts, announcer } = this.#app;
        this.#write('position', formatting.number(place.shown, texts.language));
        this.#write('ahead', texts.get('waiting.ahead', { count: place.shown - 1 }));
        this.#write('wait', this.#wait());
        const announced = texts.get('waiting.announced', { count: place.shown });
        announcer.say('position', announced, String(countdown.milestone(place.shown)));
    }

    /** The line was put back in order, and the number is larger than before: people are told why. */
    #correct() {
        const said = this.#app.texts.get('waiting.corrected');
        this.#write('corrected', said);
        this.#app.announcer.say('corrected', said);
    }

    /** While the line stands still: what is left once it moves again. */
    #wait() {
        const { texts, visit, place } = this.#app;
        const { wait_s: waitS, paused } = /** @type {import('../protocol.js').TicketState} */ (visit.ticket);
        if (!waitS) {
            return texts.get(paused ? 'waiting.wait.paused' : 'waiting.wait.unknown');
        }
        const wait = texts.wait(countdown.wait(place.sighting, waitS, Date.now()));
        return paused ? texts.get('waiting.wait.frozen', { wait }) : wait;
    }

    /**
     * As the wait has it, for of two figures that contradict each other people believe neither.
     *
     * @param {import('../protocol.js').TicketState} ticket
     */
    #pace({ position, wait_s: waitS, paused }) {
        if (paused || !position || !waitS || waitS[1] < formatting.MINUTE_S) {
            return '';
        }
        return this.#app.texts.get('waiting.pace', { count: formatting.perMinute((2 * position) / (waitS[0] + waitS[1])) });
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
