"""A person at a real browser: one window with cookies of its own, and what went wrong in it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import APIResponse, Browser, ConsoleMessage, Page, expect, sync_playwright

from issuance.registry import people

PATIENCE_MS = 90_000
# As root in a container, and without looking for the browser maker's servers.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@contextlib.contextmanager
def launched(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """`chosen`: of the browser's context, such as `locale`. `problems`: what console and scripts complained of."""

    def __init__(self, browser: Browser, url: str, **chosen: Any) -> None:
        self.context = browser.new_context(**chosen)
        self.url = url
        self.problems: list[str] = []
        self.page = self.another_tab()

    def another_tab(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def _note(self, message: ConsoleMessage) -> None:
        """That a newcomer has no ticket yet (401) is no problem, though the browser says so."""
        if message.type == "error" and "401" not in message.text:
            self.problems.append(message.text)

    def fill(self, person: people.Person) -> None:
        self.page.fill("#given_names", person.given_names)
        self.page.fill("#family_name", person.family_name)
        born = person.date_of_birth
        for part, number in (("day", born.day), ("month", born.month), ("year", born.year)):
            self.page.fill(f"#date_of_birth_{part}", str(number))
        self.page.fill("#document_number", person.document_number)

    def join(self, person: people.Person) -> None:
        self.page.goto(self.url)
        self.fill(person)
        self.page.click("#join")

    def waits(self) -> str:
        """The reference of the place that the page shows."""
        expect(self.page.locator("#screen-waiting")).to_be_visible(timeout=PATIENCE_MS)
        return self.page.inner_text("#reference")

    def is_issued(self) -> None:
        expect(self.page.locator("#screen-issued")).to_be_visible(timeout=PATIENCE_MS)

    def has_ended(self, words: str = "") -> None:
        expect(self.page.locator("#screen-ended")).to_be_visible(timeout=PATIENCE_MS)
        expect(self.page.locator("#ended-title")).to_contain_text(words)

    def is_linked(self, by: str) -> None:
        expect(self.page.locator("#link")).to_have_attribute("data-link", by, timeout=PATIENCE_MS)

    def position(self, page: Page | None = None) -> int:
        return int(re.sub(r"\D", "", (page or self.page).inner_text("#position")) or 0)

    def passport(self) -> APIResponse:
        """The passport's address, asked for with this browser's cookies."""
        return self.page.request.get(f"{self.url}/api/rooms/passport/passport")

    def close(self) -> None:
        self.context.close()
