import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api, Problem, look, retryAfterS } from '../../frontend/static/js/api.js';

test('a server may ask for time in seconds or by a date', () => {
    assert.equal(retryAfterS('120'), 120);
    assert.equal(retryAfterS('Sun, 06 Nov 1994 08:49:37 GMT'), 0);
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    const seconds = retryAfterS(inAMinute) ?? 0;
    assert.ok(seconds > 50 && seconds <= 60);
});

test('a server that asks for nothing, or for nonsense, leaves the time to us', () => {
    assert.equal(retryAfterS(null), null);
    assert.equal(retryAfterS('soon'), null);
});

test('only what may pass by itself is tried again', () => {
    assert.deepEqual([0, 429, 500, 503].map((status) => new Problem(status).passing), [true, true, true, true]);
    assert.deepEqual([400, 401, 404, 409, 410, 422].map((status) => new Problem(status).passing), Array(6).fill(false));
});

test('a body that is cut short or not ours is no answer, and asked for again', async (t) => {
    const broken = () => new ReadableStream({ pull: (way) => way.error(new DOMException('', 'TimeoutError')) });
    const api = new Api('test');
    const calls = [() => api.ticket(), () => api.join({}, 'key'), () => api.room()];
    for (const body of [() => '<html>Log in</html>', () => '{"sta', () => '', broken]) {
        t.mock.method(globalThis, 'fetch', async () => new Response(body()));
        for (const call of calls) {
            await assert.rejects(call, (error) => error instanceof Problem && error.passing && error.status === 0);
        }
    }
});

test('a refusal counts whatever its body is', async (t) => {
    t.mock.method(globalThis, 'fetch', async () => new Response('<html>Gone', { status: 410 }));
    await assert.rejects(new Api('test').ticket(), (error) => error.status === 410 && error.body.reason === undefined);
});

test('a page is there as soon as it is answered, if only with a no', async (t) => {
    const asked = t.mock.method(globalThis, 'fetch', async () => new Response(null, { status: 404 }));
    await look('/rooms/test');
    const [address, { method }] = asked.mock.calls[0].arguments;
    assert.deepEqual([address, method], ['/rooms/test', 'HEAD']);
    t.mock.method(globalThis, 'fetch', async () => new Response(null, { status: 503 }));
    await assert.rejects(look('/rooms/test'), (error) => error instanceof Problem && error.passing);
});
