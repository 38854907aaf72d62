import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Announcer, PAUSE_MS } from '../../frontend/static/js/announcer.js';

/** A clock that moves when told, and the region that is spoken from. */
function room() {
    let nowMs = 0;
    let due = [];
    const spoken = [];
    const region = {
        set textContent(text) {
            spoken.push(text);
        },
    };
    const clock = { nowMs: () => nowMs, later: (call, afterMs) => due.push({ call, atMs: nowMs + afterMs }) };
    const pass = (ms) => {
        nowMs += ms;
        const now = due.filter(({ atMs }) => atMs <= nowMs);
        due = due.filter(({ atMs }) => atMs > nowMs);
        now.forEach(({ call }) => call());
    };
    return { announcer: new Announcer(region, clock), spoken, pass };
}

test('the first news is said at once, the next not before the pause is over', () => {
    const { announcer, spoken, pass } = room();
    announcer.say('position', 'number 12');
    pass(0);
    announcer.say('position', 'number 11');
    pass(PAUSE_MS - 1);
    assert.deepEqual(spoken, ['number 12']);
    pass(1);
    assert.deepEqual(spoken, ['number 12', 'number 11']);
});

test('of several news on one topic only the latest is said', () => {
    const { announcer, spoken, pass } = room();
    announcer.say('link', 'lost');
    announcer.say('position', 'number 5');
    announcer.say('link', 'back');
    pass(0);
    assert.deepEqual(spoken, ['number 5 back']);
});

test('the same meaning is not said twice in a row, in whatever words', () => {
    const { announcer, spoken, pass } = room();
    announcer.say('position', 'number 19', '20');
    pass(0);
    announcer.say('position', 'number 18', '20');
    pass(10 * PAUSE_MS);
    assert.deepEqual(spoken, ['number 19']);
});

test('what has become void before its turn is not said', () => {
    const { announcer, spoken, pass } = room();
    announcer.say('notice', 'hello');
    pass(0);
    announcer.say('paused', 'stands still');
    announcer.say('paused', '');
    pass(PAUSE_MS);
    assert.deepEqual(spoken, ['hello']);
});

test('a new page forgets what the old one wanted to say', () => {
    const { announcer, spoken, pass } = room();
    announcer.say('position', 'number 2');
    announcer.forget();
    pass(PAUSE_MS);
    assert.deepEqual(spoken, ['']);
});
