"""Tabs and devices: hidden, frozen, restored, two of a browser, a phone, right to left, another language meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from project.local import options, stack
from project.local.stack import Stack
from tests.journeys.browsing import PATIENCE_MS, Visit
from tests.journeys.visitors import somebody

PHONE = {"viewport": {"width": 375, "height": 667}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
# A change by staff is seen everywhere within two seconds (docs/rooms.md).
SEEN_MS = 2_500
# What a thumb hits (WCAG 2.2, 2.5.8 asks for 24).
THUMB_PX = 44
# Longer than a socket may be silent, shorter than the place is kept.
AN_HOUR_MS = 3_600_000

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with stack.running(options.Options(directory=tmp_path_factory.mktemp("vestibule"))) as running:
        yield running


def opened(visit: Visit) -> Page:
    page = visit.another_tab()
    page.goto(visit.url)
    return page


def test_frozen_tab_shows_on_return_what_came_meanwhile(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address())
    visit.join(somebody("vaccinated", skip=3_800))
    visit.waits()
    session = visit.context.new_cdp_session(visit.page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    paused.manage("rooms", "resume", "passport")
    other = opened(visit)
    expect(other.locator("#screen-issued")).to_be_visible(timeout=PATIENCE_MS)
    session.send("Page.setWebLifecycleState", {"state": "active"})
    visit.is_issued()
    assert visit.problems == []
    visit.close()


def test_tab_whose_clock_ran_on_for_an_hour_still_has_its_place(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address())
    visit.page.clock.install()
    visit.join(somebody("vaccinated", skip=3_810))
    reference, position = visit.waits(), visit.position()
    visit.page.clock.fast_forward(AN_HOUR_MS)
    visit.is_linked("socket")
    assert (visit.waits(), visit.position()) == (reference, position)
    paused.manage("rooms", "resume", "passport")
    visit.is_issued()
    visit.close()


def test_closed_tab_opens_again_at_the_same_place_and_shows_no_details(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address())
    person = somebody("vaccinated", skip=3_820)
    visit.join(person)
    reference = visit.waits()
    visit.page.close()
    visit.page = opened(visit)
    assert visit.waits() == reference
    assert person.family_name not in visit.page.content()
    visit.page.goto(f"{visit.url}/no/such/page")
    visit.page.go_back()
    assert visit.waits() == reference
    visit.close()


def test_two_tabs_of_a_browser_have_one_place(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address())
    visit.page.goto(visit.url)
    other = opened(visit)
    expect(other.locator("#screen-form")).to_be_visible()
    visit.fill(somebody("vaccinated", skip=3_830))
    visit.page.click("#join")
    reference = visit.waits()
    expect(other.locator("#reference")).to_have_text(reference, timeout=PATIENCE_MS)
    other.click("#leave")
    other.click("#leave-confirm")
    for page in (other, visit.page):
        expect(page.locator("#ended-title")).to_have_text("You have left the line", timeout=PATIENCE_MS)
    assert visit.page.evaluate("() => sessionStorage.length") == 0
    visit.close()


def conflicting(visit: Visit, place: Visit) -> None:
    """A form that was open already when another tab took a place, and has not heard of it."""
    visit.context.clear_cookies()
    visit.page.goto(visit.url)
    visit.context.add_cookies(place.context.cookies())
    visit.fill(somebody("vaccinated", skip=3_836))
    visit.page.click("#join")
    expect(visit.page.locator("#screen-conflict")).to_be_visible(timeout=PATIENCE_MS)


@pytest.fixture
def full(vestibule: Stack) -> Iterator[Stack]:
    """Nobody is called, also while the room is closed to newcomers."""
    vestibule.manage("rooms", "set", "passport", "total_active_users=0")
    yield vestibule
    vestibule.manage("rooms", "resume", "passport")
    vestibule.manage("rooms", "set", "passport", "total_active_users=50")


def test_place_is_given_up_for_other_details_once_these_have_one(full: Stack, browser: Browser) -> None:
    first, late = Visit(browser, full.address()), Visit(browser, full.address())
    first.join(somebody("vaccinated", skip=3_835))
    reference = first.waits()

    conflicting(late, first)
    full.manage("rooms", "close", "passport")
    late.page.click("#replace-place")
    expect(late.page.locator("#screen-closed")).to_be_visible(timeout=PATIENCE_MS)
    full.manage("rooms", "resume", "passport")
    late.page.click("#look-again")
    assert late.waits() == reference

    late.page.wait_for_timeout(SEEN_MS)
    conflicting(late, first)
    late.page.click("#replace-place")
    assert late.waits() != reference
    first.has_ended("You have left the line")
    first.close()
    late.close()


def test_outcome_and_clearing_reach_both_tabs(vestibule: Stack, browser: Browser) -> None:
    visit = Visit(browser, vestibule.address())
    visit.join(somebody("vaccinated", skip=3_840))
    other = opened(visit)
    visit.is_issued()
    expect(other.locator("#screen-issued")).to_be_visible(timeout=PATIENCE_MS)
    other.click("#clear-device")
    visit.has_ended("This device is clear")
    assert visit.passport().status == 404
    visit.close()


def test_phone_gets_the_passport_by_tapping(vestibule: Stack, browser: Browser) -> None:
    visit = Visit(browser, vestibule.address(), **PHONE)
    visit.page.goto(visit.url)
    visit.fill(somebody("vaccinated", skip=3_850))
    visit.page.tap("#join")
    visit.is_issued()
    buttons = visit.page.locator("button:visible, .button:visible")
    for index in range(buttons.count()):
        box = buttons.nth(index).bounding_box()
        assert box is not None
        assert box["height"] >= THUMB_PX, buttons.nth(index).inner_text()
    assert visit.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    with visit.page.expect_download() as caught:
        visit.page.tap("#download")
    assert caught.value.suggested_filename == "passport.pdf"
    visit.close()


def test_arabic_page_changes_its_language_and_keeps_the_place(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address(), locale="ar-EG")
    person = somebody("vaccinated", skip=3_860)
    visit.page.goto(visit.url)
    html = visit.page.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("ar", "rtl")
    visit.fill(person)
    visit.page.click(".languages summary")
    visit.page.click(".languages a[hreflang=pl]")
    expect(html).to_have_attribute("lang", "pl")
    expect(visit.page.locator("#family_name")).to_have_value(person.family_name)
    visit.page.click("#join")
    reference = visit.waits()
    visit.page.click(".languages summary")
    visit.page.click(".languages a[hreflang=ar]")
    expect(html).to_have_attribute("dir", "rtl")
    assert visit.waits() == reference
    paused.manage("rooms", "resume", "passport")
    visit.is_issued()
    assert visit.problems == []
    visit.close()


def test_place_that_lapsed_is_taken_anew_in_one_tap(paused: Stack, browser: Browser) -> None:
    paused.manage("rooms", "set", "passport", "grace_period_s=1")
    try:
        visit = Visit(browser, paused.address())
        visit.join(somebody("vaccinated", skip=3_870))
        reference = visit.waits()
        visit.page.goto("about:blank")
        while json.loads(paused.manage("rooms", "show", "passport", "--json"))["now"]["waiting"]:
            visit.page.wait_for_timeout(200)
        visit.page.goto(visit.url)
        visit.has_ended("Your place has been given up")
        visit.page.click("#join-again")
        assert visit.waits() != reference
        visit.close()
    finally:
        paused.manage("rooms", "set", "passport", "grace_period_s=120")
