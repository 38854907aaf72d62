"""A line of text as glyphs: letters joined, marks placed, each run in its own direction and font.

Direction: a line runs the way of its first letter; runs of the other way stand in it as they are (a simple case of
Unicode annex 9: no text of ours nests deeper).
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import uharfbuzz

from issuance.fonts import faces

_RIGHT_TO_LEFT = ("R", "AL")
_LEFT_TO_RIGHT = ("L", "EN", "AN")
_MARK = "NSM"
# What a glyph says that is the second of one letter: nothing that shows.
_NOTHING = "\u200c"
# All features are as the font has them; each letter and each mark keeps its own text.
_CLUSTERS = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """Glyphs of one font. `shown`: (height above the line in thousandths, operand of TJ); independent of the size.

    `spoken` is the text where the glyphs, one by one, would not give it; None in runs to the left, which readers turn
    round by themselves, what is spoken too.
    """

    face: faces.Face
    width: int
    shown: tuple[tuple[int, str], ...]
    letters: dict[int, str]
    spoken: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """Runs from left to right; `width` in thousandths of the size."""

    runs: tuple[Run, ...]
    width: int
    to_the_left: bool


def line(text: str, family: tuple[faces.Face, ...]) -> Line:
    """Raises faces.MissingGlyph."""
    faces.require(text, family)
    to_the_left = is_to_the_left(text)
    runs = []
    for part, backwards in _parts(text, to_the_left):
        for piece, face in _pieces(part, family, backwards):
            runs.append(_run(piece, face, backwards))
    return Line(tuple(runs), sum(run.width for run in runs), to_the_left)


@functools.lru_cache(4096)
def fixed(text: str, family: tuple[faces.Face, ...]) -> Line:
    """As `line`, and remembered: for texts of ours, never for what is about a person."""
    return line(text, family)


def is_to_the_left(text: str) -> bool:
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((one in _RIGHT_TO_LEFT for one in directions if one in (*_RIGHT_TO_LEFT, "L")), False)


def _parts(text: str, to_the_left: bool) -> list[tuple[str, bool]]:
    """(text, backwards) of one direction each, as they stand from left to right."""
    if not to_the_left and not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text):
        return [(text, False)]
    ways = _ways(text, to_the_left)
    parts = [
        ("".join(letter for letter, _way in group), way)
        for way, group in groupby(zip(text, ways, strict=True), key=lambda pair: pair[1])
    ]
    return parts[::-1] if to_the_left else parts


def _ways(text: str, to_the_left: bool) -> list[bool]:
    """Which letters run to the left: what has no direction runs as both its neighbours do, else as the line does."""
    ways: list[bool | None] = []
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind == _MARK and ways:
            ways.append(ways[-1])
        else:
            ways.append(True if kind in _RIGHT_TO_LEFT else False if kind in _LEFT_TO_RIGHT else None)
    settled = []
    for place, way in enumerate(ways):
        before = next((one for one in reversed(ways[:place]) if one is not None), to_the_left)
        after = next((one for one in ways[place:] if one is not None), to_the_left)
        settled.append(way if way is not None else before if before == after else to_the_left)
    return settled


def _pieces(part: str, family: tuple[faces.Face, ...], backwards: bool) -> Iterator[tuple[str, faces.Face]]:
    """(text, face), as they stand from left to right: one font wherever one has it all."""
    main = faces.best(part, family)
    chosen = []
    for letter in part:
        own = main if main and ord(letter) in main.characters else faces.best(letter, family)
        if own is None:
            raise faces.MissingGlyph
        chosen.append((letter, own))
    pieces = [
        ("".join(letter for letter, _face in group), face)
        for face, group in ((key, list(group)) for key, group in groupby(chosen, key=lambda pair: pair[1]))
    ]
    return reversed(pieces) if backwards else iter(pieces)


def _run(text: str, face: faces.Face, backwards: bool) -> Run:
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if backwards else "ltr"
    buffer.cluster_level = _CLUSTERS
    uharfbuzz.shape(face.shaping, buffer)
    glyphs = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
    letters, plain = _letters(text, [(info.codepoint, info.cluster) for info, _position in glyphs], backwards)
    pen, width = _Pen(), 0
    for info, position in glyphs:
        pen.glyph(info.codepoint, position, face.widths[info.codepoint])
        width += position.x_advance
    return Run(face, width, pen.shown(), letters, None if plain or backwards else text)


def _letters(text: str, glyphs: list[tuple[int, int]], backwards: bool) -> tuple[dict[int, str], bool]:
    """Which text each glyph stands for, and whether reading the glyphs one by one gives the text again.

    Readers turn what runs to the left round letter by letter, also the letters that share a glyph: those stand in here
    turned round already. (Vowel signs they do not put back: names that have them cannot be copied whole.)
    """
    starts = sorted({cluster for _glyph, cluster in glyphs})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    letters: dict[int, str] = {}
    plain, seen = True, set()
    for glyph, cluster in reversed(glyphs) if backwards else glyphs:
        own = _NOTHING if cluster in seen else text[cluster : ends[cluster]]
        if backwards and own.isalpha():
            own = own[::-1]
        seen.add(cluster)
        plain &= letters.setdefault(glyph, own) == own != _NOTHING
    return letters, plain


class _Pen:
    """Writes what TJ takes: glyphs as hex, and between them how far the next one stands off its usual place."""

    def __init__(self) -> None:
        self._parts: list[tuple[int, list[str]]] = []
        self._owed = 0

    def glyph(self, number: int, position: uharfbuzz.GlyphPosition, width: int) -> None:
        height = position.y_offset
        if not self._parts or self._parts[-1][0] != height:
            self._parts.append((height, []))
        self._move(position.x_offset)
        self._parts[-1][1].append(f"{number:04X}")
        self._owed = position.x_advance - width - position.x_offset

    def _move(self, offset: int) -> None:
        distance = self._owed + offset
        if distance:
            self._parts[-1][1].append(f">{-distance}<")
        self._owed = 0

    def shown(self) -> tuple[tuple[int, str], ...]:
        return tuple((height, f"[<{''.join(parts)}>]".replace("<>", "")) for height, parts in self._parts)
