"""Says what the page of who waits weighs, by language: `python -m tests.weight`. Ends with 1 where it is too much.

Bodies as they are sent, and headers, of HTTP/1.1 and without TLS. Browsers take brotli where there is TLS: the last
column. `--modules` adds what each module and sheet takes of it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from project.local import watchdog
from tests import servers
from tests.weight import modules, scales, scene


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.weight", description=__doc__)
    parser.add_argument("--modules", action="store_true", help="also what each module and style sheet takes")
    chosen = parser.parse_args()
    excess = _languages()
    if chosen.modules:
        print()
        modules.tell()
    for language, what in excess.items():
        print(f"Too heavy in {language}: {what}.", file=sys.stderr)
    return 1 if excess else 0


def _languages() -> dict[str, str]:
    """Prints the table; what is too much, by language."""
    print("language " + "".join(f"{name:>10}" for name in (*scales.KINDS, "sum", "requests", "brotli")))
    guard = watchdog.Watchdog()
    with (
        tempfile.TemporaryDirectory(prefix="vestibule-weight-") as folder,
        servers.running_valkey(guard, Path(folder)) as valkey,
        scene.waiting(guard, valkey.url(), Path(folder)) as place,
    ):
        excess = {language: _language(place, language) for language in scales.LANGUAGES}
    guard.close()
    return {language: what for language, what in excess.items() if what}


def _language(place: scene.Scene, language: str) -> str:
    weight, packed = scales.weigh(place, language), scales.weigh(place, language, "br, gzip")
    figures = [*(weight.bytes_of[kind] for kind in scales.KINDS), weight.total, weight.requests, packed.total]
    print(f"{language:<9}" + "".join(f"{figure:>10,}" for figure in figures))
    return weight.excess


if __name__ == "__main__":
    sys.exit(main())
