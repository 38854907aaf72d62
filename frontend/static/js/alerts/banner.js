// @ts-check
/** A notification of the system, seen over whatever else is looked at. Phones show one through a worker only. */

/** A later one takes the place of the one before. */
const TAG = 'vestibule';

/** @typedef {import('../components/alert.js').Way} Way */

/** @implements {Way} */
export class Banner {
    possible = 'Notification' in globalThis;
    #root;
    #say;
    /** @type {ServiceWorkerRegistration | undefined} */
    #worker;

    /**
     * @param {import('../components/alert.js').Say} say
     * @param {HTMLElement} root names the worker in `data-worker`
     */
    constructor(say, root) {
        this.#say = say;
        this.#root = root;
    }

    /** @param {boolean} byHand only then may the browser be made to ask */
    async start(byHand) {
        const granted = (byHand ? await Notification.requestPermission() : Notification.permission) === 'granted';
        this.#say(granted ? 'on' : 'denied', granted);
        if (granted) {
            this.#worker = await navigator.serviceWorker?.register(this.#root.dataset.worker ?? '').catch(() => undefined);
        }
    }

    /**
     * @param {string} title
     * @param {string} body
     */
    async tell(title, body) {
        if (document.hasFocus()) {
            return;
        }
        const { lang, dir } = document.documentElement;
        const options = { body, lang, dir: /** @type {NotificationDirection} */ (dir), tag: TAG, renotify: true, data: location.href };
        try {
            await /** @type {ServiceWorkerRegistration} */ (this.#worker).showNotification(title, options);
        } catch {
            new Notification(title, options).onclick = () => focus();
        }
    }

    stop() {}

    /** Takes with it what it still shows. */
    async forget() {
        const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
        workers.forEach((worker) => worker.unregister());
    }
}
