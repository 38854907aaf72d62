// @ts-check
/** Keeps the screen on. A browser lets go of it whenever the page is hidden, so it is asked again on return. */

/** @typedef {import('../components/alert.js').Way} Way */

/** @implements {Way} */
export class Awake {
    possible = 'wakeLock' in navigator;
    #say;
    #wanted = false;
    /** @type {WakeLockSentinel | undefined} */
    #lock;

    /** @param {import('../components/alert.js').Say} say */
    constructor(say) {
        this.#say = say;
        document.addEventListener('visibilitychange', () => this.#wanted && !document.hidden && this.#ask(true));
    }

    /** @param {boolean} byHand */
    async start(byHand) {
        this.#wanted = true;
        await this.#ask(!byHand);
    }

    tell() {}

    stop() {
        this.#wanted = false;
        this.#lock?.release();
    }

    forget() {}

    /** @param {boolean} again it is tried once more whenever the page is looked at */
    async #ask(again) {
        try {
            this.#lock = await navigator.wakeLock.request('screen');
            this.#say('on', true);
        } catch {
            this.#wanted = again;
            this.#say('failed', again);
        }
        if (!this.#wanted) {
            this.stop();
        }
    }
}
