"""A room in a look of its own, in a real browser: its colours and logo are there, and it opens by itself."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from project.local import options, stack
from project.local.stack import Stack
from queueing import colours, palettes
from queueing.palettes import Scheme
from queueing.staff import theme_files

PATIENCE_MS = 30_000
# Staff's command and the first look at the page take seconds on a busy machine.
OPENS_IN_S = 20
COLOUR_OF = "name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`)"
LOGO_WIDTH = "document.querySelector('img.logo').naturalWidth"


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with stack.running(options.Options(directory=tmp_path_factory.mktemp("vestibule"))) as running:
        yield running


def opened(browser: Browser, vestibule: Stack, scheme: Scheme = "light") -> tuple[Page, list[str]]:
    """The room's page, and what the browser complains about."""
    page = browser.new_context(color_scheme=scheme, locale="en-GB").new_page()
    complaints: list[str] = []

    def note(said: ConsoleMessage) -> None:
        """That a newcomer has no ticket (401) is no problem, though the browser says so."""
        if said.type in ("error", "warning") and "401" not in said.text:
            complaints.append(said.text)

    page.on("console", note)
    page.goto(f"{vestibule.address()}/rooms/passport")
    return page, complaints


def wait_for_name(page: Page, name: str) -> None:
    """Web sees a change of staff's within two seconds."""
    while name not in page.inner_text("header"):
        page.wait_for_timeout(200)
        page.reload()


@pytest.mark.parametrize("theme", [name for name in theme_files.samples() if name != theme_files.USUAL])
def test_room_is_seen_in_its_colours_and_with_its_logo(browser: Browser, vestibule: Stack, theme: str) -> None:
    vestibule.manage("rooms", "look", "passport", theme)
    vestibule.manage("rooms", "set", "passport", f"title={theme} office")
    look = theme_files.read(theme)
    pairs = {"light": (look["accent"], look["paper"]), "dark": (look["accent_dark"], look["paper_dark"])}
    for scheme, pair in pairs.items():
        page, complaints = opened(browser, vestibule, scheme)  # type: ignore[arg-type]
        wait_for_name(page, f"{theme} office")
        wanted = palettes.derive(scheme, *pair)  # type: ignore[arg-type]
        assert {name: colours.in_full(page.evaluate(COLOUR_OF, name)) for name in wanted} == wanted
        assert page.evaluate(LOGO_WIDTH) > 0
        assert complaints == []
        page.context.close()


def test_room_that_was_dressed_back_has_the_usual_look(browser: Browser, vestibule: Stack) -> None:
    vestibule.manage("rooms", "look", "passport", "usual")
    vestibule.manage("rooms", "set", "passport", "title=Usual office")
    page, complaints = opened(browser, vestibule)
    wait_for_name(page, "Usual office")
    assert page.locator("style, img.logo").count() == 0
    assert complaints == []
    page.context.close()


def test_closed_room_counts_down_and_the_form_appears_by_itself(browser: Browser, vestibule: Stack) -> None:
    vestibule.manage("rooms", "set", "passport", "title=Closed office")
    opens_at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=OPENS_IN_S)
    vestibule.manage("rooms", "close", "passport", "--reason", "Soon.", "--opens-at", opens_at.isoformat())
    page, complaints = opened(browser, vestibule)
    wait_for_name(page, "Closed office")
    expect(page.locator("#screen-closed")).to_be_visible()
    expect(page.locator("#opens")).to_contain_text("It opens on")
    expect(page.locator("#opens-in")).to_contain_text("second")
    expect(page.locator("#screen-form")).to_be_visible(timeout=PATIENCE_MS)
    assert "open" in vestibule.manage("rooms", "show", "passport").split("state ", 1)[1].splitlines()[0]
    assert complaints == []
