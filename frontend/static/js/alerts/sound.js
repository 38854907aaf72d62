// @ts-check
/** Two soft notes, and a short tremble where the device can. Browsers let a page be heard only once it was touched. */

const NOTES_HZ = [660, 880];
const APART_S = 0.25;
const FADES_S = 0.7;
const TREMBLE_MS = [200, 100, 200];

/** Until then a browser may still let a page be heard that nobody has touched since it was loaded. */
const DECIDES_MS = 500;

/** @typedef {import('../components/alert.js').Way} Way */

/** @implements {Way} */
export class Sound {
    possible = 'AudioContext' in globalThis;
    #say;
    /** @type {AudioContext | undefined} */
    #context;
    #touched = false;
    #known = false;

    /** @param {import('../components/alert.js').Say} say */
    constructor(say) {
        this.#say = say;
        for (const touch of ['click', 'keydown']) {
            addEventListener(touch, () => this.#touch());
        }
    }

    /** @param {boolean} byHand */
    async start(byHand) {
        this.#context = new AudioContext();
        this.#known = false;
        this.#context.onstatechange = () => this.#changed();
        setTimeout(() => this.#changed(), DECIDES_MS);
        await (byHand && this.#touch());
    }

    tell() {
        if (this.#context?.state === 'running') {
            NOTES_HZ.forEach((hz, number) => this.#play(hz, number * APART_S));
        }
        navigator.vibrate?.(TREMBLE_MS);
    }

    /** Lets the last notes fade. */
    stop() {
        const context = this.#context;
        this.#context = undefined;
        setTimeout(() => context?.close(), 2 * FADES_S * 1000);
    }

    forget() {}

    async #touch() {
        this.#touched = true;
        await this.#context?.resume();
        this.#changed();
    }

    /** Played once as soon as somebody is there, so that the person knows it. */
    #changed() {
        if (this.#context?.state === 'running' && this.#touched && !this.#known) {
            this.#known = true;
            this.tell();
        }
        if (this.#context) {
            this.#say(this.#context.state !== 'running' ? 'touch' : this.#known ? 'on' : '', true);
        }
    }

    /**
     * @param {number} hz
     * @param {number} afterS
     */
    #play(hz, afterS) {
        const context = /** @type {AudioContext} */ (this.#context);
        const atS = context.currentTime + afterS;
        const note = new OscillatorNode(context, { frequency: hz });
        const volume = new GainNode(context, { gain: 0.5 });
        volume.gain.setValueAtTime(0.5, atS);
        volume.gain.exponentialRampToValueAtTime(0.001, atS + FADES_S);
        note.connect(volume).connect(context.destination);
        note.start(atS);
        note.stop(atS + FADES_S);
    }
}
