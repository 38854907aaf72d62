import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Question } from '../../frontend/static/js/components/question.js';

/** A question before the element `opener`, which `closer` takes back. */
function asked(t) {
    const opener = new EventTarget();
    const closer = new EventTarget();
    const dialog = {
        dataset: { before: 'another' },
        open: false,
        scrollTop: 90,
        showModal: () => (dialog.open = true),
        close: () => (dialog.open = false),
        querySelector: (selector) => (selector === '[data-closes]' ? closer : null),
    };
    globalThis.document = { getElementById: (id) => (id === 'another' ? opener : null) };
    t.after(() => delete globalThis.document);
    const visit = new EventTarget();
    new Question(dialog, { visit });
    const press = (button) => {
        const event = new Event('click', { cancelable: true });
        button.dispatchEvent(event);
        return event;
    };
    return { opener, closer, dialog, visit, press };
}

test('the step is not taken before it was asked about, from the top', (t) => {
    const { opener, closer, dialog, press } = asked(t);
    assert.equal(press(opener).defaultPrevented, true);
    assert.deepEqual([dialog.open, dialog.scrollTop], [true, 0]);
    press(closer);
    assert.equal(dialog.open, false);
});

test('the question is void once the visit goes on', (t) => {
    const { opener, dialog, visit, press } = asked(t);
    press(opener);
    visit.dispatchEvent(new Event('phase'));
    assert.equal(dialog.open, false);
});
