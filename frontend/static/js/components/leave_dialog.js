// @ts-check
/** Asks before a place in line is given up, for it cannot be had back. */

export class LeaveDialog {
    /**
     * @param {HTMLDialogElement} dialog
     * @param {import('../room.js').App} app
     */
    constructor(dialog, app) {
        const button = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
        button('leave').addEventListener('click', (event) => {
            event.preventDefault();
            dialog.showModal();
        });
        button('stay').addEventListener('click', () => dialog.close());
        // Being called, or the end, makes the question void.
        app.visit.addEventListener('phase', () => dialog.close());
    }
}
