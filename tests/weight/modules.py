"""What each source takes of the script and the style that are sent."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

from queueing.pages import linking, press, slimming

# Name, source, length when slim, and how much smaller all of it would be without.
Row = tuple[str, str, int, int]
STATIC = press.FRONTEND / "static"


def tell() -> None:
    print(f"{'source':<36}{'lines':>8}{'slim':>8}{'gzip':>8}")
    for name, text, slim, packed in sorted([*_scripts(), *_styles()], key=lambda row: -row[3]):
        print(f"{name:<36}{text.count(chr(10)):>8,}{slim:>8,}{packed:>8,}")


def _scripts() -> list[Row]:
    modules = _read(STATIC / "js", "*.js")
    slim = {name: slimming.script(text, name) for name, text in linking.link("room.js", modules)}
    whole = "".join(slim.values())
    return [(f"js/{name}", modules[name], len(text), _share(whole, text)) for name, text in slim.items()]


def _styles() -> list[Row]:
    whole = press.press(press.FRONTEND)[0]["site.css"].content.decode()
    rows = []
    for name, text in _read(STATIC / "css", "*.css").items():
        alone = slimming.style(text, name)
        rows.append((f"css/{name}", text, len(alone), _share(whole, alone)))
    return rows


def _share(whole: str, stretch: str) -> int:
    return _packed(whole) - _packed(whole.replace(stretch, "", 1))


def _packed(text: str) -> int:
    return len(gzip.compress(text.encode(), mtime=0))


def _read(folder: Path, pattern: str) -> Mapping[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob(pattern)}
