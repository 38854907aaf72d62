import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import { Waiting } from '../../frontend/static/js/components/waiting.js';
import { Draft } from '../../frontend/static/js/draft.js';
import { Place } from '../../frontend/static/js/place.js';
import { Visit } from '../../frontend/static/js/visit.js';
import { FakeWebSocket } from './fake_socket.mjs';
import { Way } from '../../frontend/static/js/way.js';

globalThis.WebSocket = FakeWebSocket;
globalThis.location = { href: 'https://rooms.example/rooms/test' };
globalThis.document = { title: '' };
// There is no other tab, and an open channel would keep the process.
delete globalThis.BroadcastChannel;

const ROOM = { slug: 'test', title: 'Test', state: 'open', notice: null, notice_level: 'info', waiting: 20 };
const TICKET = {
    state: 'waiting',
    reference: 'K7F-2QMX',
    position: 12,
    wait_s: null,
    pace_per_s: 0,
    paused: null,
    corrected: null,
    kept_for_s: 120,
    poll_after_s: 5,
    joined_at_us: 7,
};

const waiting = (position) => ({ ...TICKET, position });
const reply = (body, status = 200) => ({
    ok: status === 200,
    status,
    headers: new Headers(),
    json: async () => JSON.parse(body),
});

/** A page in line, by a clock that moves when told, before a server whose answer is `server.ticket`. */
async function page(t) {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 });
    t.mock.method(Math, 'random', () => 1);
    const opened = (FakeWebSocket.opened = []);
    const server = { asked: 0, ticket: () => reply(JSON.stringify(TICKET)) };
    t.mock.method(globalThis, 'fetch', async (path) => {
        if (!path.endsWith('/ticket')) {
            return reply(JSON.stringify(ROOM));
        }
        server.asked += 1;
        return server.ticket();
    });
    const visit = new Visit('test', new Draft(null));
    const elements = {};
    const root = { querySelector: (id) => (elements[id] ??= { textContent: '' }) };
    const texts = { language: 'en', get: (key) => key, has: () => false };
    new Waiting(root, { visit, place: new Place(visit, new Way(null), () => true), texts, announcer: { say: () => undefined }, title: (heading) => heading });
    const history = { phases: [], links: [] };
    visit.addEventListener('phase', () => history.phases.push(visit.phase));
    visit.addEventListener('link', () => history.links.push(visit.connection.link.by));
    const after = async (act) => {
        act();
        await settled();
    };
    await after(() => visit.begin({ now_ms: 1_000_000, room: ROOM, ticket: TICKET, end: null }));
    return {
        visit,
        opened,
        server,
        history,
        shown: () => elements['#position'].textContent,
        passed: (ms) => after(() => t.mock.timers.tick(ms)),
        breaks: (code = 1006) => after(() => opened.at(-1).onclose({ code, reason: '' })),
    };
}

test('from socket to polling and back the page keeps its place', async (t) => {
    const { opened, server, history, shown, passed, breaks } = await page(t);
    opened[0].say({ type: 'state', ...waiting(10) });
    assert.equal(shown(), '10');
    await breaks();
    await passed(1_000);
    assert.equal(shown(), '10');
    server.ticket = () => reply(JSON.stringify(waiting(9)));
    await breaks();
    assert.equal(shown(), '9');
    server.ticket = () => reply(JSON.stringify(waiting(11)));
    await passed(5_000);
    assert.equal(server.asked, 2);
    assert.equal(shown(), '9');
    opened.at(-1).say({ type: 'state', ...waiting(11) });
    assert.equal(shown(), '9');
    opened.at(-1).say({ type: 'state', ...waiting(8) });
    assert.equal(shown(), '8');
    await passed(60_000);
    assert.equal(server.asked, 2);
    assert.deepEqual(history, { phases: ['waiting'], links: ['socket', null, 'polling', 'socket'] });
});

test('polling begins with the second socket in a row that does not open', async (t) => {
    const { visit, opened, server, passed, breaks } = await page(t);
    await breaks();
    await passed(1_000);
    assert.deepEqual([opened.length, server.asked, visit.connection.link.by], [2, 0, null]);
    await breaks();
    assert.deepEqual([server.asked, visit.connection.link.by], [1, 'polling']);
});

test('a socket is tried beside the polling for as long as it takes', async (t) => {
    const { visit, opened, passed, breaks } = await page(t);
    for (let tries = 1; tries <= 20; tries += 1) {
        assert.equal(opened.length, tries);
        await breaks();
        await passed(30_000);
    }
    assert.equal(visit.connection.link.by, 'polling');
});

test('a bad body is a lost line, not the end of polling', async (t) => {
    const { visit, server, passed, breaks } = await page(t);
    await breaks();
    await passed(1_000);
    await breaks();
    assert.equal(visit.connection.link.by, 'polling');
    server.ticket = () => reply('<html>Log in</html>');
    await passed(5_000);
    assert.deepEqual(visit.connection.link, { by: null, lostAtMs: 1_006_000 });
    server.ticket = () => reply(JSON.stringify(TICKET));
    await passed(1_000);
    assert.deepEqual(visit.connection.link, { by: 'polling', lostAtMs: null });
    assert.equal(visit.phase, 'waiting');
});

test('the line is lost since its last sign, however often it is tried since', async (t) => {
    const { visit, opened, server, passed, breaks } = await page(t);
    server.ticket = () => Promise.reject(new TypeError());
    opened[0].say({ type: 'state', ...TICKET });
    await passed(20_000);
    await breaks();
    await passed(1_000);
    await breaks();
    await passed(2_000);
    assert.equal(server.asked, 2);
    assert.deepEqual(visit.connection.link, { by: null, lostAtMs: 1_020_000 });
});

for (const code of [4401, 4403, 4410]) {
    test(`a socket closed with ${code} has the server asked at once what became of the ticket`, async (t) => {
        const { visit, opened, server, passed, breaks } = await page(t);
        opened[0].say({ type: 'state', ...TICKET });
        server.ticket = () => reply('{"reason": "left"}', 410);
        await breaks(code);
        assert.deepEqual([visit.phase, visit.circumstance.kind], ['ended', 'left']);
        await passed(300_000);
        assert.deepEqual([opened.length, server.asked], [1, 1]);
    });
}

test('frames say what became of the ticket, and what staff say', async (t) => {
    const { visit, opened } = await page(t);
    opened[0].say({ type: 'notice', text: 'hello', level: 'info' });
    assert.equal(visit.notice.text, 'hello');
    opened[0].say({ type: 'called', called_at_us: 9 });
    assert.equal(visit.phase, 'serving');
    opened[0].say({ type: 'outcome', outcome: 'refused', reason: 'no_record' });
    assert.deepEqual([visit.phase, visit.circumstance], ['ended', { kind: 'refused', reason: 'no_record' }]);
    assert.equal(opened[0].readyState, 3);
});
