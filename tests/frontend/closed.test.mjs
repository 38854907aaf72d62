import assert from 'node:assert/strict';
import { test } from 'node:test';
import { againMs } from '../../frontend/static/js/closed.js';

const NOW_MS = Date.parse('2026-12-01T07:00:00Z');
const least = () => 0;
const most = () => 1;

test('a closed room is looked at again within a minute, never by all at once', () => {
    assert.equal(againMs(null, NOW_MS, least), 30_000);
    assert.equal(againMs(null, NOW_MS, most), 60_000);
    assert.equal(againMs('nonsense', NOW_MS, least), 30_000);
});

test('a room that opens in hours is looked at as any other: its time may change', () => {
    assert.equal(againMs('2026-12-01T09:00:00Z', NOW_MS, most), 60_000);
});

test('a room that opens soon is looked at a few seconds after that, spread over more', () => {
    assert.equal(againMs('2026-12-01T07:00:10Z', NOW_MS, least), 12_500);
    assert.equal(againMs('2026-12-01T07:00:10Z', NOW_MS, most), 17_500);
});

test('a room that should be open by now is looked at every few seconds', () => {
    assert.equal(againMs('2026-12-01T06:59:00Z', NOW_MS, least), 2_500);
    assert.equal(againMs('2026-12-01T06:59:00Z', NOW_MS, most), 7_500);
});
