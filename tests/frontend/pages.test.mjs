import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const FRONTEND = normalize(join(dirname(fileURLToPath(import.meta.url)), '../../frontend'));
const JS = join(FRONTEND, 'static/js');
const read = (path) => readFileSync(join(FRONTEND, path), 'utf8');
const PAGES = readdirSync(FRONTEND, { recursive: true }).filter((name) => name.endsWith('.html'));
const texts = JSON.parse(read('locales/en.json'));
const sources = readdirSync(JS, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(JS, name), 'utf8'));

test('every text that a page names is there', () => {
    const written = [...PAGES.map(read).join('').matchAll(/\{%\s*text\s+"([^"]+)"/g)];
    assert.ok(written.length > 50);
    for (const [, key] of written) {
        assert.ok(key in texts, `no text for ${key}`);
    }
});

test('every text that a module asks for by name is there', () => {
    for (const source of sources) {
        for (const [, key] of source.matchAll(/texts\.get\('([\w.]+)'/g)) {
            assert.ok(key in texts, `no text for ${key}`);
        }
    }
});

test('every reason and every way to end has a title, a meaning and a next step', () => {
    const ends = ['failed', 'lapsed', 'lost', 'left', 'expired', 'cleared', 'refused', 'offline', 'busy'];
    const refusals = ['no_record', 'ambiguous_record', 'not_eligible', 'incomplete_record', 'too_many_tries'];
    const keys = [...ends, ...refusals.map((reason) => `refused.${reason}`), 'failed.registry_unavailable', 'lapsed.line_ended'];
    for (const key of keys) {
        for (const part of ['title', 'meaning', 'next']) {
            assert.ok(`${key}.${part}` in texts, `no text for ${key}.${part}`);
        }
    }
});

test('no page asks for anything a strict content policy forbids', () => {
    for (const page of PAGES) {
        const html = read(page);
        assert.doesNotMatch(html, /<style(?!>\{\{ style \}\}<)|\sstyle=|\son[a-z]+=|<script(?![^>]*\s(?:src=|type="application\/json")|>\{\{ plain_script \}\}<)|javascript:/i, page);
        assert.doesNotMatch(html, /(?:src|href|action)="(?!\/|#|"|\?|\{% (?:asset|data) )/, page);
    }
});

test('no module writes markup', () => {
    for (const source of sources) {
        assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/);
    }
});
