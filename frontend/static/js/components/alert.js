// @ts-check
/** A button that asks for one way of being told: by a notification, by a sound, by a screen that stays on. Never by itself. */
import { Awake } from '../alerts/awake.js';
import { Banner } from '../alerts/banner.js';
import { Sound } from '../alerts/sound.js';
import * as memory from '../memory.js';

/**
 * @callback Say
 * @param {'' | 'on' | 'denied' | 'failed' | 'touch'} word of the text beside the button; empty: none
 * @param {boolean} pressed
 *
 * @typedef {object} Way
 * @property {boolean} possible in this browser
 * @property {(byHand: boolean) => Promise<void>} start
 * @property {(title: string, text: string) => unknown} tell
 * @property {() => void} stop
 * @property {() => unknown} forget nothing of it may stay in the browser
 */

/** @type {Record<string, new (say: Say, root: HTMLElement) => Way>} */
const WAYS = { notification: Banner, sound: Sound, awake: Awake };
const IN_LINE = ['waiting', 'serving'];
/** What the person did, here or in another tab, is no news. */
const OWN_DOING = ['left', 'cleared'];

export class Alert {
    #app;
    #way;
    #name;
    #button;
    #said;
    #on = false;
    #before = '';
    #memory = memory.ofTab();

    /**
     * @param {HTMLElement} root names the way in `data-alert`; holds its button, and a paragraph for what came of it
     * @param {import('../room.js').App} app
     */
    constructor(root, app) {
        this.#app = app;
        this.#name = root.dataset.alert ?? '';
        this.#button = /** @type {HTMLElement} */ (root.querySelector('button'));
        this.#said = /** @type {HTMLElement} */ (root.querySelector('p'));
        this.#way = new WAYS[this.#name]((word, pressed) => this.#show(word, pressed), root);
        root.hidden = !this.#way.possible;
        // Without scripts nothing can be asked for.
        /** @type {HTMLElement} */ (root.parentElement).hidden &&= root.hidden;
        this.#button.addEventListener('click', () => this.#press());
        app.visit.addEventListener('phase', () => this.#entered());
    }

    async #press() {
        const on = !this.#on;
        this.#keep(on);
        if (!on) {
            this.#way.stop();
            this.#show('', false);
            return;
        }
        await this.#way.start(true).catch(() => this.#show('failed', false));
        if (this.#button.ariaPressed !== 'true') {
            this.#app.announcer.say('alerts', this.#said.textContent ?? '');
        }
    }

    #entered() {
        const { phase, circumstance } = this.#app.visit;
        const [was, is] = [IN_LINE.includes(this.#before), IN_LINE.includes(phase)];
        this.#before = phase;
        if (is && !was && this.#way.possible) {
            this.#begin();
        } else if (was && this.#on && !OWN_DOING.includes(circumstance.kind ?? '')) {
            const news = { serving: 'turn', issued: 'ready', ended: 'over' }[/** @type {string} */ (phase)];
            news && this.#way.tell(this.#app.texts.get(`alerts.${news}.title`), this.#app.texts.get(`alerts.${news}.text`));
        }
        if (was && !is) {
            this.#way.stop();
        }
        if (OWN_DOING.includes(circumstance.kind ?? '')) {
            this.#way.forget();
        }
    }

    /** As it was chosen in this visit, before a reload. */
    #begin() {
        this.#on = Boolean(memory.read(this.#memory, memory.ALERTS)?.[this.#name]);
        this.#show('', this.#on);
        if (this.#on) {
            this.#way.start(false).catch(() => this.#show('failed', false));
        }
    }

    /**
     * @param {string} word
     * @param {boolean} pressed
     */
    #show(word, pressed) {
        if (!pressed && this.#on) {
            this.#keep(false);
        }
        this.#button.ariaPressed = String(pressed);
        this.#said.textContent = word && this.#app.texts.get(`alerts.${this.#name}.${word}`);
    }

    /** @param {boolean} on */
    #keep(on) {
        this.#on = on;
        memory.write(this.#memory, memory.ALERTS, { ...memory.read(this.#memory, memory.ALERTS), [this.#name]: on });
    }
}
