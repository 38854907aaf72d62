// @ts-check
/** The form of a person's details: keeps what is typed, sends it, says field by field what is wrong. */
import { Problem } from '../api.js';
import { DateField } from './date_field.js';
import { ErrorSummary } from './error_summary.js';
import { Field } from './field.js';
import { Sending } from './sending.js';

/**
 * @typedef {object} Fault
 * @property {string} field empty: no field in particular
 * @property {string} code a key of the texts
 * @property {string} [text] the server's own words, where we have none for the code
 * @property {HTMLInputElement} [input] the one to mend
 */

export class DetailsForm {
    #app;
    #fields;
    #summary;
    #sending;
    #busy = false;

    /**
     * @param {HTMLElement} form
     * @param {import('../room.js').App} app
     */
    constructor(form, app) {
        this.#app = app;
        this.#fields = [.../** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll('[data-field]'))].map(
            (root) => (root.dataset.field === 'date_of_birth' ? new DateField(root) : new Field(root)),
        );
        this.#summary = new ErrorSummary(/** @type {HTMLElement} */ (document.getElementById('error-summary')));
        this.#sending = new Sending(/** @type {HTMLElement} */ (document.getElementById('sending')), app);
        form.addEventListener('input', () => this.#typed());
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#submit();
        });
        app.visit.addEventListener('phase', () => this.#entered());
        this.#keepEarlyTyping();
    }

    /** Somebody may have typed before this script arrived. */
    #keepEarlyTyping() {
        const typed = this.#typedNow();
        if (this.#app.visit.draft.empty && Object.values(typed).some(Boolean)) {
            this.#app.visit.draft.write(typed);
        }
    }

    /** The fields hold something only while they are seen: on a shared machine nothing stays in a hidden page. */
    #entered() {
        const { phase, circumstance, draft } = this.#app.visit;
        const typed = phase === 'form' ? draft.typed() : {};
        this.#inputs().forEach((input) => (input.value = typed[input.id] ?? ''));
        this.#show([]);
        if (circumstance.submit) {
            // Not before the screen has taken the focus: what is wrong takes it from there.
            queueMicrotask(() => this.#submit());
        }
    }

    #typed() {
        this.#app.visit.draft.write(this.#typedNow());
        if (this.#busy) {
            this.#app.visit.patience.stop();
        }
    }

    async #submit() {
        const readings = this.#fields.map((field) => ({ field: field.name, ...field.read() }));
        const faults = readings.filter((reading) => 'code' in reading);
        this.#show(faults);
        if (faults.length || this.#busy) {
            return;
        }
        const details = Object.fromEntries(readings.map((reading) => [reading.field, 'value' in reading ? reading.value : '']));
        this.#app.visit.draft.write(this.#typedNow());
        await this.#send(/** @type {any} */ (details));
    }

    /** @param {import('../protocol.js').Details} details */
    async #send(details) {
        this.#busy = true;
        this.#sending.show(null);
        try {
            await this.#app.steps.join(details, (delay) => this.#sending.show(delay));
        } catch (error) {
            this.#show(faultsIn(error));
        } finally {
            this.#busy = false;
            this.#sending.hide();
        }
    }

    /** @param {Fault[]} faults */
    #show(faults) {
        const lines = [];
        for (const field of this.#fields) {
            const fault = faults.find((fault) => fault.field === field.name);
            const text = fault ? this.#text(fault) : '';
            field.mark(text, fault?.input);
            lines.push({ text, input: fault?.input ?? field.inputs[0] });
        }
        const others = faults.filter((fault) => !this.#fields.some((field) => field.name === fault.field));
        lines.push(...others.map((fault) => ({ text: this.#text(fault), input: null })));
        this.#summary.show(lines.filter((line) => line.text));
        if (faults.length) {
            document.title = this.#app.title(this.#app.texts.get('errors.title'));
        }
    }

    /** @param {Fault} fault */
    #text({ field, code, text }) {
        const { texts } = this.#app;
        const key = `errors.${field}.${code}`;
        return texts.has(key) || !text ? texts.first(key, `errors.${code}`, 'errors.other') : text;
    }

    #inputs() {
        return this.#fields.flatMap((field) => field.inputs);
    }

    #typedNow() {
        return Object.fromEntries(this.#inputs().map((input) => [input.id, input.value]));
    }
}

/**
 * @param {unknown} error of sending
 * @returns {Fault[]}
 */
function faultsIn(error) {
    if (!(error instanceof Problem)) {
        throw error;
    }
    const { errors = {}, error_codes: codes = {} } = error.body;
    const fields = new Set([...Object.keys(codes), ...Object.keys(errors)]);
    const faults = [...fields].map((field) => ({ field, code: codes[field]?.[0] ?? 'other', text: errors[field]?.[0] }));
    return faults.length ? faults : [{ field: '', code: 'not_taken' }];
}
