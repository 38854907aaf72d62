import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Texts } from '../../frontend/static/js/texts.js';

const texts = new Texts(
    {
        plain: 'Hello {name}',
        'waiting.wait.soon': 'less than a minute',
        ahead: { zero: 'nobody', one: '{count} person', other: '{count} people' },
        'refused.title': 'Refused',
        'refused.no_record.title': 'Not found',
    },
    'en',
);

test('placeholders take their values, numbers in the language of the texts', () => {
    assert.equal(texts.get('plain', { name: 'Ana' }), 'Hello Ana');
    assert.equal(texts.get('ahead', { count: 12345 }), '12,345 people');
});

test('the form follows the number', () => {
    assert.equal(texts.get('ahead', { count: 0 }), 'nobody');
    assert.equal(texts.get('ahead', { count: 1 }), '1 person');
    assert.equal(texts.get('ahead', { count: 2 }), '2 people');
});

test('a reason nobody has words for gets the words for any reason', () => {
    assert.equal(texts.first('refused.no_record.title', 'refused.title'), 'Not found');
    assert.equal(texts.first('refused.strange.title', 'refused.title'), 'Refused');
});

test('a text that is missing is a fault, not a blank', () => {
    assert.throws(() => texts.get('nowhere'), /nowhere/);
});

test('a wait that is over within a minute is told in words', () => {
    assert.equal(texts.wait([20, 59]), 'less than a minute');
    assert.equal(texts.wait([20, 60]), '1 minute');
    assert.equal(texts.wait([50, 70]), '1–2 minutes');
});
