import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compose, split } from '../../frontend/static/js/dates.js';

const typed = (day, month, year) => compose({ day, month, year });

test('day, month and year become one date', () => {
    assert.deepEqual(typed('7', ' 3 ', '1984'), { iso: '1984-03-07' });
    assert.deepEqual(typed('29', '02', '2000'), { iso: '2000-02-29' });
    assert.deepEqual(typed('1', '1', '0099'), { iso: '0099-01-01' });
});

test('digits of Arabic and Persian keyboards are digits', () => {
    assert.deepEqual(typed('٢٧', '٣', '١٩٨٠'), { iso: '1980-03-27' });
    assert.deepEqual(typed('２７', '３', '１９８０'), { iso: '1980-03-27' });
    assert.deepEqual(typed('۲۷', '3', '۱۹۸۰'), { iso: '1980-03-27' });
    assert.deepEqual(typed('٣١', '٤', '١٩٨٠'), { code: 'no_such_date', part: 'day' });
});

test('the first part that is missing is asked for', () => {
    assert.deepEqual(typed('', ' ', ''), { code: 'required', part: 'day' });
    assert.deepEqual(typed('', '3', '1984'), { code: 'no_day', part: 'day' });
    assert.deepEqual(typed('7', '', ''), { code: 'required', part: 'month' });
    assert.deepEqual(typed('7', '3', ' '), { code: 'no_year', part: 'year' });
});

test('the part that is no number is pointed at', () => {
    assert.deepEqual(typed('7', 'March', '1984'), { code: 'bad_date', part: 'month' });
    assert.deepEqual(typed('7', '3', '84'), { code: 'bad_date', part: 'year' });
    assert.deepEqual(typed('-7', '3', '1984'), { code: 'bad_date', part: 'day' });
});

test('a date that does not exist is pointed at where it goes wrong', () => {
    assert.deepEqual(typed('29', '2', '1900'), { code: 'no_such_date', part: 'day' });
    assert.deepEqual(typed('31', '4', '1984'), { code: 'no_such_date', part: 'day' });
    assert.deepEqual(typed('0', '4', '1984'), { code: 'no_such_date', part: 'day' });
    assert.deepEqual(typed('3', '13', '1984'), { code: 'no_such_date', part: 'month' });
});

test('a whole date is taken apart, however it is written', () => {
    for (const date of ['27.3.1980', ' 27. 3. 1980 ', '27/3/1980', '27-3-1980', '27 3 1980', '1980-3-27', '٢٧/٣/١٩٨٠']) {
        assert.deepEqual(split(date), { day: '27', month: '3', year: '1980' }, date);
    }
    assert.deepEqual(split('1984-03-07'), { day: '07', month: '03', year: '1984' });
    for (const none of ['', '27', '27.3.', '27.3.80', '27.3.198', '27 March 1980', '270.3.1980', '1980.3.1980', '1.2.3.1980']) {
        assert.equal(split(none), null, none);
    }
});
