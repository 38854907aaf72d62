// @ts-check
/** One question of the form: its inputs, and the message beside it. */

/** @typedef {{value: string} | {code: string, input: HTMLInputElement}} Reading `code`: a key of the texts */

export class Field {
    #message;

    /** @param {HTMLElement} root names the field in `data-field` */
    constructor(root) {
        this.root = root;
        this.name = root.dataset.field ?? '';
        this.#message = /** @type {HTMLElement} */ (root.querySelector(`#${this.name}-error`));
    }

    /** @returns {HTMLInputElement[]} */
    get inputs() {
        return [...this.root.querySelectorAll('input')];
    }

    /** @returns {Reading} */
    read() {
        const [input] = this.inputs;
        const value = input.value.trim();
        return value ? { value } : { code: 'required', input };
    }

    /**
     * @param {string} text empty: nothing is wrong
     * @param {HTMLInputElement} [wrong] the input to mend, where it is not the field as a whole
     */
    mark(text, wrong) {
        this.#message.textContent = text;
        this.#message.hidden = !text;
        for (const input of this.inputs) {
            input.ariaInvalid = text && (!wrong || input === wrong) ? 'true' : null;
        }
    }
}
