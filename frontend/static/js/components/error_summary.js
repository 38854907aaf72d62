// @ts-check
/** The list of what is wrong, above the form: takes the focus, and each line leads to its field. */

/** @typedef {{text: string, input: HTMLElement | null}} Line `input` null: no field can mend it */

export class ErrorSummary {
    #element;
    #list;

    /** @param {HTMLElement} element */
    constructor(element) {
        this.#element = element;
        this.#list = /** @type {HTMLElement} */ (element.querySelector('ul'));
    }

    /** @param {Line[]} lines none: the summary goes away */
    show(lines) {
        this.#list.replaceChildren(...lines.map(item));
        this.#element.hidden = lines.length === 0;
        if (lines.length) {
            this.#element.focus();
        }
    }
}

/** @param {Line} line */
function item({ text, input }) {
    const item = document.createElement('li');
    item.append(input ? link(text, input) : text);
    return item;
}

/**
 * @param {string} text
 * @param {HTMLElement} input
 */
function link(text, input) {
    const link = document.createElement('a');
    link.href = `#${input.id}`;
    link.textContent = text;
    link.addEventListener('click', (event) => {
        // Followed plainly, the link would scroll the label out of sight and leave a hash in the address.
        event.preventDefault();
        input.focus({ preventScroll: true });
        input.closest('.field')?.scrollIntoView();
    });
    return link;
}
