// @ts-check
/** Asks before a step that cannot be undone. */

export class Question {
    /**
     * @param {HTMLDialogElement} dialog names in `data-before` what would take the step, in `data-closes` what does not
     * @param {import('../room.js').App} app
     */
    constructor(dialog, app) {
        document.getElementById(dialog.dataset.before ?? '')?.addEventListener('click', (event) => {
            event.preventDefault();
            dialog.showModal();
            // The focus is on a button: where letters are large, it would begin in the middle.
            dialog.scrollTop = 0;
        });
        dialog.querySelector('[data-closes]')?.addEventListener('click', () => dialog.close());
        // Being called, or the end, makes the question void.
        app.visit.addEventListener('phase', () => dialog.close());
    }
}
