"""What is left out is what only people read."""

import pytest

from queueing import errors
from queueing.pages import press, slimming
from tests.queueing.pages import node

# Forms at which simple minifiers stumble; it prints the same whatever is left out.
FORMS = r"""
class Meter {
    #value = 1;
    #values = [1, 2];
    static #made = 0;
    static of(value) { Meter.#made += 1; const made = new Meter(); made.#value = value; return made; }
    get value() { return this.#value }
    *each() { yield* this.#values }
    [Symbol.toPrimitive]() { return this.#value }
    has(other) { return #value in other }
}
const a = 4, g = 2
const regular = /[/\]'"`]+\/ {2}x/.test("'/  x"), divided = a / g / 1
const nested = `one  ${`two  ${{ three: 'four  // five' }.three}  /* six */`}  ${a /* seven */ + +g}`
const joined = a + +g - -g + (a - --Object.create({ g }).g)
let counted = a
++counted
counted
++counted
const returned = (() => {
    return
    4
})()
const listed = [a]
;[g].forEach((each) => listed.push(each))
for (const each of Meter.of(5).each()) listed.push(each)
const chosen = counted > 5 ? .5 : 1..toFixed(1)
const matched = 'a  b'.match(/  /)?.index ?? 0
label: for (;;) { if (a) break label; else continue label }
const more = [new Meter().has(Meter.of(2)), typeof /x/, 7 .toString(), 1_000]
console.log(regular, divided, nested, joined, counted, returned, listed, chosen, matched, more)
"""


def test_script_does_the_same_in_fewer_letters(tmp_path):
    slim = slimming.script(FORMS, "forms.js")
    (tmp_path / "forms.mjs").write_text(FORMS)
    (tmp_path / "slim.mjs").write_text(slim)
    assert node.run(tmp_path / "slim.mjs") == node.run(tmp_path / "forms.mjs")
    assert len(slim) < 0.9 * len(FORMS)


def test_comments_gaps_and_long_private_names_are_left_out():
    source = """
        // @ts-check
        /** What it is for. */
        class Door {
            #opened = false;

            /** @param {number} width */
            open(width) {
                this.#opened = width > 0;  // wide enough
            }
        }
    """
    assert slimming.script(source, "door.js") == "class a{#a=false;open(b){this.#a=b>0;}}"


@pytest.mark.parametrize("source", ["const a = 'never closed", "const a = `never ${closed", "f(", "const a = 1 # 2"])
def test_script_that_makes_no_sense_is_refused_by_its_line(source):
    with pytest.raises(errors.Unpressable, match=r"^broken\.js:[23]: "):
        slimming.script(f"\n{source}\n", "broken.js")


@pytest.mark.parametrize(
    ("source", "slim"),
    [
        ("a { color : red ; }\n\n/* said */\nb { margin : 0 }", "a{color :red}b{margin :0}"),
        ("a :hover, b:hover > c { margin: calc(1rem + 2%) 0 }", "a :hover,b:hover > c{margin:calc(1rem + 2%) 0}"),
        ('a { content: "  /* ; } */ \\" "; }', 'a{content:"  /* ; } */ \\" "}'),
        ("@media (scripting: enabled) and (x: 3em) { a { b: c; } }", "@media (scripting:enabled) and (x:3em){a{b:c}}"),
        (".x:has(.y:not([z])) { &:hover { b: c; } }", ".x:has(.y:not([z])){&:hover{b:c}}"),
        ("a { --z: ; color: color-mix(in srgb, red, blue 20%); }", "a{--z:;color:color-mix(in srgb,red,blue 20%)}"),
        ("a { background: url(/x.svg) }", "a{background:url(/x.svg)}"),
    ],
)
def test_style_means_the_same_in_fewer_letters(source, slim):
    assert slimming.style(source, "x.css") == slim


def test_style_that_makes_no_sense_is_refused():
    with pytest.raises(errors.Unpressable, match=r"^x\.css:"):
        slimming.style("a { content: 'never closed }", "x.css")


def test_scripts_that_are_sent_are_scripts(tmp_path):
    assets, _pages = press.press(press.FRONTEND)
    for name in press.ENTRIES:
        file = tmp_path / name.replace(".js", ".mjs")
        file.write_bytes(assets[name].content)
        node.run("--check", file)
