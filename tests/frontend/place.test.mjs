import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Place } from '../../frontend/static/js/place.js';
import { Way } from '../../frontend/static/js/way.js';

/** One in line, by a clock that moves when told: `seen` are the numbers that were shown, and when. */
function line(t, calm = () => false, way = new Way(null)) {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
    const visit = Object.assign(new EventTarget(), { phase: 'waiting', connection: { link: { lostAtMs: null } } });
    const place = new Place(visit, way, calm);
    const seen = [];
    place.addEventListener('place', () => seen.push([Date.now() - 1_000_000, place.shown]));
    const told = (position, pace) => {
        visit.ticket = { position, pace_per_s: pace, corrected: null, joined_at_us: 7 };
        visit.ticketAtMs = Date.now();
        visit.dispatchEvent(new Event('ticket'));
    };
    const pass = (ms) => Array.from({ length: ms }, () => t.mock.timers.tick(1));
    return { visit, place, seen, told, pass, sleep: (ms) => t.mock.timers.setTime(Date.now() + ms) };
}

test('the number changes when the pace says so, not when a clock ticks', (t) => {
    const { seen, told, pass } = line(t);
    told(100, 1.25);
    pass(3_200);
    assert.deepEqual(seen, [[0, 100], [800, 99], [1600, 98], [2400, 97], [3200, 96]]);
});

test('a fast line changes the number ten times a second and no more', (t) => {
    const { seen, told, pass } = line(t);
    told(1_000, 50);
    pass(1_000);
    assert.equal(seen.length, 11);
    assert.deepEqual(seen.at(-1), [1_000, 950]);
});

test('a slow line, and one that stands still, is looked at once a second: the wait is told by the clock', (t) => {
    const { seen, told, pass } = line(t);
    told(10, 0.01);
    pass(3_000);
    told(10, 0);
    pass(2_000);
    assert.deepEqual(seen.map(([atMs]) => atMs), [0, 1_000, 2_000, 3_000, 3_000, 4_000, 5_000]);
});

test('where a frame says much less than was shown, the number runs there and does not jump', (t) => {
    const { seen, told, pass } = line(t);
    told(100, 0);
    told(90, 0);
    pass(600);
    assert.deepEqual(seen, [[0, 100], [0, 96], [100, 93], [200, 91], [300, 90]]);
    told(1, 0);
    pass(1_100);
    assert.equal(seen.at(-1)[1], 1);
});

test('whoever wants no motion, or does not look, gets one number a second', (t) => {
    const { seen, told, pass } = line(t, () => true);
    told(1_000, 50);
    pass(3_000);
    assert.deepEqual(seen, [[0, 1_000], [1_000, 950], [2_000, 900], [3_000, 850]]);
});

test('after an hour in which no timer ran the number is right at the first look', (t) => {
    const { visit, place, seen, told, sleep } = line(t);
    told(5_000, 1);
    sleep(3_600_000);
    Object.assign(visit, { ticket: { ...visit.ticket, position: 1_400 }, ticketAtMs: Date.now() - 20_000 });
    place.look();
    assert.equal(place.shown, 1_380);
    assert.equal(seen.at(-1)[1], 1_380);
});

test('a page that was frozen beyond its last frame promises nothing beyond it', (t) => {
    const { place, told, sleep } = line(t);
    told(5_000, 1);
    sleep(3_600_000);
    place.look();
    assert.equal(place.shown, 4_935);
});

test('nothing is counted for one who is not in line', (t) => {
    const { visit, place, seen, told, pass } = line(t);
    told(10, 1);
    visit.phase = 'serving';
    pass(5_000);
    place.look();
    assert.deepEqual(seen, [[0, 10]]);
});

test('whoever looks again reads no larger number than before', (t) => {
    const way = new Way(null);
    way.share(7, 60);
    way.share(7, 41);
    const { place, seen, told, pass } = line(t, undefined, way);
    told(43, 0);
    assert.equal(place.shown, 41);
    told(40, 0);
    pass(500);
    assert.deepEqual(seen.map(([, shown]) => shown), [41, 40]);
});

test('what was shown of one ticket is nothing to another', (t) => {
    const way = new Way(null);
    way.share(8, 41);
    const { place, told } = line(t, undefined, way);
    told(43, 0);
    assert.equal(place.shown, 43);
});

test('a correction counts also for who looks again', (t) => {
    const way = new Way(null);
    way.share(7, 41);
    const { visit, place } = line(t, undefined, way);
    let corrected = 0;
    place.addEventListener('corrected', () => (corrected += 1));
    visit.ticket = { position: 50, pace_per_s: 0, corrected: 'restored', joined_at_us: 7 };
    visit.ticketAtMs = Date.now();
    visit.dispatchEvent(new Event('ticket'));
    assert.deepEqual([place.shown, corrected], [50, 1]);
});
