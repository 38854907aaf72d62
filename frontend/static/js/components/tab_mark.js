// @ts-check
/** What the browser shows of this page while another one is looked at: the position, in the title and in the icon. */
import * as formatting from '../formatting.js';

/** A row of tabs must not flicker. */
const PAUSE_MS = 1000;
/** Four times what browsers show, for sharp screens. */
const SIDE = 64;

export class TabMark {
    #link;
    #app;
    #icon;
    #text = '';
    #markedAtMs = -Infinity;

    /**
     * @param {HTMLLinkElement} link to the icon
     * @param {import('../room.js').App} app
     */
    constructor(link, app) {
        this.#link = link;
        this.#app = app;
        this.#icon = link.href;
        app.place.addEventListener('place', () => this.#mark());
        app.visit.addEventListener('phase', () => this.#restore());
    }

    #mark() {
        const nowMs = Date.now();
        if (Math.abs(nowMs - this.#markedAtMs) < PAUSE_MS) {
            return;
        }
        const { place, texts } = this.#app;
        this.#markedAtMs = nowMs;
        document.title = this.#app.title(texts.get('waiting.page', { position: place.shown }));
        const text = short(place.shown, texts.language);
        if (text !== this.#text) {
            this.#text = text;
            this.#link.href = drawn(text);
        }
    }

    #restore() {
        this.#markedAtMs = -Infinity;
        if (this.#app.visit.phase !== 'waiting' && this.#text) {
            this.#text = '';
            this.#link.href = this.#icon;
        }
    }
}

/**
 * Three characters at most: more cannot be read in 16 pixels.
 *
 * @param {number} position
 * @param {string} language
 */
export function short(position, language) {
    if (position < 1000) {
        return formatting.number(position, language);
    }
    const thousands = Math.round(position / 1000);
    return thousands < 100 ? `${thousands}k` : `${Math.round(thousands / 100) / 10}M`.replace('0.', '.');
}

/**
 * In the room's colours; narrowed where the text is wide.
 *
 * @param {string} text
 */
function drawn(text) {
    const canvas = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE });
    const pen = canvas.getContext('2d');
    if (!pen) {
        return '';
    }
    const colours = getComputedStyle(document.documentElement);
    pen.fillStyle = colours.getPropertyValue('--accent');
    pen.fillRect(0, 0, SIDE, SIDE);
    pen.fillStyle = colours.getPropertyValue('--on-accent');
    pen.font = `bold ${text.length < 3 ? 54 : 46}px system-ui, sans-serif`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(text, SIDE / 2, SIDE / 2 + 3, SIDE - 4);
    return canvas.toDataURL();
}
