import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import { Api, Problem } from '../../frontend/static/js/api.js';
import { Polling } from '../../frontend/static/js/polling.js';

const WAITING = { state: 'waiting', position: 7, poll_after_s: 2 };

/** Polling by a clock that moves when told. The answers are given one after another, the last of them for ever. */
function polling(t, ...answers) {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    t.mock.method(Math, 'random', () => 1);
    const told = [];
    const ask = t.mock.fn(async () => (answers.length > 1 ? answers.shift() : answers[0])());
    const polls = new Polling(ask, {
        onTicket: () => told.push('ticket'),
        onLost: () => told.push('lost'),
        onGone: () => told.push('gone'),
    });
    const after = async (act) => {
        act();
        await settled();
        return told.splice(0);
    };
    return {
        polls,
        after,
        started: () => after(() => polls.start()),
        passed: (ms) => after(() => t.mock.timers.tick(ms)),
        asked: () => ask.mock.callCount(),
    };
}

const answer = (ticket) => () => ticket;
const refuse = (error) => () => {
    throw error;
};

test('the next question comes when the server said, else after five seconds', async (t) => {
    const { started, passed } = polling(t, answer(WAITING), answer({ ...WAITING, poll_after_s: null }));
    assert.deepEqual(await started(), ['ticket']);
    assert.deepEqual(await passed(1_999), []);
    assert.deepEqual(await passed(1), ['ticket']);
    assert.deepEqual(await passed(4_999), []);
    assert.deepEqual(await passed(1), ['ticket']);
});

test('polling goes on after a bad body', async (t) => {
    const bodies = [
        answer(WAITING),
        () => JSON.parse('<html>Log in</html>'),
        () => JSON.parse('{"sta'),
        refuse(new TypeError('network lost')),
        refuse(new DOMException('', 'TimeoutError')),
        answer(WAITING),
    ];
    const headers = new Headers();
    t.mock.method(globalThis, 'fetch', async () => ({ ok: true, headers, json: async () => bodies.shift()() }));
    const { started, passed } = polling(t, () => new Api('test').ticket());
    assert.deepEqual(await started(), ['ticket']);
    for (const [ms, told] of [[2_000, 'lost'], [1_000, 'lost'], [2_000, 'lost'], [4_000, 'lost'], [8_000, 'ticket']]) {
        assert.deepEqual(await passed(ms), [told]);
    }
});

test('polling goes on after a fault of our own', async (t) => {
    const { started, passed } = polling(t, refuse(new RangeError()), answer(WAITING));
    assert.deepEqual(await started(), ['lost']);
    assert.deepEqual(await passed(1_000), ['ticket']);
});

test('a server without an answer is asked ever more rarely, and often again once it had one', async (t) => {
    const busy = refuse(new Problem(503));
    const { started, passed } = polling(t, busy, busy, busy, answer(WAITING), busy);
    assert.deepEqual(await started(), ['lost']);
    for (const [ms, told] of [[1_000, 'lost'], [2_000, 'lost'], [4_000, 'ticket'], [2_000, 'lost'], [1_000, 'lost']]) {
        assert.deepEqual(await passed(ms - 1), []);
        assert.deepEqual(await passed(1), [told]);
    }
});

test('a server that asks for time gets it', async (t) => {
    const { started, passed } = polling(t, refuse(new Problem(503, {}, 30)), answer(WAITING));
    assert.deepEqual(await started(), ['lost']);
    assert.deepEqual(await passed(30_000), []);
    assert.deepEqual(await passed(3_000), ['ticket']);
});

test('of a ticket that is gone nothing more is asked, until polling is started again', async (t) => {
    const { polls, after, started, passed } = polling(t, refuse(new Problem(410)), answer(WAITING));
    assert.deepEqual(await started(), ['gone']);
    assert.deepEqual(await after(() => polls.hurry()), []);
    assert.deepEqual(await passed(600_000), []);
    assert.deepEqual(await started(), ['ticket']);
});

test('whoever hurries is asked for at once, but never twice at a time', async (t) => {
    const { polls, after, started, passed } = polling(t, answer(WAITING));
    await started();
    const hurried = await after(() => {
        polls.hurry();
        polls.hurry();
        polls.start();
    });
    assert.deepEqual(hurried, ['ticket']);
    assert.deepEqual(await passed(1_999), []);
    assert.deepEqual(await passed(1), ['ticket']);
});

test('an answer that comes after the end of polling is not told', async (t) => {
    const late = Promise.withResolvers();
    const { polls, after, started, asked } = polling(t, () => late.promise, refuse(new Problem(503)));
    await started();
    polls.stop();
    assert.deepEqual(await started(), ['lost']);
    assert.deepEqual(await after(() => late.resolve(WAITING)), []);
    assert.equal(asked(), 2);
});
