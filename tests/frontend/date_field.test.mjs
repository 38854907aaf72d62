import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DateField } from '../../frontend/static/js/components/date_field.js';

/** The field, its inputs and its message. */
function field() {
    const message = { textContent: '', hidden: true };
    const input = (part) => Object.assign(new EventTarget(), { id: `date_of_birth_${part}`, value: '', ariaInvalid: null });
    const inputs = ['day', 'month', 'year'].map(input);
    const root = {
        dataset: { field: 'date_of_birth' },
        querySelectorAll: () => inputs,
        querySelector: (selector) => inputs.find(({ id }) => selector === `#${id}`) ?? message,
    };
    return { field: new DateField(root), inputs, message };
}

function type(input, text) {
    input.value = text;
    input.dispatchEvent(new Event('input'));
}

test('a whole date that is pasted fills all three, and takes away what was wrong with another', () => {
    const { field: date, inputs, message } = field();
    date.mark('Enter your date of birth');
    type(inputs[0], '27.3.1980');
    assert.deepEqual(inputs.map(({ value }) => value), ['27', '3', '1980']);
    assert.deepEqual([message.textContent, message.hidden], ['', true]);
    assert.ok(inputs.every(({ ariaInvalid }) => ariaInvalid === null));
});

test('what is wrong stays while the date is still being typed', () => {
    const { field: date, inputs, message } = field();
    date.mark('Enter your date of birth');
    type(inputs[0], '27');
    assert.equal(message.textContent, 'Enter your date of birth');
});
