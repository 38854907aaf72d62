"""What is handed to the browser that waited, two things in one: a PDF, and the same facts for a page that web writes.

Knows labels, values and languages, and nothing of what they mean. Both are encrypted together (sealing.py).
Format: the PDF, the facts (JSON, deflated), how long these are (4 bytes), a version (1), b"VD". Readers of PDF look
over what follows its end, so a web process from before this can hand out the whole as it is.
"""

from __future__ import annotations

import base64
import unicodedata
import zlib

from pydantic import BaseModel, ConfigDict

_TAIL = b"\x01VD"
_LENGTH_BYTES = 4
_TO_THE_LEFT = ("R", "AL")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Phrase(_Part):
    """`language`: BCP 47; None where nobody knows, as of a name in Latin letters."""

    text: str
    language: str | None = None

    @property
    def direction(self) -> str:
        """As HTML's `dir` has it: the way of the first letter that has one."""
        kinds = (unicodedata.bidirectional(letter) for letter in self.text)
        return "rtl" if next((kind for kind in kinds if kind in (*_TO_THE_LEFT, "L")), "L") in _TO_THE_LEFT else "ltr"


class Fact(_Part):
    """`also`: the value once more, in letters that more people read."""

    label: tuple[Phrase, ...]
    value: Phrase
    also: str = ""


class Section(_Part):
    title: tuple[Phrase, ...]
    facts: tuple[Fact, ...]


class Code(_Part):
    """A square code: `bits` are its squares row by row, 1 where one is dark, as base64; `text` is what it says."""

    side: int
    bits: str
    text: str
    alternative: tuple[Phrase, ...]

    @property
    def size(self) -> int:
        """With the white margin that readers of codes need, four squares on each side."""
        return self.side + 8

    @property
    def path(self) -> str:
        """For SVG, one unit a square: each run of dark squares is a box."""
        squares = "".join(f"{byte:08b}" for byte in base64.b64decode(self.bits))
        rows = (squares[start : start + self.side] for start in range(0, self.side**2, self.side))
        return "".join(f"M{x} {y}h{width}v1h-{width}z" for y, row in enumerate(rows) for x, width in _runs(row))


class View(_Part):
    """Titles, labels and notes in as many languages as there are, the page's own first."""

    title: tuple[Phrase, ...]
    mark: tuple[Phrase, ...]
    issuer: str
    code: Code
    sections: tuple[Section, ...]
    notes: tuple[Phrase, ...]


def pack(pdf: bytes, view: View) -> bytes:
    facts = zlib.compress(view.model_dump_json(exclude_defaults=True).encode())
    return pdf + facts + len(facts).to_bytes(_LENGTH_BYTES) + _TAIL


def pdf_of(document: bytes) -> bytes:
    return document[: _places(document)[0]]


def view_of(document: bytes) -> View | None:
    """None for a document of before there were views: a PDF alone. Raises: ValueError, without the values in it."""
    start, end = _places(document)
    return View.model_validate_json(zlib.decompress(document[start:end])) if start < end else None


def _places(document: bytes) -> tuple[int, int]:
    """Where the facts begin and end."""
    if not document.endswith(_TAIL):
        return len(document), len(document)
    end = len(document) - len(_TAIL) - _LENGTH_BYTES
    return end - int.from_bytes(document[end : end + _LENGTH_BYTES]), end


def _runs(row: str) -> list[tuple[int, int]]:
    found, at = [], row.find("1")
    while at >= 0:
        end = row.find("0", at)
        end = len(row) if end < 0 else end
        found.append((at, end - at))
        at = row.find("1", end)
    return found
