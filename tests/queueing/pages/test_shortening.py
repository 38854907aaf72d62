"""Whatever a name meant, it still means when it is short."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from queueing import errors
from queueing.pages import javascript, linking, press, slimming
from tests import tools
from tests.queueing.pages import node

# Places where a word might be taken for what it is not. Prints the same with whatever names.
PLACES = r"""
const printed = [];
const outer = 'outer', second = 2;
const table = { outer, second: outer, third: { outer }, printed(outer) { return outer + this.second; } };
printed.push(table.outer, table.second, table.third.outer, table.printed('given'), Object.keys(table));
const { second: taken, third: { outer: deep }, missing = outer, ...others } = table;
printed.push(taken, deep, missing, Object.keys(others));
const [head, , [inner = second, ...rest] = [undefined, head, outer]] = ['head'];
printed.push(head, inner, rest);
function shadowed(outer, { second, third: [first] = [1], ...more } = { second: outer }, ...tail) {
    const inside = (outer) => ({ outer, second });
    { const outer = 'block'; printed.push(outer); }
    return [outer, inside('arrow').outer, second, first, more, tail, arguments.length];
}
printed.push(shadowed('given'), shadowed(1, { second: 2, third: [3], four: 4 }, 5, 6));
class Base {
    static made = 0;
    static { this.made = 10; }
    #outer = outer;
    outer = 'field';
    'quoted name' = 1;
    printed = (second) => second * this.static;
    static = 3;
    get = 4;
    constructor(outer = 'default') { Base.made += 1; this.given = outer; }
    get second() { return this.#outer; }
    set second(second) { this.#outer = second; }
    static of(outer) { return new this(outer); }
    async *each(outer) { for (const second of [outer, this.get]) yield second; }
    [`${outer}Side`]() { return super.toString === Object.prototype.toString; }
    has(outer) { return #outer in outer; }
}
const Derived = class extends Base { constructor() { super(); this.outer = `${outer}${{ outer }.outer}`; } };
const base = Base.of('made'), derived = new Derived();
base.second = 'set';
printed.push(base.outer, base.given, base.second, base.printed(5), base.get, base['quoted name'], Base.made);
printed.push(derived.outer, derived.given, base[`${outer}Side`](), base.has(derived), base.has(outer && {}));
for await (const outer of base.each('each')) printed.push(outer);
outer: for (let second = 0; second < 3; second++) { for (;;) { if (second) break outer; else continue outer; } }
switch (second) {
    case 1: { const outer = 'one'; printed.push(outer); break; }
    case second: { const outer = 'two'; printed.push(outer, { outer }); break; }
    default: { printed.push('none'); }
}
try { throw { message: outer, code: 7 }; } catch ({ message: outer, code }) { printed.push(outer, code); }
const chosen = second > 1 ? { outer } : { second }, nested = second ? outer ? second : outer : printed;
const called = [1, 2].map((each, at) => ({ each, at: at ? each : outer }));
const immediate = (() => { return { second }; })();
printed.push(chosen, nested, called, immediate, typeof outer, typeof nowhere, outer?.length, table?.['outer']);
let counter = 0;
const object = {
    get counter() { return counter; }, set counter(to) { counter = to; }, async later() { return counter; }
};
object.counter += 5;
[counter, object.plain] = [counter + 1, counter];
({ outer: object.other = second } = { second });
printed.push(object.counter, await object.later(), object.plain, object.other);
const from = ({ from, as, get, of, async }) => [from, as, get, of, async];
printed.push(from({ from: 1, as: 2, get: 3, of: 4, async: 5 }));
if (printed) { counter } else { second }
console.log(JSON.stringify(printed));
"""
JSCONFIG = {
    "compilerOptions": {
        "allowJs": True,
        "checkJs": False,
        "noEmit": True,
        "types": [],
        "target": "ESNext",
        "module": "ESNext",
        "lib": ["ESNext", "DOM", "DOM.Iterable"],
    },
    "include": ["*.mjs"],
}


def short(source: str) -> str:
    return slimming.script(source, "test.js")


def test_names_in_all_places_mean_what_they_meant(tmp_path: Path) -> None:
    (tmp_path / "long.mjs").write_text(PLACES)
    (tmp_path / "short.mjs").write_text(short(PLACES))
    printed = node.run(tmp_path / "long.mjs")
    assert len(printed) > 400
    assert node.run(tmp_path / "short.mjs") == printed
    assert not {"shadowed", "taken", "Derived", "inside"} & set(node.words(short(PLACES)))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("const long = 1; print(long);", "const a=1;print(a);"),
        ("const word = { word, other: word }.word;", "const a={word:a,other:a}.word;"),
        ("function call({ one, two: three = one }) { return { one, three }; }",
         "function a({one:b,two:c=b}){return{one:b,three:c};}"),
        ("class Door { #open = false; open(width) { this.#open = width; } }",
         "class a{#a=false;open(b){this.#a=b;}}"),
        ("const { one } = $1;", "const{one:a}=$1;"),
        ("for (const one of all) one(a);", "for(const b of all)b(a);"),
    ],
)  # fmt: skip
def test_properties_and_what_is_not_declared_keep_their_names(source: str, expected: str) -> None:
    assert short(source) == expected


def test_member_of_a_class_that_may_go_on_is_refused() -> None:
    with pytest.raises(errors.Unpressable, match=r"^test\.js:3: end the member of the class before it"):
        short("class Door {\n    width = 1\n    height = 2;\n}")


@pytest.mark.parametrize("entry", press.ENTRIES)
def test_each_name_of_our_scripts_stands_for_what_it_stood_for(npm_packages: Path, tmp_path: Path, entry: str) -> None:
    """Where it does not, call the variable something else than what the browser calls so."""
    linked = linking.link(entry, press.modules(press.FRONTEND / "static"))
    before = meanings("\n".join(without_comments(text, name) for name, text in linked), tmp_path)
    after = meanings("".join(slimming.script(text, name) for name, text in linked), tmp_path)
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert changed == []
    assert len(before) > 20


def test_name_that_comes_to_stand_for_something_else_is_found(npm_packages: Path, tmp_path: Path) -> None:
    source = "function call(status) {\n    return status;\n}\ncall(status);\n"
    assert meanings(source, tmp_path) == ["own 0", "own 1", "own 1", "own 0", "free status"]
    assert meanings(short(source), tmp_path) != meanings(source, tmp_path)


def meanings(script: str, folder: Path) -> list[str]:
    """Of each name in turn."""
    (folder / "jsconfig.json").write_text(json.dumps(JSCONFIG))
    (folder / "script.mjs").write_text(script)
    typescript, here = tools.MODULES / "typescript", Path(__file__).parent
    told = node.run(here / "bindings.mjs", typescript, folder / "jsconfig.json", folder / "script.mjs")
    return list(json.loads(told))


def without_comments(text: str, name: str) -> str:
    """TypeScript takes types from comments, and each for a name of its own."""
    gaps = {"gap": lambda gap: "\n" if "\n" in gap else " "}
    return "".join(gaps.get(token.kind, str)(token.text) for token in javascript.tokens(text, name))
