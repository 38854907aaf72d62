import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';

const ROOM = 'https://rooms.example/rooms/test';

test('a page of trouble rests, then asks for the page in its place until that is answered', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const reload = t.mock.fn();
    const root = { dataset: {} };
    Object.assign(globalThis, { document: { documentElement: root }, addEventListener() {}, location: { href: ROOM, reload } });
    const statuses = [503, 503, 404];
    const asked = [];
    t.mock.method(globalThis, 'fetch', async (address, { method }) => {
        asked.push([address, method]);
        return new Response(null, { status: statuses.shift() });
    });

    const over = import('../../frontend/static/js/trouble.js');
    while (root.dataset.live === undefined) {
        await setImmediate();
    }
    t.mock.timers.tick(2_900);
    await setImmediate();
    assert.deepEqual(asked, []);

    while (reload.mock.callCount() === 0) {
        t.mock.timers.tick(500);
        await setImmediate();
    }
    await over;
    assert.deepEqual(asked, Array(3).fill([ROOM, 'HEAD']));
});
