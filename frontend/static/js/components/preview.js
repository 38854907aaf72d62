// @ts-check
/** The passport to be seen, below the ways to save it: the page that the server writes of it, in a frame without scripts. */

export class Preview {
    #root;
    #app;

    /**
     * @param {HTMLElement} root
     * @param {import('../room.js').App} app
     */
    constructor(root, app) {
        this.#root = root;
        this.#app = app;
        app.visit.addEventListener('phase', () => this.#show());
    }

    /** Gone with the phase: on a shared machine nothing stays in a hidden page. */
    #show() {
        this.#root.replaceChildren(...(this.#app.visit.phase === 'issued' ? [this.#frame()] : []));
    }

    #frame() {
        const frame = document.createElement('iframe');
        // Its own origin, so that it may load its style; no scripts, no forms, no way out.
        frame.setAttribute('sandbox', 'allow-same-origin');
        frame.loading = 'lazy';
        frame.title = this.#app.texts.get('issued.preview');
        frame.src = this.#app.visit.api.readUrl;
        return frame;
    }
}
