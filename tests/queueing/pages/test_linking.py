"""Modules linked into one script do what they do apart, and what is not understood is refused."""

import pytest

from queueing import errors
from queueing.pages import linking, press, slimming
from tests.queueing.pages import node

JS = press.FRONTEND / "static" / "js"
# Asks what needs no browser, of modules as they stand in the sources.
QUESTIONS = """
import * as backoff from './backoff.js';
import { position, wait as waitOf } from './countdown.js';
import { compose, PARTS, split } from './dates.js';
import { Api, Problem, retryAfterS } from './api.js';
import { Draft } from './draft.js';

const kept = new Map();
const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
};
console.log(Object.keys(backoff).sort(), PARTS);
console.log(split('1969-03-12'), ['1', '30'].map((day) => compose({ day, month: '2', year: '2001' })));
console.log(position.length, waitOf.length, new Draft(storage) instanceof Draft);
console.log(new Api('passport').readUrl, new Problem(503).passing, new Problem(404) instanceof Error, retryAfterS('7'));
await Promise.resolve();
console.log('waited');
"""
APART = {
    "entry.js": """
        import { count, Counter as Meter } from './one.js';
        import * as two from './parts/two.js';
        const same = 'entry';
        console.log(same, count(3), new Meter(4).total, two.same, two.describe(`a ${`b ${same}`}`));
        await 0;
    """,
    "one.js": """
        import { same } from './parts/two.js';
        const hidden = same + 1;
        export async function later() { return await hidden; }
        export function count(n) { return `${hidden}:${n}`; }
        export class Counter { #total; constructor(n) { this.#total = n / 2; } get total() { return this.#total; } }
    """,
    "parts/two.js": """
        export const same = 'two';
        export const describe = (/** @type {string} */ word) => ({ word }).word;
        export {};
    """,
}


def linked(changes=None):
    return joined(linking.link("entry.js", APART | (changes or {})))


def joined(linked):
    return "\n".join(text for _name, text in linked)


def test_modules_with_the_same_names_inside_do_not_meet(tmp_path):
    (tmp_path / "linked.mjs").write_text(linked())
    assert node.run(tmp_path / "linked.mjs").split() == ["entry", "two1:3", "2", "two", "a", "b", "entry"]


def test_module_that_several_import_runs_once_and_before_them(tmp_path):
    sources = {
        "entry.js": "import { a } from './a.js';\nimport { b } from './b.js';\nconsole.log(a, b);",
        "a.js": "import { c } from './c.js';\nconsole.log('a');\nexport const a = c;",
        "b.js": "import { c } from './c.js';\nconsole.log('b');\nexport const b = c;",
        "c.js": "console.log('c');\nexport const c = 1;",
    }
    (tmp_path / "linked.mjs").write_text(joined(linking.link("entry.js", sources)))
    assert node.run(tmp_path / "linked.mjs").split() == ["c", "a", "b", "1", "1"]


def test_our_modules_answer_alike_linked_slim_and_apart(tmp_path):
    for path in JS.rglob("*.js"):
        copy = tmp_path / path.relative_to(JS)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "questions.js").write_text(QUESTIONS)
    sources = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*.js")}
    linked = linking.link("questions.js", sources)
    (tmp_path / "linked.mjs").write_text(joined(linked))
    (tmp_path / "slim.mjs").write_text("".join(slimming.script(text, name) for name, text in linked))
    apart = node.run(tmp_path / "questions.js")
    assert apart.endswith("waited\n")
    assert node.run(tmp_path / "linked.mjs") == apart
    assert node.run(tmp_path / "slim.mjs") == apart


@pytest.mark.parametrize(
    "statement",
    [
        "import one from './one.js';",
        "import one, { count } from './one.js';",
        "import './one.js';",
        "import { count } from 'one';",
        "import { count } from './one.js' with { type: 'json' };",
        "const one = await import('./one.js');",
        "console.log(import.meta.url);",
        "if (true) { import('./one.js'); }",
        "export default class One {}",
        "export * from './one.js';",
        "export { count } from './one.js';",
        "const a = 1; export { a };",
        "export let a = 1;",
        "export var a = 1;",
        "export const { a } = {};",
        "export const a = 1, b = 2;",
        "import { count } from './nowhere.js';",
        "import { count } from '../one.js';",
        "import { other } from './circle.js';",
        "const b = await 1;",
    ],
)
def test_other_forms_are_refused_by_module_and_line(statement):
    changes = {
        "entry.js": "import { a } from './parts/two.js';",
        "parts/two.js": f"// A comment\n\n{statement.replace('./', '../')}\nexport const z = 0;",
        "circle.js": "import { z } from './parts/two.js';\nexport const other = z;",
    }
    with pytest.raises(errors.Unpressable, match=r"^(parts/two\.js:3|circle\.js:1): "):
        linked(changes)


def test_entry_may_wait_outside_of_functions_and_export_nothing():
    assert "await 0" in linked()
    with pytest.raises(errors.Unpressable, match="nobody could import"):
        linked({"entry.js": "export const a = 1;"})


def test_words_in_strings_comments_and_names_are_no_imports():
    source = "// import a\n/* export b */\nconst text = 'import c', table = {}; table.import = `export ${text}`;\n"
    assert linked({"entry.js": source}) == source
