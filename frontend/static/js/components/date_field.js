// @ts-check
/**
 * A date of birth as day, month and year. Without scripts the page has one date input instead, which this takes away:
 * birth dates are known by heart and typed, not looked for in a calendar.
 */
import * as dates from '../dates.js';
import { Field } from './field.js';

export class DateField extends Field {
    /** @param {HTMLElement} root holds `[data-plain]` and the hidden `[data-parts]` */
    constructor(root) {
        super(root);
        const plain = /** @type {HTMLElement} */ (root.querySelector('[data-plain]'));
        this.#spread(plain.querySelector('input')?.value ?? '');
        plain.remove();
        this.inputs.forEach((input) => input.addEventListener('input', () => this.#spread(input.value)));
        /** @type {HTMLElement} */ (root.querySelector('[data-parts]')).hidden = false;
    }

    /** @returns {import('./field.js').Reading} */
    read() {
        const [day, month, year] = dates.PARTS.map((part) => this.#input(part).value);
        const composed = dates.compose({ day, month, year });
        return 'iso' in composed ? { value: composed.iso } : { code: composed.code, input: this.#input(composed.part) };
    }

    /** @param {string} text a whole date, as it is pasted, fills all three */
    #spread(text) {
        const parts = dates.split(text);
        for (const part of parts ? dates.PARTS : []) {
            this.#input(part).value = parts?.[part] ?? '';
        }
    }

    /** @param {dates.Part} part */
    #input(part) {
        return /** @type {HTMLInputElement} */ (this.root.querySelector(`#date_of_birth_${part}`));
    }
}
