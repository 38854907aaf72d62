import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Socket } from '../../frontend/static/js/socket.js';
import { FakeWebSocket } from './fake_socket.mjs';

globalThis.WebSocket = FakeWebSocket;
globalThis.location = { href: 'https://rooms.example/rooms/test' };

/** A socket by a clock that moves when told; no delay is spread further than `random` says. */
function room(t, random = 0) {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    t.mock.method(Math, 'random', () => random);
    const opened = (FakeWebSocket.opened = []);
    const frames = [];
    const closings = [];
    const socket = new Socket('/ws/rooms/test', {
        onFrame: (frame) => frames.push(frame),
        onClose: (closing) => closings.push(closing),
    });
    socket.start();
    return { socket, opened, frames, closings, pass: (ms) => t.mock.timers.tick(ms) };
}

test('the socket belongs to the page: its host, and encrypted like it', (t) => {
    const { opened, frames } = room(t);
    assert.deepEqual(opened.map(({ url }) => url), ['wss://rooms.example/ws/rooms/test']);
    opened[0].say({ type: 'notice', text: 'hello' });
    assert.deepEqual(frames, [{ type: 'notice', text: 'hello' }]);
});

test('a server that is full gets the seconds that it named', (t) => {
    const { opened, closings, pass } = room(t);
    opened[0].onclose({ code: 1013, reason: '12' });
    pass(11_999);
    assert.equal(opened.length, 1);
    pass(1);
    assert.equal(opened.length, 2);
    assert.deepEqual(closings.map(({ code, tries }) => [code, tries]), [[1013, 1]]);
});

test('those who were told the same seconds come back a tenth apart', (t) => {
    const { opened, pass } = room(t, 1);
    opened[0].onclose({ code: 1013, reason: '12' });
    pass(13_199);
    assert.equal(opened.length, 1);
    pass(1);
    assert.equal(opened.length, 2);
});

test('a server that is full and names no time gets five seconds', (t) => {
    const { opened, pass } = room(t);
    opened[0].onclose({ code: 1013, reason: '' });
    pass(4_999);
    assert.equal(opened.length, 1);
    pass(1);
    assert.equal(opened.length, 2);
});

test('a connection that breaks is opened ever more rarely, and soon again once something was heard', (t) => {
    const { opened, closings, pass } = room(t, 1);
    for (const ms of [1_000, 2_000, 4_000]) {
        opened.at(-1).onclose({ code: 1006, reason: '' });
        const before = opened.length;
        pass(ms - 1);
        assert.equal(opened.length, before);
        pass(1);
        assert.equal(opened.length, before + 1);
    }
    opened.at(-1).say({ type: 'state' });
    opened.at(-1).onclose({ code: 1006, reason: '' });
    pass(1_000);
    assert.equal(opened.length, 5);
    assert.deepEqual(closings.map(({ tries }) => tries), [1, 2, 3, 1]);
});

test('a line that says nothing for 75 s is dead, from its last frame on', (t) => {
    const { opened, closings, pass } = room(t);
    opened[0].say({ type: 'state' });
    pass(74_999);
    assert.deepEqual(closings, []);
    pass(1);
    assert.deepEqual(closings, [{ code: 1006, tries: 1, lastSignMs: 0 }]);
    assert.equal(opened[0].readyState, 3);
    pass(1);
    assert.equal(opened.length, 2);
});

test('a handshake that hangs is given up after 15 s', (t) => {
    const { opened, closings, pass } = room(t);
    pass(14_999);
    assert.equal(closings.length, 0);
    pass(2);
    assert.equal(closings.length, 1);
    assert.equal(opened.length, 2);
});

test('whoever hurries does not wait for the timer, and opens no second socket', (t) => {
    const { socket, opened, pass } = room(t, 1);
    opened[0].onclose({ code: 1006, reason: '' });
    socket.hurry();
    socket.hurry();
    assert.equal(opened.length, 2);
    pass(10_000);
    assert.equal(opened.length, 2);
});

test('a page that wakes from an hour of frost opens a new line at once, and believes none that said nothing since', (t) => {
    const { socket, opened, closings } = room(t, 1);
    opened[0].say({ type: 'state' });
    t.mock.timers.setTime(3_600_000);
    socket.hurry();
    assert.equal(opened.length, 2);
    assert.equal(opened[0].readyState, 3);
    assert.deepEqual(closings, [{ code: 1006, tries: 1, lastSignMs: 0 }]);
});

test('a page that was hidden for an hour and heard frames keeps its line', (t) => {
    const { socket, opened } = room(t, 1);
    opened[0].say({ type: 'state' });
    for (let minute = 0; minute < 60; minute += 1) {
        t.mock.timers.setTime((minute + 1) * 60_000);
        opened[0].say({ type: 'state' });
    }
    socket.hurry();
    assert.equal(opened.length, 1);
});

test('a socket that was stopped stays closed', (t) => {
    const { socket, opened, closings, pass } = room(t);
    opened[0].say({ type: 'state' });
    socket.stop();
    socket.hurry();
    pass(600_000);
    assert.equal(opened.length, 1);
    assert.equal(opened[0].readyState, 3);
    assert.deepEqual(closings, []);
});

test('a socket that was stopped between two tries is not opened again', (t) => {
    const { socket, opened, pass } = room(t);
    opened[0].onclose({ code: 1006, reason: '' });
    socket.stop();
    pass(600_000);
    assert.equal(opened.length, 1);
});
