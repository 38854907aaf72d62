import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const FRONTEND = normalize(join(dirname(fileURLToPath(import.meta.url)), '../../frontend'));
const PAGES = ['room.html', '404.html', 'trouble.html'];
const JS = join(FRONTEND, 'static/js');
const read = (path) => readFileSync(join(FRONTEND, path), 'utf8');
const room = read('room.html');
const texts = JSON.parse(read('static/locales/en.json'));
const sources = readdirSync(JS, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(JS, name), 'utf8'));

function importedBy(module, found = new Set()) {
    for (const [, path] of readFileSync(join(JS, module), 'utf8').matchAll(/^import .* from '(\..*)';$/gm)) {
        const imported = normalize(join(dirname(module), path));
        if (!found.has(imported)) {
            importedBy(imported, found.add(imported));
        }
    }
    return found;
}

test('every text that stands in a page is the one of the texts', () => {
    const pages = PAGES.map(read).join('');
    const written = [...pages.matchAll(/data-text="([^"]+)"[^>]*>([^<]*)</g)];
    assert.ok(written.length > 50);
    for (const [, key, text] of written) {
        assert.ok(key in texts, `no text for ${key}`);
        assert.ok(text === '' || text === texts[key], `${key} differs`);
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

test('the page preloads every module it will need, and no other', () => {
    const preloaded = [...room.matchAll(/rel="modulepreload" href="\/static\/js\/([^"]+)"/g)].map(([, path]) => path);
    assert.deepEqual(preloaded, [...importedBy('room.js')].sort());
});

test('no page asks for anything a strict content policy forbids', () => {
    for (const page of PAGES) {
        const html = read(page);
        assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:/i, page);
        assert.doesNotMatch(html, /(?:src|href|action)="(?!\/|#|")/, page);
    }
});

test('no module writes markup', () => {
    for (const source of sources) {
        assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/);
    }
});
