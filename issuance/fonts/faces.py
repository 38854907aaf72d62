"""Which of the packaged fonts can write a text, found before anything is drawn: a box is nobody's letter.

Knows the fonts by what they cover only. No font object is kept: fpdf2 changes those it writes, and a shared
one breaks the next document.
"""

from dataclasses import dataclass
from pathlib import Path

from fontTools import ttLib

from issuance import errors

_FOLDER = Path(__file__).parent


class MissingGlyph(errors.IssuanceError):
    """A letter that none of the fonts has. The message does not say which one: it is part of a name."""

    def __init__(self) -> None:
        super().__init__("a text has a letter that no packaged font can draw")


@dataclass(frozen=True)
class Face:
    """`shaped`: letters join, stack or run to the left, so they are to be set by the shaping engine."""

    name: str
    path: Path
    characters: frozenset[int]
    shaped: bool

    def covers(self, text: str) -> bool:
        return self.characters.issuperset(map(ord, text))


def _face(file_name: str, shaped: bool = False) -> Face:
    path = _FOLDER / file_name
    with ttLib.TTFont(path, lazy=True) as font:
        return Face(path.stem, path, frozenset(font.getBestCmap()), shaped)


REGULAR = _face("latin-regular.ttf")
BOLD = _face("latin-bold.ttf")
WIDE_BOLD = _face("wide-bold.ttf", shaped=True)


def regular(text: str) -> Face:
    """Raises MissingGlyph."""
    return _first(text, REGULAR)


def bold(text: str) -> Face:
    """The Latin font, or the wide one, which costs more, where a letter needs it. Raises MissingGlyph."""
    return _first(text, BOLD, WIDE_BOLD)


def can_draw(text: str) -> bool:
    """Whether some packaged font has every letter of a name."""
    return BOLD.covers(text) or WIDE_BOLD.covers(text)


def _first(text: str, *faces: Face) -> Face:
    for face in faces:
        if face.covers(text):
            return face
    raise MissingGlyph
