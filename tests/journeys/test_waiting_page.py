"""What the waiting page does for people who look elsewhere: tabs, notifications, a page that was put to sleep."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from project.local import options, stack
from project.local.stack import Stack
from tests.journeys.browsing import PATIENCE_MS, Visit
from tests.journeys.visitors import somebody

KEPT = "() => Object.keys(sessionStorage).length + Object.keys(localStorage).length"
WORKERS = "async () => (await navigator.serviceWorker.getRegistrations()).length"
TOLD = """async () => {
    const [worker] = await navigator.serviceWorker.getRegistrations();
    return (await worker.getNotifications()).map(({ title }) => title);
}"""
# The browser under test has the focus in every page at once.
LOOK_ELSEWHERE = "() => { document.hasFocus = () => false; }"


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    chosen = options.Options(directory=tmp_path_factory.mktemp("vestibule"), registry_latency_ms=50)
    with stack.running(chosen) as running:
        yield running


def waiting(browser: Browser, vestibule: Stack, skip: int) -> Visit:
    visit = Visit(browser, vestibule.address())
    visit.join(somebody("vaccinated", skip=skip))
    expect(visit.page.locator("#screen-waiting")).to_be_visible(timeout=PATIENCE_MS)
    return visit


def another_tab(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return page


def icon(page: Page) -> str:
    return page.locator('link[rel="icon"]').get_attribute("href") or ""


@pytest.mark.timeout(180)
def test_tabs_of_one_browser_show_one_place(paused: Stack, browser: Browser) -> None:
    visit = waiting(browser, paused, skip=3_700)
    second = another_tab(visit.page.context, visit.url)
    expect(second.locator("#reference")).to_have_text(visit.page.inner_text("#reference"))
    visit.page.click("#leave")
    visit.page.click("#leave-confirm")
    for page in (visit.page, second):
        expect(page.locator("#screen-ended")).to_be_visible()
        assert page.evaluate(KEPT) == 0
    second.click("#start-over")
    second.fill("#given_names", "Ieva")
    second.reload()
    expect(second.locator("#given_names")).to_have_value("Ieva")
    visit.page.click("#start-over")
    visit.fill(somebody("vaccinated", skip=3_701))
    visit.page.click("#join")
    expect(visit.page.locator("#screen-waiting")).to_be_visible(timeout=PATIENCE_MS)
    expect(second.locator("#reference")).to_have_text(visit.page.inner_text("#reference"))
    visit.page.click("#leave")
    visit.page.click("#leave-confirm")
    assert visit.problems == []


@pytest.mark.timeout(180)
def test_person_who_looks_elsewhere_is_told_and_then_clears_every_tab(paused: Stack, browser: Browser) -> None:
    visit = waiting(browser, paused, skip=3_710)
    page = visit.page
    page.context.grant_permissions(["notifications"])
    assert page.evaluate(WORKERS) == 0
    page.click("#alert-notification")
    expect(page.locator("#alert-notification")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("#alert-notification")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_title("(1) You are in line – Passport")
    assert icon(page).startswith("data:image/png")
    page.evaluate(LOOK_ELSEWHERE)
    second = another_tab(page.context, visit.url)
    paused.manage("rooms", "resume", "passport")
    expect(page.locator("#screen-issued")).to_be_visible(timeout=PATIENCE_MS)
    assert page.evaluate("() => document.activeElement.textContent") == "Your passport is ready"
    assert icon(page).startswith("data:image/svg+xml,")
    assert page.evaluate(TOLD) == ["Your passport is ready"]
    page.locator(".preview").scroll_into_view_if_needed()
    expect(page.frame_locator(".preview iframe").locator("h1")).to_contain_text("Health passport")
    expect(second.locator("#screen-issued")).to_be_visible(timeout=PATIENCE_MS)
    page.click("#clear-device")
    for tab in (page, second):
        expect(tab.locator("#screen-ended")).to_be_visible()
        expect(tab.locator(".preview iframe")).to_have_count(0)
        assert tab.evaluate(KEPT) == 0
    page.wait_for_function(f"async () => (await ({WORKERS})()) === 0")
    assert page.context.cookies() == []
    assert visit.problems == []


@pytest.mark.timeout(180)
def test_page_that_was_frozen_shows_on_waking_what_holds(paused: Stack, browser: Browser) -> None:
    visit = waiting(browser, paused, skip=3_720)
    page = visit.page
    sleep = page.context.new_cdp_session(page)
    sleep.send("Page.setWebLifecycleState", {"state": "frozen"})
    paused.manage("rooms", "resume", "passport")
    ticket = f"{visit.url}/api/rooms/passport/ticket"
    while page.request.get(ticket).json()["state"] != "issued":
        page.wait_for_timeout(100)
    sleep.send("Page.setWebLifecycleState", {"state": "active"})
    expect(page.locator("#screen-issued")).to_be_visible()
    assert visit.problems == []


@pytest.mark.timeout(120)
def test_whole_date_that_is_pasted_into_one_field_fills_all_three(vestibule: Stack, browser: Browser) -> None:
    visit = Visit(browser, vestibule.address())
    visit.page.goto(visit.url)
    visit.page.fill("#date_of_birth_day", "27.3.1980")
    for part, value in (("day", "27"), ("month", "3"), ("year", "1980")):
        expect(visit.page.locator(f"#date_of_birth_{part}")).to_have_value(value)
