"""`python -m tests.pages.screenshots`: pictures of every page in every state, in light, dark, Arabic, on a phone.

They go to var/screenshots/; those that the documents show go to docs/pages/ too, small. Names of states choose some.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from project.local import folders
from tests import prepare
from tests.pages import looks, scene, shrinking
from tests.pages.state import State
from tests.pages.states import BY_NAME, STATES

PICTURES = folders.ROOT / "var" / "screenshots"
SHOWN = folders.ROOT / "docs" / "pages"
DESK = {"width": 900, "height": 700}
# As wide as the phones of most people, or narrower.
PHONE = {"width": 375, "height": 667}
VIEWS: dict[str, dict[str, Any]] = {
    "light": {"viewport": DESK},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "arabic": {"viewport": DESK, "locale": "ar"},
    "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True, "device_scale_factor": 2},
}
# For docs/pages.md and the README.
CHOSEN = (
    ("form", "light"),
    ("form-with-errors", "phone"),
    ("waiting-long", "light"),
    ("waiting-long", "dark"),
    ("waiting-long", "arabic"),
    ("waiting-long", "phone"),
    ("waiting-without-connection", "phone"),
    ("leaving", "light"),
    ("issued", "light"),
    ("issued", "phone"),
    ("refused-no-record", "phone"),
    ("closed-with-reason", "dark"),
    ("passport-to-read", "phone"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pages.screenshots", description=__doc__)
    parser.add_argument("states", nargs="*", metavar="state", choices=[[], *BY_NAME], help=" ".join(BY_NAME))
    chosen = [BY_NAME[name] for name in parser.parse_args().states] or STATES
    browser = prepare.CHROMIUM.find()
    if browser is None:
        print(prepare.loud([prepare.CHROMIUM.lacking]), file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="vestibule-") as folder:
        taken = _take(chosen, browser, Path(folder))
    print(f"{taken} pictures in {PICTURES.relative_to(folders.ROOT)}/, the chosen ones in docs/pages/ too.")
    return 0


def _take(states: Sequence[State], executable: Path, folder: Path) -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, scene.running(folder, playwright) as where:
        browser = playwright.chromium.launch(executable_path=executable, args=looks.ARGUMENTS)
        looker = looks.Looker(where, browser)
        for number, state in enumerate(states, 1):
            print(f"{number:3} of {len(states)}  {state.name}", flush=True)
            for view, context in VIEWS.items():
                path = PICTURES / f"{state.name}-{view}.png"
                with looker.at(state, **context) as look:
                    look.page.screenshot(path=path, full_page=True, animations="disabled")
                if (state.name, view) in CHOSEN:
                    shrinking.shrink(path, SHOWN / path.name)
        browser.close()
    return len(states) * len(VIEWS)


if __name__ == "__main__":
    sys.exit(main())
