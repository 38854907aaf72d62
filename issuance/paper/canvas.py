"""Draws one page: places in mm from the top left corner, and says of every mark what it is.

What is read belongs to an element of the document's structure, with its language; ornament is an artifact, which
readers pass over. Source: ISO 32000-1, 14.6 to 14.8.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from issuance.fonts import faces
from issuance.paper import colours, lines, objects

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
_POINTS = 72 / 25.4


@dataclass(slots=True)
class Element:
    """A part of the structure; `kids`: elements, or the numbers of marked pieces of the page."""

    role: str
    language: str | None = None
    alternative: str | None = None
    kids: list[Element | int] = field(default_factory=list)


class Canvas:
    """`content`: the operators so far; `glyphs`: which letters each font is to bring, and what they say."""

    def __init__(self) -> None:
        self.content: list[str] = []
        self.glyphs: dict[faces.Face, dict[int, str]] = {}
        self.root = Element("Document")
        self.marks: list[Element] = []
        self._open = [self.root]

    @contextmanager
    def element(self, role: str, language: str | None = None, alternative: str | None = None) -> Iterator[None]:
        new = Element(role, language, alternative)
        self._open[-1].kids.append(new)
        self._open.append(new)
        yield
        self._open.pop()

    @contextmanager
    def artifact(self) -> Iterator[None]:
        self.content.append("/Artifact BMC")
        yield
        self.content.append("EMC")

    @contextmanager
    def marked(self) -> Iterator[None]:
        """What is drawn belongs to the innermost element."""
        owner = self._open[-1]
        owner.kids.append(len(self.marks))
        self.content.append(f"/{owner.role}<</MCID {len(self.marks)}>>BDC")
        self.marks.append(owner)
        yield
        self.content.append("EMC")

    def text(self, x: float, y: float, line: lines.Line, size: float, colour: colours.Colour) -> None:
        """A line whose letters stand on `y`; `size` in points."""
        with self.marked():
            self.draw(x, y, line, size, colour)

    def draw(self, x: float, y: float, line: lines.Line, size: float, colour: colours.Colour) -> None:
        """As text, for what is marked already."""
        out, at = self.content, x * _POINTS
        out.append(f"BT {_numbers(*colour)} rg")
        for run in line.runs:
            out.append(f"/{run.face.name} {size:g} Tf 1 0 0 1 {_numbers(at, _up(y))} Tm")
            if run.spoken is not None:
                out.append(f"/Span<</ActualText {objects.text(run.spoken)}>>BDC")
            for height, shown in run.shown:
                out.append(f"{height * size / 1000:.2f} Ts {shown} TJ 0 Ts" if height else f"{shown} TJ")
            if run.spoken is not None:
                out.append("EMC")
            self.glyphs.setdefault(run.face, {}).update(run.letters)
            at += run.width * size / 1000
        out.append("ET")

    def rectangle(self, x: float, y: float, width: float, height: float, colour: colours.Colour) -> None:
        place = _numbers(x * _POINTS, _up(y + height), width * _POINTS, height * _POINTS)
        self.content.append(f"{_numbers(*colour)} rg {place} re f")

    def image(self, name: str, x: float, y: float, side: float) -> None:
        place = _numbers(side * _POINTS, 0, 0, side * _POINTS, x * _POINTS, _up(y + side))
        self.content.append(f"q {place} cm /{name} Do Q")

    def form(self, name: str) -> None:
        """A drawing that is kept beside the page and counts in points."""
        self.content.append(f"/{name} Do")


def _up(y: float) -> float:
    """PDF counts from the bottom."""
    return (HEIGHT_MM - y) * _POINTS


def _numbers(*values: float) -> str:
    return " ".join(f"{value:.2f}".rstrip("0").rstrip(".") for value in values)


def width_mm(line: lines.Line, size: float) -> float:
    return line.width * size / 1000 / _POINTS
