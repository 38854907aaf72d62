import assert from 'node:assert/strict';
import { test } from 'node:test';
import { band, duration, number, perMinute, share, time } from '../../frontend/static/js/formatting.js';

test('numbers are grouped as the language groups them', () => {
    assert.equal(number(12345, 'en'), '12,345');
    assert.equal(number(12345, 'de'), '12.345');
    assert.equal(number(1234, 'pl'), '1\u00a0234');
    assert.equal(number(1234, 'ar-EG'), '١٬٢٣٤');
});

test('times are written as the language writes them', () => {
    const options = { timeZone: 'UTC' };
    assert.equal(time(Date.UTC(2026, 10, 22, 14, 5, 9), 'en-GB', options), '14:05');
    assert.equal(time(Date.UTC(2026, 10, 22, 14, 5, 9), 'de', { ...options, seconds: true }), '14:05:09');
});

test('a time stays in one piece at the end of a line', () => {
    assert.equal(time(Date.UTC(2026, 10, 22, 14, 5, 9), 'ar', { timeZone: 'UTC' }), '2:05\u00a0م');
});

test('durations are rounded down, so that nobody is promised more than there is', () => {
    assert.equal(duration(1, 'en'), '1 second');
    assert.equal(duration(119.9, 'en'), '119 seconds');
    assert.equal(duration(120, 'en'), '2 minutes');
    assert.equal(duration(599, 'en'), '9 minutes');
    assert.equal(duration(7_300, 'en'), '2 hours');
    assert.equal(duration(-5, 'en'), '0 seconds');
    assert.equal(duration(600, 'fr'), '10 minutes');
});

test('a band of waiting times is told in whole minutes that hold it and never says none', () => {
    assert.equal(band([240, 380], 'en'), '4–7 minutes');
    assert.equal(band([299, 299], 'en'), '4–5 minutes');
    assert.equal(band([240, 240], 'en'), '4 minutes');
    assert.equal(band([359, 541], 'de'), '5–10 Minuten');
    assert.equal(band([240, 380], 'es'), '4–7 minutos');
    assert.equal(band([60, 121], 'ar'), '1–3 دقائق');
    assert.equal(band([0, 20], 'en'), '1 minute');
});

test('a share is told in whole per cents of the language, never more than is done', () => {
    assert.equal(share(0.999, 'en'), '99%');
    assert.equal(share(0.4, 'de'), '40\u00a0%');
    assert.equal(share(0.5, 'ar-EG'), '٥٠٪\u061c');
});

test('a pace is told to the place as long as it is small, else to two digits', () => {
    assert.deepEqual([0.001, 0.01, 0.1, 0.155, 2.31, 20].map(perMinute), [0, 1, 6, 9, 140, 1200]);
});
