// @ts-check
/** Tells the other tabs of this browser, for they hold the same ticket: the cookie is theirs too. */

/** @typedef {'joined' | 'left' | 'cleared'} News */

export class Tabs {
    #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('vestibule') : null;

    /** @param {(slug: string, news: News) => void} onNews of another tab's room */
    constructor(onNews) {
        this.#channel?.addEventListener('message', ({ data }) => onNews(data.slug, data.news));
    }

    /**
     * @param {string} slug
     * @param {News} news
     */
    tell(slug, news) {
        this.#channel?.postMessage({ slug, news });
    }
}
