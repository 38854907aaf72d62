import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GOING_AWAY, TRY_LATER, askedDelayMs, delayAfterCloseMs, delayMs } from '../../frontend/static/js/backoff.js';

const least = () => 0;
const most = () => 1;

test('the ceiling of the delay doubles with every try, up to half a minute', () => {
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 50].map((tries) => delayMs(tries, most)), [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
});

test('the delay is anything down to nothing, so that a crowd never knocks in step', () => {
    assert.equal(delayMs(7, least), 0);
    assert.equal(delayMs(2, () => 0.25), 1000);
});

test('a server that asks for time gets at least that', () => {
    assert.equal(askedDelayMs(30, least), 30_000);
    assert.equal(askedDelayMs(30, most), 33_000);
    assert.equal(askedDelayMs(0, most), 1_000);
});

test('a server that goes away is come back to within five seconds', () => {
    assert.equal(delayAfterCloseMs(GOING_AWAY, 9, least), 0);
    assert.equal(delayAfterCloseMs(GOING_AWAY, 9, most), 5_000);
});

test('a server that is full is left alone for five seconds at least', () => {
    assert.equal(delayAfterCloseMs(TRY_LATER, 0, least), 5_000);
    assert.ok(delayAfterCloseMs(TRY_LATER, 0, most) > 5_000);
    assert.equal(delayAfterCloseMs(TRY_LATER, 9, least, '12'), 12_000);
    assert.equal(delayAfterCloseMs(TRY_LATER, 0, most, '12'), 13_200);
    assert.equal(delayAfterCloseMs(TRY_LATER, 0, least, '99999'), 600_000);
    assert.equal(delayAfterCloseMs(TRY_LATER, 0, least, 'soon'), 5_000);
});

test('a connection that broke is tried again soon, then less often', () => {
    assert.equal(delayAfterCloseMs(1006, 0, most), 1_000);
    assert.equal(delayAfterCloseMs(1006, 4, most), 16_000);
});
