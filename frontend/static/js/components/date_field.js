// @ts-check
/** A date of birth as day, month and year: it is known by heart and typed, not looked for in a calendar. */
import * as dates from '../dates.js';
import { Field } from './field.js';

export class DateField extends Field {
    /** @param {HTMLElement} root */
    constructor(root) {
        super(root);
        this.inputs.forEach((input) => input.addEventListener('input', () => this.#spread(input.value)));
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
        if (parts) {
            dates.PARTS.forEach((part) => (this.#input(part).value = parts[part]));
            // What was wrong was said of another date.
            this.mark('');
        }
    }

    /** @param {dates.Part} part */
    #input(part) {
        return /** @type {HTMLInputElement} */ (this.root.querySelector(`#date_of_birth_${part}`));
    }
}
