// @ts-check
/** One room's WebSocket, opened again for as long as it takes. Says what it hears; decides nothing about the ticket. */
import { delayAfterCloseMs } from './backoff.js';

/** The server sends at the latest after 60 s; silence beyond this is a dead connection nobody told us about. */
const SILENT_AFTER_MS = 75_000;
/** A phone on a bad network needs a few seconds for the handshake, not more. */
const OPENING_MS = 15_000;

/**
 * @typedef {object} Listener
 * @property {(frame: import('./protocol.js').Frame) => void} onFrame
 * @property {(closing: {code: number, tries: number, lastSignMs: number}) => void} onClose
 * `tries`: closings in a row without a frame, this one included; `lastSignMs`: when the server was last known to hear us
 */

export class Socket {
    #url;
    #listener;
    /** @type {WebSocket | null} */
    #socket = null;
    #running = false;
    #tries = 0;
    #retryTimer = 0;
    #silenceTimer = 0;
    #frameAtMs = 0;

    /**
     * @param {string} path
     * @param {Listener} listener
     */
    constructor(path, listener) {
        const url = new URL(path, location.href);
        url.protocol = url.protocol.replace('http', 'ws');
        this.#url = url.href;
        this.#listener = listener;
    }

    start() {
        if (!this.#running) {
            this.#running = true;
            this.#tries = 0;
            this.#open();
        }
    }

    stop() {
        this.#running = false;
        clearTimeout(this.#retryTimer);
        this.#drop();
    }

    /** The network is back, or somebody looks at the page: do not wait for the timer. */
    hurry() {
        if (this.#socket?.readyState === WebSocket.OPEN && Date.now() - this.#frameAtMs > SILENT_AFTER_MS) {
            this.#silent();
        }
        if (this.#running && !this.#socket) {
            clearTimeout(this.#retryTimer);
            this.#open();
        }
    }

    #open() {
        const socket = new WebSocket(this.#url);
        this.#socket = socket;
        this.#listen(OPENING_MS);
        socket.onmessage = (event) => this.#heard(event.data);
        socket.onclose = (event) => this.#closed(event.code, Date.now(), event.reason);
    }

    /** @param {string} data */
    #heard(data) {
        this.#tries = 0;
        this.#frameAtMs = Date.now();
        this.#listen(SILENT_AFTER_MS);
        this.#listener.onFrame(JSON.parse(data));
    }

    /** @param {number} patienceMs */
    #listen(patienceMs) {
        clearTimeout(this.#silenceTimer);
        this.#silenceTimer = setTimeout(() => this.#silent(), patienceMs);
    }

    /** Does not wait for the closing handshake: on a dead line that takes minutes. */
    #silent() {
        this.#closed(1006, this.#frameAtMs);
    }

    /**
     * @param {number} code
     * @param {number} lastSignMs
     * @param {string} [reason]
     */
    #closed(code, lastSignMs, reason = '') {
        this.#drop();
        this.#retryTimer = setTimeout(() => this.#open(), delayAfterCloseMs(code, this.#tries, Math.random, reason));
        this.#tries += 1;
        this.#listener.onClose({ code, tries: this.#tries, lastSignMs });
    }

    #drop() {
        clearTimeout(this.#silenceTimer);
        if (this.#socket) {
            this.#socket.onmessage = null;
            this.#socket.onclose = null;
            this.#socket.close();
            this.#socket = null;
        }
    }
}
