import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import * as memory from '../../frontend/static/js/memory.js';

/** What a browser lets pages do, and what they did with it. */
const browser = { permission: 'granted', asked: 0, shown: [], workers: [], focused: false, sounds: [], allowed: true, locks: [], charged: true };

class FakeNotification {
    static get permission() {
        return browser.permission;
    }

    static async requestPermission() {
        browser.asked += 1;
        return browser.permission;
    }
}

class FakeAudio extends EventTarget {
    state = 'suspended';
    currentTime = 0;

    async resume() {
        this.state = browser.allowed ? 'running' : 'suspended';
        this.onstatechange?.();
    }

    async close() {
        this.state = 'closed';
    }
}

class FakeNode {
    gain = { setValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined };

    constructor(_context, { frequency } = {}) {
        frequency && browser.sounds.push(frequency);
    }

    connect = (node) => node;
    start = () => undefined;
    stop = () => undefined;
}

const worker = {
    showNotification: async (title, options) => browser.shown.push([title, options.body, options.tag]),
    unregister: async () => browser.workers.pop(),
};
const page = new EventTarget();
Object.assign(globalThis, { Notification: FakeNotification, AudioContext: FakeAudio, OscillatorNode: FakeNode, GainNode: FakeNode });
Object.assign(globalThis, { addEventListener: page.addEventListener.bind(page), location: { href: 'https://rooms.example/rooms/test' } });
globalThis.document = Object.assign(new EventTarget(), {
    hidden: false,
    hasFocus: () => browser.focused,
    documentElement: { lang: 'en', dir: 'ltr' },
});
Object.defineProperty(globalThis, 'navigator', {
    value: {
        serviceWorker: {
            register: async (path) => (browser.workers.push(path), worker),
            getRegistrations: async () => browser.workers.map(() => worker),
        },
        wakeLock: {
            request: async () => {
                if (!browser.charged) {
                    throw new Error('NotAllowedError');
                }
                const lock = { released: false, release: () => (lock.released = true) };
                browser.locks.push(lock);
                return lock;
            },
        },
    },
});
const { Alert } = await import('../../frontend/static/js/components/alert.js');

function storage() {
    const items = new Map();
    return {
        getItem: (name) => items.get(name) ?? null,
        setItem: (name, value) => items.set(name, value),
        removeItem: (name) => items.delete(name),
    };
}

/** A page with one of the buttons, before or after a reload of one with the same storage. */
function opened(name, kept = storage()) {
    globalThis.sessionStorage = kept;
    Object.assign(browser, { asked: 0, shown: [], workers: [], focused: false, sounds: [], locks: [] });
    const button = Object.assign(new EventTarget(), { ariaPressed: 'false' });
    const said = { textContent: '' };
    const root = { dataset: { alert: name, worker: '/static/worker.js' }, parentElement: { hidden: true } };
    root.querySelector = (tag) => (tag === 'button' ? button : said);
    const visit = Object.assign(new EventTarget(), { phase: 'loading', circumstance: {} });
    const spoken = [];
    const texts = { get: (key) => key };
    new Alert(root, { visit, texts, announcer: { say: (_topic, text) => spoken.push(text) } });
    const enter = async (phase, circumstance = {}) => {
        Object.assign(visit, { phase, circumstance });
        visit.dispatchEvent(new Event('phase'));
        await settled();
    };
    const press = async () => {
        button.dispatchEvent(new Event('click'));
        await settled();
    };
    const state = () => [button.ariaPressed, said.textContent];
    return { kept, root, spoken, enter, press, state };
}

test('nothing happens that nobody asked for', async () => {
    for (const name of ['notification', 'sound', 'awake']) {
        const { root, enter } = opened(name);
        await enter('waiting');
        await enter('serving');
        await enter('issued');
        assert.equal(root.parentElement.hidden, false);
        assert.deepEqual([browser.asked, browser.shown, browser.workers, browser.sounds, browser.locks], [0, [], [], [], []]);
    }
});

