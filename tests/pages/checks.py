"""What must hold on every page in every state; each check says what does not, and nothing where all is well."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

from tests.pages.looks import Look

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# As wide as a page at 400 % in a window of 1280 by 1024 pixels (WCAG 2.2, 1.4.10).
NARROW = {"width": 320, "height": 256}
# Only by looking again can a place be kept and a turn be seen (WCAG 2.2, 2.2.1: the wait is essential).
WITHOUT_SCRIPTS = ["meta-refresh"]
AXE = """([tags, skipped]) => axe.run(document, {
    runOnly: tags,
    rules: Object.fromEntries(skipped.map((rule) => [rule, { enabled: false }])),
    resultTypes: ['violations'],
}).then(({ violations }) =>
    violations.map(({ id, nodes }) => `axe ${id}: ` + nodes.map(({ html, failureSummary }) =>
        `${html.slice(0, 200)} ${failureSummary.replace(/\\s+/g, ' ')}`).join('; ')))"""
WIDER = """() => {
    const width = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= width) {
        return [];
    }
    return [...document.querySelectorAll('body *')]
        .filter((element) => element.checkVisibility())
        .filter((element) => { const box = element.getBoundingClientRect(); return box.right > width || box.left < 0; })
        .map((element) => `wider than ${width} px: ${element.outerHTML.slice(0, 120)}`);
}"""
RUNNING = """() => document.getAnimations().filter((animation) => animation.playState === 'running')
    .map((animation) => `moves: ${animation.animationName ?? animation.transitionProperty ?? animation}`)"""


class Checks:
    def __init__(self, axe: Path) -> None:
        self._axe = axe.read_text(encoding="utf-8")

    def all(self, look: Look) -> list[str]:
        """As it stands, then narrow, then without movement. The page is narrow and still afterwards."""
        return [*self.axe(look), *narrow(look.page), *still(look.page), *look.all_complaints()]

    def all_schemes(self, look: Look) -> list[str]:
        """The same, light and dark."""
        found = []
        for scheme in SCHEMES:
            look.page.emulate_media(color_scheme=scheme)
            found += [f"{scheme}: {complaint}" for complaint in self.axe(look)]
        return [*found, *narrow(look.page), *still(look.page), *look.all_complaints()]

    def axe(self, look: Look) -> list[str]:
        skipped = [] if look.state.scripts else WITHOUT_SCRIPTS
        look.page.evaluate(self._axe)
        return list(look.page.evaluate(AXE, [TAGS, skipped]))


def narrow(page: Page) -> list[str]:
    page.set_viewport_size(NARROW)
    found: list[str] = page.evaluate(WIDER)
    return found


def still(page: Page) -> list[str]:
    """Nothing moves for who has asked for that."""
    page.emulate_media(reduced_motion="reduce")
    found: Any = page.evaluate(RUNNING)
    return list(found)
