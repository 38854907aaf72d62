import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STALE_AFTER_MS, milestone, position, wait } from '../../frontend/static/js/countdown.js';

const at = (/** @type {number} */ place, pacePerS = 0.5) => ({ position: place, pacePerS, atMs: 1_000_000 });

test('the number falls with the pace, rounded up', () => {
    assert.equal(position(at(12), 1_000_000), 12);
    assert.equal(position(at(12), 1_001_000), 12);
    assert.equal(position(at(12), 1_002_000), 11);
    assert.equal(position(at(12), 1_010_000), 7);
});

test('the number never falls below one', () => {
    assert.equal(position(at(3), 1_060_000), 1);
});

test('the number never rises above what is shown', () => {
    assert.equal(position(at(900), 1_000_000, 12), 12);
});

test('the number stands still while nobody knows the pace', () => {
    assert.equal(position({ position: 12, pacePerS: null, atMs: 0 }, 60_000), 12);
    assert.equal(position(at(12, 0), 1_060_000), 12);
});

test('the number stands still from the moment the connection is lost', () => {
    const lost = { ...at(12), lostAtMs: 1_004_000 };
    assert.equal(position(lost, 1_004_000), 10);
    assert.equal(position(lost, 1_030_000), 10);
});

test('the number stands still once the frame is stale', () => {
    const atStale = position(at(100), 1_000_000 + STALE_AFTER_MS);
    assert.equal(atStale, 68);
    assert.equal(position(at(100), 1_000_000 + 10 * STALE_AFTER_MS), atStale);
});

test('a clock that was set back does not raise the number', () => {
    assert.equal(position(at(12), 900_000), 12);
});

test('every position has the nearest round number not below it as its milestone', () => {
    const expected = { 1: 1, 2: 2, 3: 3, 4: 5, 5: 5, 6: 10, 10: 10, 11: 20, 37: 50, 50: 50, 51: 100, 1000: 1000, 1001: 2000 };
    for (const [place, round] of Object.entries(expected)) {
        assert.equal(milestone(Number(place)), round);
    }
});

test('the wait counts down by the clock and never below nothing', () => {
    assert.deepEqual(wait(at(12), [240, 380], 1_000_000), [240, 380]);
    assert.deepEqual(wait(at(12), [240, 380], 1_030_000), [210, 350]);
    assert.deepEqual(wait(at(12), [10, 380], 1_030_000), [0, 350]);
});

test('the wait stands still with the line, with a lost connection and with a stale frame', () => {
    assert.deepEqual(wait(at(12, 0), [240, 380], 1_030_000), [240, 380]);
    assert.deepEqual(wait({ ...at(12), lostAtMs: 1_004_000 }, [240, 380], 1_030_000), [236, 376]);
    assert.deepEqual(wait(at(12), [240, 380], 9_000_000), [175, 315]);
});
