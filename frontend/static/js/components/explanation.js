// @ts-check
/** A screen whose words depend on what happened: how a visit ended, or why the server does not answer. */

export class Explanation {
    #screen;
    #app;

    /**
     * @param {HTMLElement} screen its words are in `[data-says]`; what belongs to some ends only names them in
     * `[data-after]`, in `[data-aside-after]` those that it rarely helps after, and in `[data-typed-after]` those where
     * it is about what was typed, if that is kept
     * @param {import('../room.js').App} app
     */
    constructor(screen, app) {
        this.#screen = screen;
        this.#app = app;
        app.visit.addEventListener('phase', () => this.#show());
    }

    #show() {
        const { phase, circumstance, draft } = this.#app.visit;
        if (phase !== this.#screen.dataset.screen) {
            return;
        }
        const { kind = '', reason } = circumstance;
        for (const element of this.#all('[data-says]')) {
            const part = element.dataset.says;
            element.textContent = this.#app.texts.first(`${kind}.${reason}.${part}`, `${kind}.${part}`);
        }
        for (const element of this.#all('[data-after]')) {
            const { after, asideAfter, typedAfter } = element.dataset;
            element.hidden = !isAfter(after, kind, reason) || (draft.empty && isAfter(typedAfter, kind, reason));
            element.classList.toggle('secondary', isAfter(asideAfter, kind, reason));
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

/**
 * @param {string | undefined} ends `refused`: all of the kind; `refused.no_record`: that one; `!refused.no_record`: not
 * that one. As queueing/pages/phases.py.
 * @param {string} kind
 * @param {string | null} [reason]
 */
function isAfter(ends, kind, reason) {
    const names = (ends ?? '').split(' ');
    const named = `${kind}.${reason}`;
    return (names.includes(kind) || names.includes(named)) && !names.includes(`!${named}`);
}
