import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WAY } from '../../frontend/static/js/memory.js';
import { Way } from '../../frontend/static/js/way.js';

function storage() {
    const items = new Map();
    return { items, getItem: (name) => items.get(name) ?? null, setItem: (name, value) => items.set(name, value) };
}

test('the way is done from where the ticket was first seen, and is not over in line', () => {
    const way = new Way(null);
    assert.deepEqual([200, 150, 50, 1].map((position) => way.share(7, position)), [0, 0.25, 0.75, 0.995]);
});

test('whoever comes as the first has no way behind them', () => {
    assert.equal(new Way(null).share(7, 1), 0);
});

test('a reload forgets nothing of the way', () => {
    const kept = storage();
    new Way(kept).share(7, 200);
    new Way(kept).share(7, 100);
    assert.equal(new Way(kept).share(7, 100), 0.5);
    assert.equal(new Way(kept).share(7, 50), 0.75);
});

test('a new tab goes on from where the others are', () => {
    const browser = storage();
    const first = new Way(storage(), browser);
    first.share(7, 200);
    first.share(7, 100);
    const second = new Way(storage(), browser);
    assert.equal(second.seen(7), 100);
    assert.equal(second.share(7, 100), 0.5);
    assert.equal(second.seen(8), Infinity);
});

test('another ticket has its own way', () => {
    const kept = storage();
    new Way(kept).share(7, 200);
    new Way(kept).share(7, 100);
    assert.equal(new Way(kept).share(8, 100), 0);
});

test('after a correction the bar stays, and the rest of it is the rest of the way', () => {
    const way = new Way(null);
    way.share(7, 100);
    assert.equal(way.share(7, 50), 0.5);
    assert.equal(way.share(7, 80), 0.5);
    assert.equal(way.share(7, 40), 0.75);
});

test('the bar never runs backwards, whatever the numbers and the reloads', () => {
    const kept = storage();
    let [before, way] = [0, new Way(kept)];
    for (const [look, position] of [90, 70, 95, 94, 60, 61, 300, 20, 20, 3, 4, 1].entries()) {
        way = look % 3 ? way : new Way(kept);
        const done = way.share(7, position);
        assert.ok(done >= before && done < 1, `${position}: ${done} after ${before}`);
        before = done;
    }
});

test('what is kept names nobody, and a memory that was tampered with costs the way alone', () => {
    const kept = storage();
    new Way(kept).share(7, 200);
    assert.deepEqual(JSON.parse(kept.items.get(WAY)), { joinedAtUs: 7, from: 200, done: 0, at: 200 });
    kept.setItem(WAY, '{broken');
    assert.equal(new Way(kept).share(7, 10), 0);
});
