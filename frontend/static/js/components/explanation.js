// @ts-check
/** A screen whose words depend on what happened: how a visit ended, or why the server does not answer. */

export class Explanation {
    #screen;
    #app;

    /**
     * @param {HTMLElement} screen its words are in `[data-says]`, its buttons name in `[data-after]` what they are for
     * @param {import('../room.js').App} app
     */
    constructor(screen, app) {
        this.#screen = screen;
        this.#app = app;
        app.visit.addEventListener('phase', () => this.#show());
    }

    #show() {
        const { phase, circumstance } = this.#app.visit;
        if (phase !== this.#screen.dataset.screen) {
            return;
        }
        const { kind = '', reason } = circumstance;
        for (const element of this.#all('[data-says]')) {
            const part = element.dataset.says;
            element.textContent = this.#app.texts.first(`${kind}.${reason}.${part}`, `${kind}.${part}`);
        }
        for (const button of this.#all('[data-after]')) {
            button.hidden = !button.dataset.after?.split(' ').includes(kind);
        }
    }

    /**
     * @param {string} selector
     * @returns {NodeListOf<HTMLElement>}
     */
    #all(selector) {
        return this.#screen.querySelectorAll(selector);
    }
}
