import assert from 'node:assert/strict';
import { test } from 'node:test';

// Node would wait for it to the end of days.
delete globalThis.BroadcastChannel;
globalThis.location = new URL('https://example.org/rooms/test');
const { Visit } = await import('../../frontend/static/js/visit.js');

/** A visit whose form is open, and the answer that the room gives when it is looked at again. */
function open(t, answer) {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const visit = new Visit('test', { empty: true });
    visit.enter('form');
    visit.api.room = answer;
    return visit;
}

/** Until what was started has come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('who comes back to a form is told that the room has closed', async (t) => {
    const visit = open(t, async () => ({ state: 'closed', state_reason: 'Lunch.', opens_at: null, notice: null }));
    visit.hurry();
    await settled();
    assert.equal(visit.phase, 'closed');
});

test('a form stays where the room is open, or says nothing', async (t) => {
    const heard = [];
    const visit = open(t, async () => ({ state: 'paused', notice: null }));
    visit.addEventListener('room', () => heard.push(visit.room.state));
    visit.hurry();
    await settled();
    assert.deepEqual([visit.phase, heard], ['form', ['paused']]);
    visit.api.room = () => Promise.reject(new Error('no network'));
    visit.hurry();
    await settled();
    assert.equal(visit.phase, 'form');
});

test('a place that was given meanwhile is not taken away', async (t) => {
    const visit = open(t, async () => ({ state: 'closed', notice: null }));
    visit.hurry();
    visit.enter('waiting');
    await settled();
    assert.equal(visit.phase, 'waiting');
});
