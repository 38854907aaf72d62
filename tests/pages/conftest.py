"""One stack and one browser for all that looks at pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.pages import looks, scene
from tests.pages.checks import Checks


# No longer than its module: while playwright has a loop of its own, no other can run in this process.
@pytest.fixture(scope="module")
def looker(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[looks.Looker]:
    with sync_playwright() as playwright, scene.running(tmp_path_factory.mktemp("pages"), playwright) as where:
        browser = playwright.chromium.launch(executable_path=chromium, args=looks.ARGUMENTS)
        yield looks.Looker(where, browser)
        browser.close()


@pytest.fixture(scope="session")
def checks(npm_packages: Path) -> Checks:
    return Checks(npm_packages / "axe-core" / "axe.min.js")
