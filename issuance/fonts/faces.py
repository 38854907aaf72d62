"""The packaged fonts, which letters each of them has, and which of them write a text.

Found before anything is drawn: a box is nobody's letter. What is kept of a font is only ever read, so threads and
documents share it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz
from fontTools import ttLib

from issuance import errors

_FOLDER = Path(__file__).parent
# All fonts count in thousandths of their size, as PDF does: widths need no rounding.
UNITS_PER_EM = 1000


class MissingGlyph(errors.IssuanceError):
    """A letter that none of the fonts has. The message does not say which one: it is part of a name."""

    def __init__(self) -> None:
        super().__init__("a text has a letter that no packaged font can draw")


@dataclass(frozen=True, repr=False, eq=False)
class Face:
    """`outlines` are the glyphs' own bytes, by number; `widths` in thousandths; `characters`: glyph by character."""

    name: str
    postscript_name: str
    characters: Mapping[int, int]
    outlines: tuple[bytes, ...]
    widths: tuple[int, ...]
    bearings: tuple[int, ...]
    tables: Mapping[str, bytes]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int
    shaping: uharfbuzz.Font

    def covers(self, text: str) -> bool:
        return self.characters.keys() >= set(map(ord, text))


def _face(name: str) -> Face:
    data = (_FOLDER / f"{name}.ttf").read_bytes()
    with ttLib.TTFont(_FOLDER / f"{name}.ttf", lazy=True) as font:
        places, outlines = font["loca"].locations, font.reader["glyf"]
        numbers = font.getReverseGlyphMap()
        metrics = [font["hmtx"][glyph] for glyph in font.getGlyphOrder()]
        head, across = font["head"], font["hhea"]
        return Face(
            name=name,
            postscript_name=font["name"].getDebugName(6),
            characters={code: numbers[glyph] for code, glyph in font.getBestCmap().items()},
            outlines=tuple(outlines[start:end] for start, end in itertools.pairwise(places)),
            widths=tuple(advance for advance, _bearing in metrics),
            bearings=tuple(bearing for _advance, bearing in metrics),
            tables={tag: font.reader[tag] for tag in ("head", "hhea", "maxp")},
            box=(head.xMin, head.yMin, head.xMax, head.yMax),
            ascent=across.ascent,
            descent=across.descent,
            cap_height=font["OS/2"].sCapHeight or across.ascent,
            shaping=uharfbuzz.Font(uharfbuzz.Face(data)),
        )


REGULAR = _face("european-regular")
BOLD = _face("european-bold")
HEADLINE = _face("headline")
_ARABIC_REGULAR = _face("arabic-regular")
_ARABIC_BOLD = _face("arabic-bold")
_OTHERS_BOLD = tuple(_face(f"{script}-bold") for script in ("armenian", "georgian", "hebrew"))

PLAIN = (REGULAR, _ARABIC_REGULAR)
STRONG = (BOLD, *_OTHERS_BOLD, _ARABIC_BOLD)
SOLEMN = (HEADLINE, _ARABIC_BOLD)
EVERY = (REGULAR, BOLD, HEADLINE, _ARABIC_REGULAR, _ARABIC_BOLD, *_OTHERS_BOLD)


def best(text: str, family: Iterable[Face]) -> Face | None:
    """The first face that has every letter of a text, else the one with the most of them; None without a letter."""
    wanted = set(map(ord, text))
    found = max(family, key=lambda face: len(wanted & face.characters.keys()))
    return found if wanted & found.characters.keys() else None


def require(text: str, family: tuple[Face, ...]) -> None:
    """Raises MissingGlyph."""
    if not can_draw(text, family):
        raise MissingGlyph


def can_draw(text: str, family: tuple[Face, ...] = STRONG) -> bool:
    """Whether the packaged fonts have every letter of a name."""
    return all(any(ord(letter) in face.characters for face in family) for letter in text)
