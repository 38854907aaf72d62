// @ts-check
/** Shows the part of the page that belongs to the phase; everything else is hidden. Owns the title and the focus. */

export class Screens {
    #main;
    #app;
    #shown = '';

    /**
     * @param {HTMLElement} main holds one `[data-screen]` per phase
     * @param {import('../room.js').App} app
     */
    constructor(main, app) {
        this.#main = main;
        this.#app = app;
        app.visit.addEventListener('phase', () => this.#show());
    }

    #show() {
        const { phase, circumstance } = this.#app.visit;
        const screen = `${phase} ${circumstance.kind ?? ''}`;
        if (screen === this.#shown) {
            return;
        }
        const first = this.#shown === '' || this.#shown.startsWith('loading');
        this.#shown = screen;
        this.#main.dataset.phase = phase;
        for (const section of /** @type {NodeListOf<HTMLElement>} */ (this.#main.querySelectorAll('[data-screen]'))) {
            section.hidden = section.dataset.screen !== phase;
        }
        this.#app.announcer.forget();
        this.#enter(phase, first);
    }

    /**
     * The page that opens is read from its top; a page that changes by itself is read from its heading.
     *
     * @param {string} phase
     * @param {boolean} first
     */
    #enter(phase, first) {
        const heading = /** @type {HTMLElement | null} */ (this.#main.querySelector(`[data-screen="${phase}"] h1`));
        if (!heading) {
            return;
        }
        document.title = this.#app.title(heading.textContent ?? '');
        if (!first) {
            heading.focus();
            scrollTo(0, 0);
        }
    }
}
