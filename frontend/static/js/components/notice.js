// @ts-check
/** What staff say to the room. */

export class Notice {
    #element;
    #app;

    /**
     * @param {HTMLElement} element
     * @param {import('../room.js').App} app
     */
    constructor(element, app) {
        this.#element = element;
        this.#app = app;
        app.visit.addEventListener('notice', () => this.#show());
    }

    #show() {
        const { notice } = this.#app.visit;
        this.#element.hidden = !notice;
        this.#element.dataset.level = notice?.level ?? 'info';
        const text = /** @type {HTMLElement} */ (this.#element.querySelector('p'));
        if (text.textContent !== (notice?.text ?? '')) {
            text.textContent = notice?.text ?? '';
            this.#app.announcer.say('notice', text.textContent);
        }
    }
}
