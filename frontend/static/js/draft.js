// @ts-check
/**
 * What the person typed and the key under which it was sent: nothing typed is lost on error or reload. Wiped, with all else
 * that the tab keeps, when issued or left, else ten minutes after the end.
 */
import * as memory from './memory.js';

/** Long enough to mend a detail and try again, short enough for a shared machine. */
export const KEPT_AFTER_END_MS = 600_000;

/**
 * @typedef {object} Stored
 * @property {Record<string, string>} typed by input id
 * @property {string | null} key the Idempotency-Key, null until sent
 * @property {number | null} endedAtMs
 */

export class Draft {
    /** @type {Stored | null} */
    #stored;
    #memory;

    /** @param {memory.Memory} kept null: kept for this page only */
    constructor(kept) {
        this.#memory = kept;
        this.#stored = memory.read(kept, memory.DRAFT);
    }

    /** @param {number} [nowMs] */
    typed(nowMs = Date.now()) {
        if (this.#stored?.endedAtMs && nowMs - this.#stored.endedAtMs >= KEPT_AFTER_END_MS) {
            this.wipe();
        }
        return this.#stored?.typed ?? {};
    }

    get empty() {
        return Object.values(this.typed()).every((value) => value === '');
    }

    /**
     * Other details are another request, so the key goes; a visit begins anew, so the end is forgotten.
     *
     * @param {Record<string, string>} typed
     */
    write(typed) {
        if (JSON.stringify(typed) !== JSON.stringify(this.#stored?.typed)) {
            this.#store({ typed, key: null, endedAtMs: null });
        }
    }

    /** 128 random bits, the same until the details change or an outcome comes. */
    key() {
        const stored = this.#stored ?? { typed: {}, key: null, endedAtMs: null };
        const key = stored.key ?? freshKey();
        this.#store({ ...stored, key, endedAtMs: null });
        return key;
    }

    /** The visit ended without a passport: the details stay for a while, the key has done its work. */
    end() {
        if (this.#stored) {
            this.#store({ ...this.#stored, key: null, endedAtMs: this.#stored.endedAtMs ?? Date.now() });
        }
    }

    /** The person goes on with the same details: the clock of the end stops. */
    reopen() {
        if (this.#stored) {
            this.#store({ ...this.#stored, endedAtMs: null });
        }
    }

    wipe() {
        this.#stored = null;
        memory.wipe(this.#memory);
    }

    /** @param {Stored} stored */
    #store(stored) {
        this.#stored = stored;
        memory.write(this.#memory, memory.DRAFT, stored);
    }
}

function freshKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
