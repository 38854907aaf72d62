"""The page: four panels of an A4 sheet that folds to a pocket card, the card itself the first of them.

Folded twice, printed side out, the first panel is the front and the second the back: who, when, until when and the
code are seen without unfolding.
"""

from __future__ import annotations

from dataclasses import dataclass

from issuance.fonts import faces
from issuance.paper import backdrop, canvas, colours, facts, lines, objects, setting, squares, words

_NAME_PT = (14, 12.5, 11, 9.5, 8.5)
_FACT_PT = (10, 9, 8, 7)
_ASIDE_PT = (9.5,)
_SMALL_PT = (6.2, 5.6, 5.0)
_TEXT_PT = 8.2
_ASIDE_X = backdrop.CODE_X + squares.CODE_MM + 6
_ASIDE = backdrop.LEFT + backdrop.COLUMN - _ASIDE_X


def draw(content: facts.Page, code: squares.Squares) -> tuple[canvas.Canvas, dict[str, objects.Stream]]:
    """The page and the drawings it calls by name. Raises faces.MissingGlyph."""
    sheet = _Sheet(canvas.Canvas(), words.pair(content.language), content)
    backdrop.draw(sheet.page)
    sheet.card()
    sheet.vaccination()
    sheet.certificate()
    sheet.advice()
    return sheet.page, {"Ornament": backdrop.form(), "Code": squares.image(code)}


@dataclass(frozen=True, slots=True)
class _Sheet:
    page: canvas.Canvas
    languages: tuple[words.Language, words.Language]
    content: facts.Page

    def card(self) -> None:
        self._emblem()
        self._issuer()
        self._titles(backdrop.LEFT + 19, "title", ("H1", 16, 10.5))
        column = self._column(backdrop.LEFT, backdrop.RULE_Y + 1.2)
        with self.page.element("Sect"), self.page.element("L"):
            for fact in facts.holder(self.content):
                column.fact(fact, _NAME_PT if fact.also else (11,), 1.9)
        self._stamp()
        first, _second = self.languages
        with self.page.element("Figure", first.tag, first["code"]), self.page.marked():
            self.page.image("Code", backdrop.CODE_X, backdrop.CODE_Y, squares.CODE_MM)
        self._beside_the_code()

    def vaccination(self) -> None:
        with self.page.element("Sect"):
            self._titles(backdrop.RIGHT, "subtitle", ("H2", 13, 9.5))
            column = self._column(backdrop.RIGHT, backdrop.RULE_Y + 1.2)
            with self.page.element("L"):
                for fact in facts.vaccination(self.content):
                    column.fact(fact, _FACT_PT, 4.4)

    def certificate(self) -> None:
        column = self._column(backdrop.LEFT, backdrop.LOWER)
        with self.page.element("Sect"):
            self._heading(column, "certificate")
            with self.page.element("L"):
                for fact in facts.certificate_itself(self.content):
                    column.fact(fact, _FACT_PT, 4.4)
        column.y = backdrop.FOLDING_Y
        column.paragraph("folding", 7.2, colours.QUIET, 0.8)

    def advice(self) -> None:
        column = self._column(backdrop.RIGHT, backdrop.LOWER)
        with self.page.element("Sect"):
            self._heading(column, "checking")
            column.paragraph("advice", _TEXT_PT, colours.INK, 3)
            column.y += 2
            column.paragraph("warning", _TEXT_PT, colours.WARNING, 3)

    def _column(self, x: float, y: float) -> setting.Column:
        return setting.Column(self.page, self.languages, x, backdrop.COLUMN, y)

    def _emblem(self) -> None:
        """Nobody's coat of arms: the country's code on a rosette."""
        letters = lines.fixed(self.content.country, faces.SOLEMN)
        x, y = backdrop.EMBLEM
        with self.page.element("P"):
            self.page.text(x - canvas.width_mm(letters, 13) / 2, y + 1.65, letters, 13, colours.STATE)

    def _issuer(self) -> None:
        line = lines.fixed(self.content.issuer, faces.PLAIN)
        with self.page.element("P"):
            self.page.text(backdrop.LEFT + 19, 15.2, line, 6.8, colours.QUIET)

    def _titles(self, x: float, key: str, style: tuple[str, float, float]) -> None:
        role, size, second_size = style
        first, second = self.languages
        with self.page.element(role):
            self.page.text(x, 21.4, lines.fixed(first[key], faces.SOLEMN), size, colours.STATE)
        with self.page.element("P", second.tag):
            self.page.text(x, 26.8, lines.fixed(second[key], faces.SOLEMN), second_size, colours.STATE)

    def _heading(self, column: setting.Column, key: str) -> None:
        with self.page.element("H2"):
            column.both(key, 11, colours.STATE, faces.SOLEMN)
        column.y = backdrop.LOWER_RULE_Y + 2

    def _stamp(self) -> None:
        first, second = self.languages
        left, top, width, _height = backdrop.STAMP
        for language, word, size, y in (
            (first, first["specimen"].upper(), 12, top + 5.9),
            (second, second["specimen"], 8, top + 9.8),
        ):
            line = lines.fixed(word, faces.STRONG)
            with self.page.element("P", language.tag):
                self.page.text(left + (width - canvas.width_mm(line, size)) / 2, y, line, size, colours.WARNING)

    def _beside_the_code(self) -> None:
        column = setting.Column(self.page, self.languages, _ASIDE_X, _ASIDE, backdrop.CODE_Y - 2)
        with self.page.element("L"):
            for fact in facts.in_short(self.content):
                column.fact(fact, _ASIDE_PT, 1.0, stacked=True)
        column = self._column(backdrop.LEFT, backdrop.CODE_Y + squares.CODE_MM + 1)
        with self.page.element("P"):
            column.small(self.content.certificate_id, _SMALL_PT)
