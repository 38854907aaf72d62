import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Explanation } from '../../frontend/static/js/components/explanation.js';

const SCREEN = readFileSync(new URL('../../frontend/screens/ended.html', import.meta.url), 'utf8');

/** What is offered after such an end: names of the elements, those in the background in brackets. */
function offered(circumstance, typed = true) {
    const elements = [...SCREEN.matchAll(/<\w+[^>]*? id="([\w-]+)"[^>]* data-after="[^>]*>/g)].map(([tag, id]) => {
        const dataset = {};
        for (const [, name, value] of tag.matchAll(/data-([\w-]+)="([^"]*)"/g)) {
            dataset[name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())] = value;
        }
        const classes = new Set();
        const classList = { toggle: (name, on) => (on ? classes.add(name) : classes.delete(name)) };
        return { id, dataset, classes, classList, hidden: true };
    });
    const screen = {
        dataset: { screen: 'ended' },
        querySelectorAll: (selector) => (selector === '[data-after]' ? elements : []),
    };
    const visit = Object.assign(new EventTarget(), { phase: 'ended', circumstance, draft: { empty: !typed } });
    new Explanation(screen, { visit, texts: {} });
    visit.dispatchEvent(new Event('phase'));
    return elements
        .filter(({ hidden }) => !hidden)
        .map(({ id, classes }) => (classes.has('secondary') ? `(${id})` : id));
}

test('who was not found may change the details', () => {
    assert.deepEqual(offered({ kind: 'refused', reason: 'no_record' }), ['edit', 'clear-after-end']);
    assert.deepEqual(offered({ kind: 'refused', reason: null }), ['edit', 'clear-after-end']);
});

test('where other details rarely help they are not the first thing to do', () => {
    for (const reason of ['ambiguous_record', 'not_eligible', 'incomplete_record']) {
        assert.deepEqual(offered({ kind: 'refused', reason }), ['(edit)', 'clear-after-end']);
    }
});

test('who has to wait until tomorrow is not asked to try again', () => {
    assert.deepEqual(offered({ kind: 'refused', reason: 'too_many_tries' }), ['clear-after-end']);
});

test('what was typed is only spoken of where it is kept', () => {
    const lapsed = { kind: 'lapsed', reason: 'gone' };
    assert.deepEqual(offered(lapsed), ['ended-kept', 'join-again', 'edit', 'clear-after-end']);
    assert.deepEqual(offered(lapsed, false), ['join-again', 'clear-after-end']);
    assert.deepEqual(offered({ kind: 'failed' }, false), ['join-again', 'clear-after-end']);
    assert.deepEqual(offered({ kind: 'left' }, false), ['start-over']);
});
