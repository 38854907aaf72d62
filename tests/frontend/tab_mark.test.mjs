import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress } from '../../frontend/static/js/components/progress.js';
import { TabMark, short } from '../../frontend/static/js/components/tab_mark.js';
import { Way } from '../../frontend/static/js/way.js';

const DRAWN = 'data:image/png;';

/** The tab of one who waits; `drawn` are the texts that were put into its icon. */
function tab(t) {
    t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
    const drawn = [];
    const pen = { fillRect: () => undefined, fillText: (text) => drawn.push(text) };
    globalThis.document = { title: '', createElement: () => ({ getContext: () => pen, toDataURL: () => DRAWN + drawn.at(-1) }) };
    globalThis.getComputedStyle = () => ({ getPropertyValue: () => '#123456' });
    const link = { href: '/static/favicon.svg' };
    const visit = Object.assign(new EventTarget(), { phase: 'waiting' });
    const place = Object.assign(new EventTarget(), { shown: Infinity });
    const texts = { language: 'en', get: (_key, { position }) => `(${position})` };
    new TabMark(link, { visit, place, texts, title: (heading) => `${heading} – Passport` });
    const shows = (position) => {
        place.shown = position;
        place.dispatchEvent(new Event('place'));
        return [document.title, link.href];
    };
    const enters = (phase) => {
        visit.phase = phase;
        visit.dispatchEvent(new Event('phase'));
        return link.href;
    };
    return { shows, enters, drawn, pass: (ms) => t.mock.timers.setTime(Date.now() + ms) };
}

test('title and icon carry the position while one waits, and the icon is the old one afterwards', (t) => {
    const { shows, enters, drawn } = tab(t);
    assert.deepEqual(shows(12), ['(12) – Passport', `${DRAWN}12`]);
    assert.equal(enters('serving'), '/static/favicon.svg');
    enters('waiting');
    assert.deepEqual(shows(12), ['(12) – Passport', `${DRAWN}12`]);
    assert.deepEqual(drawn, ['12', '12']);
});

test('a row of tabs does not flicker: once a second is enough, and nothing is drawn twice', (t) => {
    const { shows, drawn, pass } = tab(t);
    shows(5_200);
    pass(999);
    assert.deepEqual(shows(5_190), ['(5200) – Passport', `${DRAWN}5k`]);
    pass(1);
    assert.deepEqual(shows(5_180), ['(5180) – Passport', `${DRAWN}5k`]);
    assert.deepEqual(drawn, ['5k']);
});

test('what stands in 16 pixels has three characters at most', () => {
    const expected = { 1: '1', 999: '999', 1_000: '1k', 1_499: '1k', 12_345: '12k', 99_499: '99k', 250_000: '.3M', 999_999: '1M', 12_000_000: '12M' };
    for (const [position, text] of Object.entries(expected)) {
        assert.equal(short(Number(position), 'en'), text);
    }
});

test('the bar says in words what it shows, and is not there for whoever comes as the first', () => {
    const bar = { value: 0, textContent: '' };
    const words = { textContent: '' };
    const root = { hidden: true, classList: { remove: () => undefined }, querySelector: (tag) => (tag === 'p' ? words : bar) };
    const place = Object.assign(new EventTarget(), { shown: 1 });
    const visit = { ticket: { joined_at_us: 7 } };
    new Progress(root, { place, visit, way: new Way(null), texts: { language: 'en', get: (_key, { share }) => `${share} done` } });
    const shows = (joinedAtUs, position) => {
        visit.ticket.joined_at_us = joinedAtUs;
        place.shown = position;
        place.dispatchEvent(new Event('place'));
        return [root.hidden, bar.value, words.textContent];
    };
    assert.deepEqual(shows(7, 1), [true, 0, '0% done']);
    assert.deepEqual(shows(8, 200), [false, 0, '0% done']);
    assert.deepEqual(shows(8, 101), [false, 0.495, '49% done']);
    assert.deepEqual(shows(8, 1), [false, 0.995, '99% done']);
});
