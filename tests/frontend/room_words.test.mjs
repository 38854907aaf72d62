import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RoomCrowd } from '../../frontend/static/js/components/room_words.js';
import { Texts } from '../../frontend/static/js/texts.js';

const english = new URL('../../frontend/locales/en.json', import.meta.url);
const texts = new Texts(JSON.parse(readFileSync(english, 'utf8')), 'en');

/** What the form says of such a room: as the server does (tests/queueing/pages/test_sentences.py). */
function said(room) {
    const element = { textContent: '', hidden: false };
    const visit = Object.assign(new EventTarget(), {
        room: { waiting: 2, state: 'open', state_reason: null, wait_s: [50, 70], ...room },
    });
    new RoomCrowd(element, { visit, texts });
    visit.dispatchEvent(new Event('room'));
    return element.textContent.replace('2 people are waiting at the moment.', '').trim();
}

test('a newcomer is told how long to wait', () => {
    assert.equal(said({}), 'Expect to wait 1–2 minutes.');
    assert.equal(said({ wait_s: null }), '');
});

test('of a line that stands still, why, and that the wait counts from when it moves', () => {
    assert.equal(
        said({ state: 'paused', state_reason: 'Lunch until one.' }),
        'The line stands still: Lunch until one. You can join it all the same. ' +
            'Expect to wait 1–2 minutes once the line moves again.',
    );
    assert.equal(
        said({ state: 'paused', wait_s: null }),
        'The line stands still: staff have paused it. You can join it all the same.',
    );
});
