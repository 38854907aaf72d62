"""Every state in every language and theme, light and dark: `python -m tests.pages.matrix`. Ends with 1 below the mark.

What `make test` asks once of each state in English is asked of all their combinations. Two processes, a browser each,
look at one Vestibule; between two themes all rooms are dressed anew.
"""

from __future__ import annotations

import argparse
import atexit
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from project.local import folders, site
from tests import prepare, processes, tools
from tests.pages import looks, scene
from tests.pages.checks import SCHEMES, Checks
from tests.pages.states import BY_NAME

LANGUAGES = tuple(sorted(path.stem for path in (folders.ROOT / "frontend" / "locales").glob("*.json")))
SAMPLES = folders.ROOT / "queueing" / "staff" / "themes"
THEMES = ("usual", *sorted(path.stem for path in SAMPLES.glob("*.json")))
PROCESSES = 2
# A change by staff is seen everywhere within two seconds (docs/rooms.md).
SEEN_S = 2.5
# A busy machine may miss a moment; what is wrong is wrong twice.
TRIES = 2


@dataclass(frozen=True)
class Row:
    """All states in one language and theme; `found`: (state, what is wrong), by the colour scheme where it depends."""

    theme: str
    language: str
    took_s: float
    found: tuple[tuple[str, str], ...]


class Desk:
    """One process with a browser of its own."""

    def __init__(self, place: site.Site) -> None:
        playwright = sync_playwright().start()
        atexit.register(playwright.stop)
        browser = playwright.chromium.launch(executable_path=prepare.chromium(), args=looks.ARGUMENTS)
        self._looker = looks.Looker(scene.Scene(place, playwright), browser)
        self._checks = Checks(tools.AXE)

    def row(self, theme: str, language: str, names: Sequence[str]) -> Row:
        began_s = time.monotonic()
        found = [(name, complaint) for name in names for complaint in self._complaints(name, language)]
        return Row(theme, language, time.monotonic() - began_s, tuple(found))

    def _complaints(self, name: str, language: str) -> list[str]:
        found: list[str] = []
        for _ in range(TRIES):
            try:
                with self._looker.at(BY_NAME[name], locale=language) as look:
                    found = self._checks.all_schemes(look)
            except (Error, AssertionError) as error:
                found = [f"is not reached: {str(error).splitlines()[0]}"]
            if not found:
                break
        return found


_desks: list[Desk] = []


def _begin(place: site.Site) -> None:
    processes.end_with_parent()
    _desks.append(Desk(place))


def _row(theme: str, language: str, names: Sequence[str]) -> Row:
    return _desks[0].row(theme, language, names)


def rows(languages: Sequence[str], themes: Sequence[str], names: Sequence[str]) -> Iterator[Row]:
    """As they are ready."""
    spawn = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="vestibule-") as folder,
        sync_playwright() as playwright,
        scene.running(Path(folder), playwright) as where,
        ProcessPoolExecutor(PROCESSES, spawn, _begin, (where.site,)) as desks,
    ):
        for theme in themes:
            where.manage(*(["rooms", "look", room, theme] for room in scene.ROOMS))
            time.sleep(SEEN_S)
            for done in as_completed([desks.submit(_row, theme, language, names) for language in languages]):
                yield done.result()


def main() -> int:
    arguments = _arguments()
    languages, themes, names = arguments.languages, arguments.themes, arguments.states
    if lacking := [need for need in (prepare.CHROMIUM, prepare.TOOLS) if need.find() is None]:
        print(prepare.loud([need.lacking for need in lacking]), file=sys.stderr)
        return 1
    looked, due = len(names) * len(SCHEMES), len(languages) * len(themes)
    print(f"{'theme':10} {'language':9} {'looks':>6} {'wrong':>6} {'took':>7}", flush=True)
    found: Counter[str] = Counter()
    began_s = time.monotonic()
    for number, row in enumerate(rows(languages, themes, names), 1):
        found.update(f"{state}: {complaint}" for state, complaint in row.found)
        figures = f"{looked:6} {len(row.found):6} {row.took_s:5.0f} s"
        print(f"{row.theme:10} {row.language:9} {figures}   ({number} of {due})", flush=True)
    for complaint, times in found.most_common():
        print(f"{times} × {complaint}")
    sizes = f"{len(names)} states, {len(languages)} languages, {len(themes)} themes, {' and '.join(SCHEMES)}"
    minutes = (time.monotonic() - began_s) / 60
    print(f"{looked * due} looks in {minutes:.0f} min: {sizes}. {found.total() or 'Nothing'} wrong.")
    return int(bool(found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.pages.matrix", description=__doc__)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES, metavar="TAG")
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES, metavar="NAME")
    parser.add_argument("--states", nargs="+", choices=list(BY_NAME), default=list(BY_NAME), metavar="NAME")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
