import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Opening } from '../../frontend/static/js/components/opening.js';
import { Texts } from '../../frontend/static/js/texts.js';

const NOW_MS = Date.parse('2026-12-01T07:00:00Z');
const texts = new Texts({ 'closed.opens': 'On {date} at {time}.', 'closed.opens_in': 'In {left}.' }, 'en-GB');

/** The part of the page, and what it says when the room opens then. */
function shown(opensAt, typed = false) {
    const elements = new Map();
    const element = () => ({ textContent: '', hidden: false });
    const root = { querySelector: (name) => elements.get(name) ?? elements.set(name, element()).get(name) };
    const visit = Object.assign(new EventTarget(), { phase: 'closed', api: { nowMs: () => NOW_MS }, room: { opens_at: opensAt }, draft: { empty: !typed } });
    new Opening(root, { visit, texts });
    visit.dispatchEvent(new Event('room'));
    return Object.fromEntries([...elements].map(([name, { textContent, hidden }]) => [name, hidden ? null : textContent]));
}

test.before(() => test.mock.timers.enable({ apis: ['setInterval'] }));

test('the time is told as the clock of the person has it, and how long that is still', () => {
    const said = shown('2026-12-01T10:00:00Z');
    assert.match(said['#opens'], /^On Tuesday,? 1 December 2026 at \d{1,2}:00\.$/);
    assert.equal(said['#opens-in'], 'In 3 hours.');
    assert.deepEqual([said['#opens-ready'], said['#opens-some-time']], ['', null]);
});

test('days ahead, and once the time has come, only the time is told', () => {
    assert.equal(shown('2026-12-04T10:00:00Z')['#opens-in'], null);
    assert.equal(shown('2026-12-01T06:59:59Z')['#opens-in'], null);
    assert.ok(shown('2026-12-01T06:59:59Z')['#opens']);
});

test('where nobody knows the time, it says that the page looks again', () => {
    const said = shown(null);
    assert.deepEqual([said['#opens'], said['#opens-in'], said['#opens-ready']], [null, null, null]);
    assert.equal(said['#opens-some-time'], '');
});

test('that what was typed stays is said to who has typed something', () => {
    assert.equal(shown(null)['#opens-kept'], null);
    assert.equal(shown(null, true)['#opens-kept'], '');
});