test('whoever asked for notifications gets one when called and one with the outcome, unless looking at the page', async () => {
    const { enter, press, state } = opened('notification');
    await enter('waiting');
    await press();
    assert.deepEqual(state(), ['true', 'alerts.notification.on']);
    assert.deepEqual([browser.asked, browser.workers], [1, ['/static/worker.js']]);
    await enter('serving');
    browser.focused = true;
    await enter('waiting');
    browser.focused = false;
    await enter('ended', { kind: 'refused' });
    assert.deepEqual(browser.shown, [
        ['alerts.turn.title', 'alerts.turn.text', 'vestibule'],
        ['alerts.over.title', 'alerts.over.text', 'vestibule'],
    ]);
});

test('a browser that shows no notifications is named, once and aloud, and the button is off', async (t) => {
    browser.permission = 'denied';
    t.after(() => (browser.permission = 'granted'));
    const { kept, enter, press, state, spoken } = opened('notification');
    await enter('waiting');
    await press();
    assert.deepEqual(state(), ['false', 'alerts.notification.denied']);
    assert.deepEqual(spoken, ['alerts.notification.denied']);
    assert.deepEqual(memory.read(kept, memory.ALERTS), { notification: false });
});

test('what was chosen holds after a reload, without asking again', async () => {
    const before = opened('notification');
    await before.enter('waiting');
    await before.press();
    const after = opened('notification', before.kept);
    await after.enter('waiting');
    assert.deepEqual([after.state(), browser.asked], [['true', 'alerts.notification.on'], 0]);
    await after.press();
    assert.deepEqual(after.state(), ['false', '']);
    await after.enter('serving');
    assert.deepEqual(browser.shown, []);
});

test('the sound is played once when it is chosen, when called and with the outcome', async () => {
    const { enter, press, state } = opened('sound');
    await enter('waiting');
    await press();
    assert.deepEqual(state(), ['true', 'alerts.sound.on']);
    assert.equal(browser.sounds.length, 2);
    await enter('serving');
    await enter('issued');
    assert.equal(browser.sounds.length, 6);
});

test('after a reload the sound asks to be touched, for the browser lets nothing be heard before', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const before = opened('sound');
    await before.enter('waiting');
    await before.press();
    const after = opened('sound', before.kept);
    await after.enter('waiting');
    t.mock.timers.tick(500);
    assert.deepEqual([after.state(), browser.sounds], [['true', 'alerts.sound.touch'], []]);
    page.dispatchEvent(new Event('click'));
    await settled();
    assert.deepEqual([after.state(), browser.sounds.length], [['true', 'alerts.sound.on'], 2]);
});

test('the screen stays on while one waits, and the browser is asked again on return', async () => {
    const { enter, press, state } = opened('awake');
    await enter('waiting');
    await press();
    assert.deepEqual(state(), ['true', 'alerts.awake.on']);
    document.dispatchEvent(new Event('visibilitychange'));
    await settled();
    assert.equal(browser.locks.length, 2);
    await enter('serving');
    assert.equal(browser.locks[1].released, false);
    await enter('issued');
    assert.equal(browser.locks[1].released, true);
    document.dispatchEvent(new Event('visibilitychange'));
    await settled();
    assert.equal(browser.locks.length, 2);
});

test('a battery that is low is told, and asks to be pressed again', async (t) => {
    browser.charged = false;
    t.after(() => (browser.charged = true));
    const { enter, press, state } = opened('awake');
    await enter('waiting');
    await press();
    assert.deepEqual(state(), ['false', 'alerts.awake.failed']);
});

test('what the person did, here or in another tab, is no news, and nothing of it stays in the browser', async () => {
    for (const kind of ['left', 'cleared']) {
        const { kept, enter, press } = opened('notification');
        await enter('waiting');
        await press();
        memory.wipe(kept);
        await enter('ended', { kind });
        assert.deepEqual([browser.shown, browser.workers], [[], []]);
        await enter('waiting');
        assert.equal(memory.read(kept, memory.ALERTS), null);
    }
});
