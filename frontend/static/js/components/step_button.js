// @ts-check
/** A button, or a link, that takes one step of the visit, named in `data-step`; says so where the step fails. */
import { Problem } from '../api.js';

export class StepButton {
    #button;
    #app;
    #busy = false;

    /**
     * @param {HTMLElement} button
     * @param {import('../room.js').App} app
     */
    constructor(button, app) {
        this.#button = button;
        this.#app = app;
        button.addEventListener('click', (event) => {
            // Without scripts it is sent to the server, or leads there.
            event.preventDefault();
            this.#take();
        });
    }

    async #take() {
        if (this.#busy) {
            return;
        }
        this.#setBusy(true);
        this.#say('');
        try {
            await this.#step();
        } catch (error) {
            if (!(error instanceof Problem)) {
                throw error;
            }
            this.#say(this.#app.texts.get('step.failed'));
        } finally {
            this.#setBusy(false);
        }
    }

    async #step() {
        const name = /** @type {import('../steps.js').StepName} */ (this.#button.dataset.step);
        await this.#app.steps[name]();
    }

    /** @param {boolean} busy */
    #setBusy(busy) {
        this.#busy = busy;
        this.#button.ariaDisabled = busy ? 'true' : null;
    }

    /**
     * Each group of buttons has one place for what went wrong.
     *
     * @param {string} text
     */
    #say(text) {
        const place = this.#button.closest('.steps')?.querySelector('[role="alert"]');
        if (place) {
            place.textContent = text;
        }
    }
}
