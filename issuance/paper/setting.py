"""Sets words into a column: what fits one line is made smaller first, then broken; labels stand in two languages."""

from __future__ import annotations

from dataclasses import dataclass

from issuance.fonts import faces
from issuance.paper import canvas, colours, facts, lines, words

_MM = 25.4 / 72
# Lines of one text stand this many times their size apart; a value hangs this far below its label.
_LEADING = 1.36
_BELOW_LABEL, _BELOW_LABEL_MM = 0.78, 1.6
_BELOW_NAME = 1.45
# What runs to the left reaches far below its line.
_DEEP_MM = 0.6
LABEL_PT = 6.4
ALSO_PT = (7.6, 7.0, 6.4)
_SMALLEST_PT = 4.8
_SEPARATOR = "  ·  "


@dataclass(slots=True)
class Column:
    """`y`: where the next line hangs from; it moves down with each."""

    page: canvas.Canvas
    languages: tuple[words.Language, words.Language]
    x: float
    width: float
    y: float

    def label(self, key: str) -> None:
        with self.page.element("Lbl"):
            self.both(key, LABEL_PT, colours.QUIET, faces.PLAIN)

    def both(self, key: str, size: float, colour: colours.Colour, family: tuple[faces.Face, ...]) -> None:
        """English, and after it the second language: at the other end where it runs to the left."""
        first, second = (lines.fixed(language[key], family) for language in self.languages)
        between = lines.fixed(_SEPARATOR, faces.PLAIN)
        needed = sum(canvas.width_mm(line, size) for line in (first, between, second))
        size = max(_SMALLEST_PT, size * min(1.0, self.width / needed))
        self.y += size * _MM * _LEADING
        self.page.text(self.x, self.y, first, size, colour)
        if self._same(key):
            return
        at = self.x + canvas.width_mm(first, size)
        if not second.to_the_left:
            with self.page.artifact():
                self.page.draw(at, self.y, between, size, colour)
            at += canvas.width_mm(between, size)
        self._second(at, second, size, colour)

    def stacked(self, key: str) -> None:
        """A label in a narrow column: one language above the other."""
        first, second = (lines.fixed(language[key], faces.PLAIN) for language in self.languages)
        with self.page.element("Lbl"):
            size = self._fitting(first)
            self.y += LABEL_PT * _MM * _LEADING
            self.page.text(self.x, self.y, first, size, colours.QUIET)
            if self._same(key):
                return
            self.y += LABEL_PT * _MM * 1.2
            self._second(self.x, second, self._fitting(second), colours.QUIET)

    def _same(self, key: str) -> bool:
        """Some words are the same in both languages, and stand there once."""
        first, second = (language[key] for language in self.languages)
        return first == second

    def _fitting(self, line: lines.Line) -> float:
        return max(_SMALLEST_PT, LABEL_PT * min(1.0, self.width / canvas.width_mm(line, LABEL_PT)))

    def _second(self, at: float, line: lines.Line, size: float, colour: colours.Colour) -> None:
        if line.to_the_left:
            at = self.x + self.width - canvas.width_mm(line, size)
        with self.page.element("Span", self.languages[1].tag):
            self.page.text(at, self.y, line, size, colour)

    def fact(self, fact: facts.Fact, sizes: tuple[float, ...], gap: float, stacked: bool = False) -> None:
        with self.page.element("LI"):
            (self.stacked if stacked else self.label)(fact.key)
            with self.page.element("LBody"):
                self.value(fact, fact.value, sizes, faces.STRONG if fact.strong else faces.PLAIN)
                if fact.also:
                    self.also(fact)
        self.y += gap

    def value(self, fact: facts.Fact, text: str, sizes: tuple[float, ...], family: tuple[faces.Face, ...]) -> None:
        set_line = lines.fixed if fact.ours else lines.line
        size, broken = _broken(set_line(text, family), text, sizes, self.width, family)
        self.y += size * _MM * _BELOW_LABEL + _BELOW_LABEL_MM - size * _MM * _LEADING
        self._lines(broken, size, colours.INK)

    def also(self, fact: facts.Fact) -> None:
        """Closer to what it repeats than to what follows."""
        size, broken = _broken(lines.line(fact.also, faces.PLAIN), fact.also, ALSO_PT, self.width, faces.PLAIN)
        self.y += size * _MM * (_BELOW_NAME - _LEADING) + (_DEEP_MM if lines.is_to_the_left(fact.value) else 0.0)
        self._lines(broken, size, colours.QUIET)

    def small(self, text: str, sizes: tuple[float, ...]) -> None:
        size, broken = _broken(lines.line(text, faces.PLAIN), text, sizes, self.width, faces.PLAIN)
        self._lines(broken, size, colours.QUIET)

    def _lines(self, broken: list[lines.Line], size: float, colour: colours.Colour) -> None:
        for line in broken:
            self.y += size * _MM * _LEADING
            self.page.text(self.x, self.y, line, size, colour)

    def paragraph(self, key: str, size: float, colour: colours.Colour, gap: float) -> None:
        """A text of ours, in both languages, one below the other."""
        for language in self.languages:
            with self.page.element("P", language.tag):
                for line in _broken_words(language[key], size, self.width):
                    self.y += size * _MM * _LEADING
                    at = self.x + (self.width - canvas.width_mm(line, size) if line.to_the_left else 0)
                    self.page.text(at, self.y, line, size, colour)
            self.y += gap


def _broken(
    whole: lines.Line, text: str, sizes: tuple[float, ...], width: float, family: tuple[faces.Face, ...]
) -> tuple[float, list[lines.Line]]:
    """The largest size that gives one line, else the smallest in several."""
    for size in sizes:
        if canvas.width_mm(whole, size) <= width:
            return size, [whole]
    return sizes[-1], [lines.line(part, family) for part in _breaks(text, sizes[-1], width, family)]


def _broken_words(text: str, size: float, width: float) -> tuple[lines.Line, ...]:
    key = (text, size, width)
    if key not in _set_before:
        parts = _breaks(text, size, width, faces.PLAIN)
        _set_before[key] = tuple(lines.line(part, faces.PLAIN) for part in parts)
    return _set_before[key]


# Texts of ours, broken into lines once a process.
_set_before: dict[tuple[str, float, float], tuple[lines.Line, ...]] = {}


def _breaks(text: str, size: float, width: float, family: tuple[faces.Face, ...]) -> list[str]:
    """Lines that fit, broken at spaces; a word that is longer than a line is broken where it must be."""
    done: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip()
        if _fits(longer, size, width, family):
            line = longer
            continue
        if line:
            done.append(line)
        line = word
        while not _fits(line, size, width, family):
            end = next(end for end in range(len(line) - 1, 0, -1) if _fits(line[:end], size, width, family))
            done.append(line[:end])
            line = line[end:]
    return [*done, line]


def _fits(text: str, size: float, width: float, family: tuple[faces.Face, ...]) -> bool:
    return canvas.width_mm(lines.line(text, family), size) <= width
