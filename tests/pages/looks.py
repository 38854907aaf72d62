"""Looks at one state after the other in one browser, and notes what the browser complains of meanwhile."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

from tests.pages.scene import Scene, Visitor
from tests.pages.state import Begin, State

# As root in a container, and without looking for the browser maker's servers.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PATIENCE_MS = 20_000
# Outcomes are kept for ten minutes, unheard tickets for longer.
GOOD_FOR_S = 400
# The network's own troubles are what some states are about; that a part of the page is missing is none of them.
OF_THE_NETWORK = ("Failed to load resource", "WebSocket connection to", "net::ERR_")
# What the test itself would run in the preview, which runs no scripts.
OF_THE_TEST = ("passport/passport' because the document's frame is sandboxed",)
LISTEN = """
    window.violations = [];
    addEventListener('securitypolicyviolation', (event) => {
        window.violations.push(`${event.effectiveDirective} forbids ${event.blockedURI} ${event.sample}`);
    });
"""


@dataclass
class Look:
    """A page that has come to its state; `complaints`: of the browser, so far."""

    state: State
    page: Page
    complaints: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(
            text in message.text for text in OF_THE_NETWORK + OF_THE_TEST
        ):
            self.complaints.append(f"console: {message.text}")

    def answered(self, response: Response) -> None:
        if response.status >= 400 and "/static/" in response.url:
            self.complaints.append(f"{response.status}: {response.url}")

    def all_complaints(self) -> list[str]:
        return self.complaints + [f"policy: {text}" for text in self.page.evaluate("() => window.violations ?? []")]


class Looker:
    """Tickets are kept, so that the same state is at hand again in another language or size."""

    def __init__(self, scene: Scene, browser: Browser) -> None:
        self._scene = scene
        self._browser = browser
        self._visitors: dict[Begin, tuple[float, Visitor]] = {}

    @contextlib.contextmanager
    def at(self, state: State, **context: Any) -> Iterator[Look]:
        """`context`: of playwright, as `locale`, `color_scheme` or `viewport`."""
        visitor = self._visitor(state)
        usual = {
            "base_url": self._scene.url,
            "locale": "en",
            "storage_state": visitor and visitor.cookies,
        }
        opened = self._browser.new_context(**usual | context)
        opened.set_default_timeout(PATIENCE_MS)
        try:
            opened.add_init_script(LISTEN)
            look = Look(state, opened.new_page())
            look.page.on("console", look.heard)
            look.page.on("pageerror", lambda error: look.complaints.append(f"error: {error}"))
            look.page.on("response", look.answered)
            with contextlib.nullcontext() if state.scripts else _without_scripts(look.page):
                state.open(look.page, visitor)
                expect(look.page.locator(state.shows).first).to_be_visible(timeout=PATIENCE_MS)
            yield look
        finally:
            opened.close()

    def _visitor(self, state: State) -> Visitor | None:
        """Shared by all states that begin alike."""
        if state.begin is None:
            return None
        at, visitor = self._visitors.get(state.begin, (-GOOD_FOR_S, None))
        if visitor is None or time.monotonic() - at > GOOD_FOR_S:
            visitor = state.begin(self._scene)
            self._visitors[state.begin] = (time.monotonic(), visitor)
        return visitor


@contextlib.contextmanager
def _without_scripts(page: Page) -> Iterator[None]:
    """Until the page is there: what looks at it then are scripts, too. It looks again by itself no more."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setScriptExecutionDisabled", {"value": True})
    yield
    session.send("Emulation.setScriptExecutionDisabled", {"value": False})
    page.evaluate("() => window.stop()")
