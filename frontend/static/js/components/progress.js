// @ts-check
/** The bar that shows how much of the way is done. */
import * as formatting from '../formatting.js';

export class Progress {
    #root;
    #app;

    /**
     * @param {HTMLElement} root holds a `<progress>` and the same in words
     * @param {import('../room.js').App} app
     */
    constructor(root, app) {
        this.#root = root;
        this.#app = app;
        app.place.addEventListener('place', () => this.#show());
    }

    #show() {
        const { place, visit, way, texts } = this.#app;
        const done = way.share(visit.ticket?.joined_at_us ?? null, place.shown);
        const bar = /** @type {HTMLProgressElement} */ (this.#root.querySelector('progress'));
        const share = formatting.share(done, texts.language);
        // Whoever comes as the first has no way to see.
        this.#root.hidden = done === 0 && place.shown === 1;
        this.#root.classList.remove('later');
        bar.value = done;
        if (bar.textContent !== share) {
            bar.textContent = share;
            /** @type {HTMLElement} */ (this.#root.querySelector('p')).textContent = texts.get('waiting.progress.done', { share });
        }
    }
}
