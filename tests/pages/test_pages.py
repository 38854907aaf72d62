"""Every page in every state is for everybody: axe, 320 pixels, no movement where none is wanted, keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.pages import scene
from tests.pages.checks import Checks
from tests.pages.looks import Looker
from tests.pages.state import State, at, erase_nothing
from tests.pages.states import BY_NAME, STATES

# More than any page has to stop at.
MOST_STOPS = 40
FOCUSED = """() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    const name = document.activeElement.outerHTML.slice(0, 80);
    return { name, seen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
}"""
PERSON = scene.known("vaccinated")
FORM = State("form-of-a-quiet-room", "real", "#screen-form", at("/rooms/quiet"))

PHONE = {"width": 390, "height": 844}
# Names of what does not fit into its box, or into the screen.
CUT_OFF = """() => [...document.querySelectorAll('html, button, .button, dialog')]
    .filter((box) => box.scrollWidth > box.clientWidth || box.getBoundingClientRect().right > innerWidth)
    .map((box) => box.id || box.tagName)"""
WRONG = """() => {
    document.querySelector('label').remove();
    document.body.style.minInlineSize = '400px';
    document.body.animate([{ opacity: 0.9 }, { opacity: 1 }], { duration: 1e6 });
    document.body.append(Object.assign(document.createElement('script'), { textContent: 'forbidden()' }));
    console.warn('something');
}"""


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_page_is_for_everybody(looker: Looker, checks: Checks, state: State) -> None:
    with looker.at(state) as look:
        assert checks.all(look) == []


def test_checks_find_what_is_wrong(looker: Looker, checks: Checks) -> None:
    with looker.at(FORM) as look:
        look.page.evaluate(WRONG)
        found = "\n".join(checks.all(look))
        for complaint in ("axe label", "wider than 320 px", "moves", "policy: script-src", "console: something"):
            assert complaint in found


def tab_to(page: Page, wanted: str) -> None:
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["seen"], f"nobody sees the focus on {focused['name']}"
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"the keyboard does not come to {wanted}")


def type_into(page: Page, field: str, text: str) -> None:
    tab_to(page, field)
    page.keyboard.type(text)


def test_keyboard_is_enough_to_join_and_to_leave(looker: Looker) -> None:
    year, month, day = PERSON["date_of_birth"].split("-")
    with looker.at(FORM) as look:
        page = look.page
        type_into(page, "#given_names", PERSON["given_names"])
        type_into(page, "#family_name", PERSON["family_name"])
        for part, number in (("day", day), ("month", month), ("year", year)):
            type_into(page, f"#date_of_birth_{part}", number)
        type_into(page, "#document_number", PERSON["document_number"])
        tab_to(page, "#join")
        page.keyboard.press("Enter")
        expect(page.locator("#screen-waiting h1")).to_be_focused()
        tab_to(page, "#leave")
        page.keyboard.press("Enter")
        expect(page.locator("#leave-dialog #stay")).to_be_focused()
        tab_to(page, "#leave-confirm")
        page.keyboard.press("Enter")
        expect(page.locator("#screen-ended h1")).to_be_focused()
        assert look.all_complaints() == []


def test_escape_keeps_the_place(looker: Looker) -> None:
    with looker.at(BY_NAME["leaving"]) as look:
        look.page.keyboard.press("Escape")
        expect(look.page.locator("#leave-dialog")).to_be_hidden()
        expect(look.page.locator("#leave")).to_be_focused()
        expect(look.page.locator("#screen-waiting")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "opener", "dialog"), [("waiting", "#leave", "leave"), ("issued", "#another", "another")]
)
def test_large_letters_have_room_on_a_phone(looker: Looker, name: str, opener: str, dialog: str) -> None:
    """In German, whose words are long."""
    with looker.at(BY_NAME[name], locale="de", viewport=PHONE) as look:
        look.page.evaluate("() => (document.documentElement.style.fontSize = '200%')")
        assert look.page.evaluate(CUT_OFF) == []
        look.page.click(opener)
        expect(look.page.locator(f"#{dialog}-dialog [autofocus]")).to_be_focused()
        expect(look.page.locator(f"#{dialog}-title")).to_be_in_viewport(ratio=1)
        assert look.page.evaluate(CUT_OFF) == []


def test_passport_is_deleted_for_another_person_only_after_a_question(looker: Looker) -> None:
    with looker.at(BY_NAME["another-person"]) as look:
        erase_nothing(look.page)
        expect(look.page.locator("#keep")).to_be_focused()
        look.page.keyboard.press("Enter")
        expect(look.page.locator("#another")).to_be_focused()
        expect(look.page.locator("#screen-issued")).to_be_visible()
        look.page.keyboard.press("Enter")
        look.page.click("#another-confirm")
        expect(look.page.locator("#screen-form h1")).to_be_focused()


def test_skip_link_leads_past_the_head_of_the_page(looker: Looker) -> None:
    with looker.at(FORM) as look:
        look.page.keyboard.press("Tab")
        expect(look.page.locator(".skip")).to_be_focused()
        look.page.keyboard.press("Enter")
        expect(look.page.locator("#main")).to_be_focused()


def test_errors_are_a_way_to_the_fields(looker: Looker) -> None:
    with looker.at(FORM) as look:
        tab_to(look.page, "#join")
        look.page.keyboard.press("Enter")
        expect(look.page.locator("#error-summary")).to_be_focused()
        tab_to(look.page, "#error-summary a")
        look.page.keyboard.press("Enter")
        expect(look.page.locator("#given_names")).to_be_focused()
