"""A citizen whose browser runs no scripts: from the form to the saved passport, and to a device that is clear again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from issuance.registry import people
from project.local import options, stack
from project.local.stack import Stack
from tests.journeys.browsing import PATIENCE_MS
from tests.journeys.visitors import somebody


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp("vestibule")
    with stack.running(options.Options(directory=directory)) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, locale="de-AT")
    yield context.new_page()
    context.close()


def fill(page: Page, person: people.Person) -> None:
    page.fill("#given_names", person.given_names)
    page.fill("#family_name", person.family_name)
    for part, number in zip(("year", "month", "day"), person.date_of_birth.timetuple(), strict=False):
        page.fill(f"#date_of_birth_{part}", str(number))
    page.fill("#document_number", person.document_number)


@pytest.mark.timeout(180)
def test_citizen_without_scripts_gets_the_passport(vestibule: Stack, page: Page, tmp_path: Path) -> None:
    person = somebody("vaccinated", skip=3_600)
    vestibule.manage("rooms", "pause", "passport")
    page.goto(vestibule.address())
    assert page.locator("html").get_attribute("lang") == "de"
    page.fill("#family_name", person.family_name)
    page.click("#join")
    expect(page.locator("#error-summary a")).to_have_count(3)
    expect(page.locator("#family_name")).to_have_value(person.family_name)
    fill(page, person)
    page.click("#join")
    expect(page.locator("#position")).to_have_text("1")
    expect(page.locator("#paused")).to_be_visible()
    page.click("#leave")
    page.click("[data-screen=leave] a")
    vestibule.manage("rooms", "resume", "passport")
    # By itself: nobody clicks here.
    expect(page.locator("#screen-issued")).to_be_visible(timeout=PATIENCE_MS)
    with page.expect_download() as caught:
        page.click("#download")
    caught.value.save_as(tmp_path / "passport.pdf")
    assert person.family_name in pypdfium2.PdfDocument(tmp_path / "passport.pdf")[0].get_textpage().get_text_range()
    page.click("#read")
    expect(page.locator("dd", has_text=person.family_name)).to_be_visible()
    page.go_back()
    page.click("#clear-device")
    expect(page.locator("#ended-title")).to_be_visible()
    assert [cookie["name"] for cookie in page.context.cookies()] == []


@pytest.mark.timeout(120)
def test_refused_citizen_without_scripts_reads_why_in_the_language_chosen_by_hand(vestibule: Stack, page: Page) -> None:
    page.goto(vestibule.address())
    page.click(".languages summary")
    page.click(".languages a[lang=ar]")
    assert page.locator("html").get_attribute("dir") == "rtl"
    fill(page, somebody("none", skip=30))
    page.click("#join")
    expect(page.locator("#screen-ended")).to_be_visible(timeout=PATIENCE_MS)
    assert page.inner_text("#ended-title")
    page.click("#edit")
    expect(page.locator("#join")).to_be_visible()


@pytest.mark.timeout(120)
def test_page_whose_own_scripts_do_not_come_looks_again_by_itself(vestibule: Stack, browser: Browser) -> None:
    """As browsers do that are too old for them."""
    context = browser.new_context()
    page = context.new_page()
    page.route("**/room.*.js", lambda route: route.abort())
    vestibule.manage("rooms", "pause", "passport")
    try:
        page.goto(vestibule.address())
        fill(page, somebody("vaccinated", skip=3_700))
        page.click("#join")
        expect(page.locator("#position")).to_have_text("1")
        expect(page.locator("#again a")).to_be_visible()
    finally:
        vestibule.manage("rooms", "resume", "passport")
    expect(page.locator("#screen-issued")).to_be_visible(timeout=PATIENCE_MS)
    context.close()
