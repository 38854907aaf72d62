"""Bad networks: slow ones, none at all, those that let no WebSocket through, and a server that goes away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Request, WebSocketRoute, expect

from project.local import options, stack
from project.local.stack import Stack
from tests.journeys.browsing import PATIENCE_MS, Visit
from tests.journeys.visitors import somebody

# A full phone cell: 400 kbit/s, and most of a second for each way and back.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
MOST_REQUESTS = 3

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with stack.running(options.Options(directory=tmp_path_factory.mktemp("vestibule"))) as running:
        yield running


def test_slow_network_shows_a_useful_page_after_three_requests(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address())
    session = visit.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    visit.page.on("request", note)
    visit.page.goto(visit.url, wait_until="commit")
    visit.fill(somebody("vaccinated", skip=3_700))
    # The icon of the tab is no part of what is useful.
    needed = [url for url in asked if "favicon" not in url]
    assert len(needed) <= MOST_REQUESTS, needed
    visit.page.click("#join")
    visit.waits()
    paused.manage("rooms", "resume", "passport")
    visit.is_issued()
    assert visit.problems == []
    visit.close()


def test_page_says_that_the_server_has_gone_and_keeps_the_place(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address())
    visit.join(somebody("vaccinated", skip=3_710))
    reference, position = visit.waits(), visit.position()
    visit.is_linked("socket")
    paused.kill("web")
    visit.is_linked("lost")
    expect(visit.page.locator("#link")).to_contain_text("Your place is kept until")
    assert visit.position() == position
    paused.start("web")
    paused.wait_ready("web")
    visit.is_linked("socket")
    assert (visit.waits(), visit.position()) == (reference, position)
    visit.close()


def test_details_that_could_not_be_sent_are_sent_when_the_network_is_back(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address())
    person = somebody("vaccinated", skip=3_720)
    visit.page.goto(visit.url)
    visit.fill(person)
    visit.context.set_offline(True)
    visit.page.click("#join")
    expect(visit.page.locator("#sending")).to_contain_text("Your details are safe on this page")
    expect(visit.page.locator("#family_name")).to_have_value(person.family_name)
    visit.context.set_offline(False)
    visit.waits()
    visit.close()


def test_network_without_websockets_is_polled_through_until_they_open(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address())
    is_open = False

    def meet(socket: WebSocketRoute) -> None:
        if is_open:
            socket.connect_to_server()
        else:
            socket.close(code=1011)

    visit.page.route_web_socket("**/ws/**", meet)
    visit.join(somebody("vaccinated", skip=3_730))
    reference = visit.waits()
    visit.is_linked("polling")
    expect(visit.page.locator("#link")).to_contain_text("we look every")
    is_open = True
    visit.page.evaluate("dispatchEvent(new Event('online'))")
    visit.is_linked("socket")
    assert visit.waits() == reference
    is_open = False
    visit.close()


def test_passport_arrives_without_websockets(vestibule: Stack, browser: Browser) -> None:
    visit = Visit(browser, vestibule.address())
    visit.page.route_web_socket("**/ws/**", lambda socket: socket.close(code=1011))
    visit.join(somebody("vaccinated", skip=3_740))
    visit.is_issued()
    assert visit.passport().status == 200
    visit.close()


def test_lost_cookie_is_said_and_the_place_found_again(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address())
    visit.join(somebody("vaccinated", skip=3_750))
    reference = visit.waits()
    visit.is_linked("socket")
    visit.context.clear_cookies()
    paused.kill("web")
    visit.is_linked("lost")
    paused.start("web")
    paused.wait_ready("web")
    visit.has_ended("This browser has lost its ticket")
    visit.page.click("#join-again")
    assert visit.waits() == reference
    visit.close()


def test_closed_room_opens_while_somebody_looks_at_it(paused: Stack, browser: Browser) -> None:
    visit = Visit(browser, paused.address())
    person = somebody("vaccinated", skip=3_760)
    visit.page.goto(visit.url)
    visit.fill(person)
    paused.manage("rooms", "close", "passport", "--reason", "Lunch until one.")
    visit.page.click("#join")
    expect(visit.page.locator("#screen-closed")).to_be_visible(timeout=PATIENCE_MS)
    expect(visit.page.locator("#closed-reason")).to_have_text("Lunch until one.")
    paused.manage("rooms", "pause", "passport")
    visit.page.click("#look-again")
    expect(visit.page.locator("#family_name")).to_have_value(person.family_name, timeout=PATIENCE_MS)
    visit.page.click("#join")
    visit.waits()
    visit.close()
