"""The project's documents as tests read them: their text, tables, examples and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(r"^```json (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """From a heading of the second or third level to the next one of any level."""
    found = re.search(rf"^##+ {re.escape(heading)}\n(.*?)(?=^##+ |\Z)", text(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no heading {heading!r}"
    return found[1]


def first_cells(part: str) -> Iterator[str]:
    """The first cell of every row of the tables in a part of a document."""
    for line in part.splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            yield line.split("|")[1].strip()


def codes(part: str) -> set[str]:
    """Everything set as code within a line."""
    return set(CODE.findall(BLOCK.sub("", part)))


def examples(name: str) -> Iterator[tuple[str, str]]:
    """(what it is an example of, its JSON), of blocks that open with ```json What."""
    return ((found[1], found[2]) for found in EXAMPLE.finditer(text(name)))


def anchors(name: str) -> set[str]:
    """What a link may name behind #, by GitHub's rules for headings."""
    headings = re.findall(r"^#+ (.+)$", text(name), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
