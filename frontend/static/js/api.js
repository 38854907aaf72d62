// @ts-check
/** The HTTP calls of one room (docs/protocol.md). Everything that is not an answer is a Problem. */

/** Above the slowest phone network we know of, below the patience of a person. */
const TIMEOUT_MS = 20_000;

/** A call that did not succeed. `status` 0: no answer came at all. */
export class Problem extends Error {
    /**
     * @param {number} status
     * @param {import('./protocol.js').ProblemBody} [body]
     * @param {number | null} [retryAfterS]
     */
    constructor(status, body = {}, retryAfterS = null) {
        super(`HTTP ${status}`);
        this.status = status;
        this.body = body;
        this.retryAfterS = retryAfterS;
    }

    /** True when the same call may succeed later without anybody changing anything. */
    get passing() {
        return this.status === 0 || this.status === 429 || this.status >= 500;
    }
}

/**
 * Ends when a page would be answered by now, if only to say that there is none.
 *
 * @param {string} address
 */
export async function look(address) {
    try {
        await call(address, { method: 'HEAD', cache: 'no-store' });
    } catch (error) {
        if (!(error instanceof Problem) || error.passing) {
            throw error;
        }
    }
}

export class Api {
    /** How far the server's clock is ahead of this machine's. */
    #aheadMs = 0;

    /** @param {string} slug */
    constructor(slug) {
        this.slug = slug;
        this.root = `/api/rooms/${encodeURIComponent(slug)}`;
        this.socketUrl = `/ws/rooms/${encodeURIComponent(slug)}`;
        this.passportUrl = `${this.root}/passport`;
        /** The same passport as a page. */
        this.readUrl = `/rooms/${encodeURIComponent(slug)}/passport`;
    }

    /** The server's time: instants it names are compared with this, for many a phone's clock is wrong. */
    nowMs() {
        return Date.now() + this.#aheadMs;
    }

    /**
     * @param {number} servedAtMs by the server's clock
     * @param {number} heardAtMs by this machine's
     */
    setClock(servedAtMs, heardAtMs = Date.now()) {
        this.#aheadMs = servedAtMs - heardAtMs;
    }

    /** @returns {Promise<import('./protocol.js').RoomState>} */
    async room() {
        return read(await call(this.root));
    }

    /** @returns {Promise<import('./protocol.js').TicketState>} */
    async ticket() {
        return this.#ticketIn(await call(`${this.root}/ticket`, { cache: 'no-store' }));
    }

    /**
     * Safe to repeat with the same key: the same ticket is found.
     *
     * @param {import('./protocol.js').Details} details
     * @param {string} key
     * @param {boolean} replace the place that this browser has for other details
     * @returns {Promise<import('./protocol.js').TicketState>}
     */
    async join(details, key, replace = false) {
        const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
        const path = `${this.root}/tickets${replace ? '?replace=true' : ''}`;
        return this.#ticketIn(await call(path, { method: 'POST', headers, body: JSON.stringify(details) }));
    }

    /** Safe to repeat: nothing to leave counts as left. */
    async leave() {
        try {
            await call(`${this.root}/ticket`, { method: 'DELETE' });
        } catch (error) {
            if (!(error instanceof Problem) || ![401, 404, 410].includes(error.status)) {
                throw error;
            }
        }
    }

    /** @param {Response} response */
    #ticketIn(response) {
        const served = Date.parse(response.headers.get('Date') ?? '');
        if (!Number.isNaN(served)) {
            this.setClock(served);
        }
        return read(response);
    }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
async function call(path, options) {
    let response;
    try {
        response = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS), ...options });
    } catch {
        throw new Problem(0);
    }
    if (!response.ok) {
        const body = await read(response).catch(() => ({}));
        throw new Problem(response.status, body, retryAfterS(response.headers.get('Retry-After')));
    }
    return response;
}

/**
 * A body that breaks off, or is the login page of a hotel's network, is no answer.
 *
 * @param {Response} response
 * @returns {Promise<any>}
 */
function read(response) {
    return response.json().catch(() => {
        throw new Problem(0);
    });
}

/**
 * Seconds or an HTTP date (RFC 9110, 10.2.3).
 *
 * @param {string | null} header
 * @returns {number | null}
 */
export function retryAfterS(header) {
    if (!header) {
        return null;
    }
    const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
    return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
