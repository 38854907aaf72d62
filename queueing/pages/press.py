"""Makes of `frontend/static` what is sent: linked, slim, compressed, and named after its content.

So a name never means two contents, and whoever has it need not ask again for a year. `python -m queueing.pages.press
FOLDER` writes all of it for the edge; web keeps it in memory (assets.py). Needs neither Django nor Node.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import brotli

from queueing import errors
from queueing.pages import linking, slimming

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
# Each with all that it imports is one script: of the waiting room, and of the page that the edge shows without web.
ENTRIES = ("room.js", "trouble.js", "worker.js")
# Sent as they stand in their files, once a language, but for the texts and the names of their parts.
PAGES = ("404", "trouble")
MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
# Of SHA-256, in hex: enough that two contents of one name never meet.
_HASH_DIGITS = 12
_IMPORT = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)
_TAG = re.compile(r'\{% (asset|text) "([^"]+)" %\}|\{\{ words\.(language|direction) \}\}')


@dataclass(frozen=True)
class Asset:
    """`path`: as browsers ask for it; `encoded`: the same content by what it is compressed with, the best first."""

    path: str
    media_type: str
    content: bytes
    encoded: Mapping[str, bytes]

    @property
    def tag(self) -> str:
        """As an ETag: one for all encodings, which are weakly the same."""
        return f'W/"{_hash(self.content)}"'


def press(frontend: Path) -> tuple[dict[str, Asset], dict[str, bytes]]:
    """The parts of pages by the names that pages use, as `room.js`; and the static pages by theirs, as `404.en.html`.

    Raises errors.Unpressable.
    """
    assets = {name: _asset(name, content) for name, content in _contents(frontend / "static")}
    languages = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in frontend.glob("locales/*.json")}
    pages = {
        f"{name}.{language}.html": _filled(frontend / f"{name}.html", assets, language, messages)
        for name in PAGES
        for language, messages in languages.items()
    }
    return assets, pages


def modules(static: Path) -> dict[str, str]:
    """The sources of all scripts, by name."""
    js = static / "js"
    return {path.relative_to(js).as_posix(): path.read_text(encoding="utf-8") for path in js.rglob("*.js")}


def _contents(static: Path) -> Iterator[tuple[str, bytes]]:
    for entry in ENTRIES:
        linked = linking.link(entry, modules(static))
        yield entry, "".join(slimming.script(text, name) for name, text in linked).encode()
    for path in sorted(static.glob("*.css")):
        yield path.name, slimming.style(_joined(path), path.name).encode()
    for path in sorted(static.rglob("*.svg")):
        yield path.relative_to(static).as_posix(), path.read_bytes()


def _joined(path: Path) -> str:
    """With the sheets it imports in their places."""

    def part(match: re.Match[str]) -> str:
        imported = path.parent / match[1]
        if not imported.is_file():
            raise errors.Unpressable(path.name, _line(match), f"there is no {match[1]}")
        return _joined(imported)

    return _IMPORT.sub(part, path.read_text(encoding="utf-8"))


def _asset(name: str, content: bytes) -> Asset:
    stem, suffix = posixpath.splitext(name)
    path = f"/static/{stem}.{_hash(content)}{suffix}"
    # No time in it: every process makes the same bytes, and caches compare them.
    encoded = {"br": brotli.compress(content), "gzip": gzip.compress(content, mtime=0)}
    return Asset(path, MEDIA_TYPES[suffix], content, encoded)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]


def _filled(page: Path, assets: Mapping[str, Asset], language: str, messages: Mapping[str, str]) -> bytes:
    """Its few tags replaced as web would replace them."""

    def value(match: re.Match[str]) -> str:
        tag, name, about = match.groups()
        if about:
            return language if about == "language" else messages["language.direction"]
        known = messages if tag == "text" else assets
        if name not in known:
            raise errors.Unpressable(page.name, _line(match), f"there is no {name}")
        return html.escape(messages[name]) if tag == "text" else assets[name].path

    return _TAG.sub(value, page.read_text(encoding="utf-8")).encode()


def _line(match: re.Match[str]) -> int:
    return match.string.count("\n", 0, match.start()) + 1


def write(folder: Path, frontend: Path) -> None:
    """All that the edge serves by itself: pages and parts, and the parts once more, compressed."""
    assets, pages = press(frontend)
    for name, page in pages.items():
        _write(folder, name, page)
    for asset in assets.values():
        _write(folder, asset.path, asset.content)
        _write(folder, f"{asset.path}.gz", asset.encoded["gzip"])
        # A folder of its own: so nginx gives it the right type, and needs no module for it.
        _write(folder / "br", asset.path, asset.encoded["br"])


def _write(folder: Path, path: str, content: bytes) -> None:
    file = folder / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m queueing.pages.press", description="Writes the files of the edge.")
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder, FRONTEND)


if __name__ == "__main__":
    _main()
