import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Waiting } from '../../frontend/static/js/components/waiting.js';
import { Place } from '../../frontend/static/js/place.js';
import { Way } from '../../frontend/static/js/way.js';

const TICKET = { state: 'waiting', pace_per_s: 0, paused: null, corrected: null, wait_s: null, joined_at_us: 7 };
const RESTORED = { corrected: 'restored' };

/** The screen of one who waits: `told` gives it a ticket and returns the number that it shows then. */
function screen(t) {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
    const elements = {};
    const root = { querySelector: (id) => (elements[id] ??= { textContent: '', hidden: true }) };
    const visit = Object.assign(new EventTarget(), { phase: 'waiting', connection: { link: { lostAtMs: null } } });
    const said = [];
    const texts = { language: 'en', get: (key, { count } = {}) => (key === 'waiting.pace' ? `${key} ${count}` : key), has: () => false, wait: (waitS) => waitS.join() };
    const app = {
        visit,
        place: new Place(visit, new Way(null), () => true),
        texts,
        announcer: { say: (topic, text) => topic === 'corrected' && said.push(text) },
    };
    new Waiting(root, app);
    const shown = () => Number(elements['#position'].textContent);
    const told = (position, more = {}) => {
        visit.ticket = { ...TICKET, position, ...more };
        visit.ticketAtMs = Date.now();
        visit.dispatchEvent(new Event('ticket'));
        return shown();
    };
    return { told, shown, said, elements, pass: (ms) => t.mock.timers.tick(ms) };
}

test('the number counts down and does not rise', (t) => {
    const { told, shown, pass } = screen(t);
    assert.equal(told(100, { pace_per_s: 1 }), 100);
    pass(20_000);
    assert.equal(shown(), 80);
    assert.equal(told(90), 80);
});

test('a correction lets the number rise once, however often it is told', (t) => {
    const { told, said, elements } = screen(t);
    assert.equal(told(80), 80);
    assert.equal(told(90, RESTORED), 90);
    assert.deepEqual([elements['#corrected'].textContent, elements['#corrected'].hidden], ['waiting.corrected', false]);
    assert.equal(told(85, RESTORED), 85);
    assert.equal(told(88, RESTORED), 85);
    assert.equal(told(88), 85);
    assert.deepEqual(said, ['waiting.corrected']);
});

test('the next loss is corrected, too', (t) => {
    const { told, said } = screen(t);
    told(80);
    told(90, RESTORED);
    assert.equal(told(90, { paused: 'restoring' }), 90);
    assert.equal(told(95, RESTORED), 95);
    assert.equal(said.length, 2);
});

test('a correction that makes nothing worse is not spoken of', (t) => {
    const { told, said } = screen(t);
    told(80);
    assert.equal(told(79, RESTORED), 79);
    assert.deepEqual(said, []);
});

test('the pace is that of the wait, and nothing is said of it where there is none, or no minute of it', (t) => {
    const { told, elements } = screen(t);
    const pace = (/** @type {any} */ more) => (told(70, { pace_per_s: 0.2, ...more }), elements['#pace'].textContent);
    assert.equal(pace({}), '');
    assert.equal(pace({ wait_s: [300, 400] }), 'waiting.pace 12');
    assert.equal(pace({ pace_per_s: 0, wait_s: [300, 400] }), 'waiting.pace 12');
    assert.equal(pace({ wait_s: [300, 400], paused: 'Lunch.' }), '');
    assert.equal(pace({ wait_s: [20, 50] }), '');
    assert.equal(elements['#pace'].hidden, true);
});

test('another ticket starts another number', (t) => {
    const { told } = screen(t);
    told(80);
    assert.equal(told(300, { joined_at_us: 8 }), 300);
});
