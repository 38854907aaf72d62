import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draft, KEPT_AFTER_END_MS } from '../../frontend/static/js/draft.js';
import * as memory from '../../frontend/static/js/memory.js';

function storage() {
    const items = new Map();
    return {
        items,
        getItem: (name) => items.get(name) ?? null,
        setItem: (name, value) => items.set(name, value),
        removeItem: (name) => items.delete(name),
    };
}

const DETAILS = { given_names: 'Ana', document_number: 'AB1234' };

test('what was typed and its key survive a reload', () => {
    const kept = storage();
    const before = new Draft(kept);
    before.write(DETAILS);
    const key = before.key();
    const after = new Draft(kept);
    assert.deepEqual(after.typed(), DETAILS);
    assert.equal(after.key(), key);
});

test('a key is 128 random bits', () => {
    const keys = new Set(Array.from({ length: 50 }, () => new Draft(null).key()));
    assert.equal(keys.size, 50);
    for (const key of keys) {
        assert.match(key, /^[\w-]{22}$/);
    }
});

test('other details get another key, the same details keep it', () => {
    const draft = new Draft(null);
    draft.write(DETAILS);
    const key = draft.key();
    draft.write({ ...DETAILS });
    assert.equal(draft.key(), key);
    draft.write({ ...DETAILS, given_names: 'Eva' });
    assert.notEqual(draft.key(), key);
});

test('after an end the details stay for ten minutes and the key does not', () => {
    const kept = storage();
    const draft = new Draft(kept);
    draft.write(DETAILS);
    const key = draft.key();
    const endedAtMs = Date.now();
    draft.end();
    assert.deepEqual(draft.typed(endedAtMs + KEPT_AFTER_END_MS - 1), DETAILS);
    assert.deepEqual(draft.typed(endedAtMs + KEPT_AFTER_END_MS + 60_000), {});
    assert.equal(kept.items.size, 0);
    draft.write(DETAILS);
    assert.notEqual(draft.key(), key);
});

test('a second look at the same end does not keep the details longer', () => {
    const kept = storage();
    kept.setItem('vestibule.draft', JSON.stringify({ typed: DETAILS, key: null, endedAtMs: 1_000 }));
    const draft = new Draft(kept);
    draft.end();
    assert.deepEqual(draft.typed(1_000 + KEPT_AFTER_END_MS), {});
});

test('going on with the same details stops the clock of the end', () => {
    const draft = new Draft(null);
    draft.write(DETAILS);
    draft.end();
    draft.reopen();
    assert.deepEqual(draft.typed(Date.now() + 2 * KEPT_AFTER_END_MS), DETAILS);
});

test('wiping leaves nothing behind, of the details and of all else that the tab kept', () => {
    const kept = storage();
    kept.setItem(memory.WAY, '{}');
    kept.setItem(memory.ALERTS, '{}');
    const draft = new Draft(kept);
    draft.write(DETAILS);
    draft.wipe();
    assert.equal(kept.items.size, 0);
    assert.ok(draft.empty);
});

test('a storage that is full or broken costs the reload, not the visit', () => {
    const broken = {
        getItem: () => '{broken',
        setItem: () => {
            throw new Error('quota');
        },
        removeItem: () => undefined,
    };
    const draft = new Draft(broken);
    draft.write(DETAILS);
    assert.deepEqual(draft.typed(), DETAILS);
});
