"""What is the same on every passport: frames, rules, fold marks and ornament, drawn once a process; where things stand.

All in mm on A4. The sheet folds in the middle, both ways.
"""

from __future__ import annotations

import functools

from issuance.fonts import faces
from issuance.paper import canvas, colours, lines, objects, ornament, squares, words

FOLD_X, FOLD_Y = canvas.WIDTH_MM / 2, canvas.HEIGHT_MM / 2
LEFT, RIGHT, COLUMN = 12.0, 114.0, 84.0
RULE_Y = 31.0
LOWER = FOLD_Y + 10
LOWER_RULE_Y = LOWER + 7.6
FOLDING_Y = 268.0
EMBLEM = (LEFT + 7.5, 20.5)
CODE_X, CODE_Y = LEFT, 90.5
# left, top, width, height
STAMP = (LEFT + COLUMN - 32, 73.5, 32.0, 12.0)
_CARD = (7.0, 7.0, 93.0, 134.5)
# White around the code: four squares of it at least.
_QUIET_MM = 2.4
_MARK_MM = 5.0
_EDGE_MM = 3.0
_FOOT_Y = 285.0
_FINE = ornament.Pen(colours.FINE, 0.12)
_FINE_WARM = ornament.Pen(colours.FINE_WARM, 0.12)
_RULE = ornament.Pen(colours.STATE, 0.3)
_MARK = ornament.Pen(colours.QUIET, 0.2)
_WATERMARK_PT = 78
_WATERMARK_Y = 236.0


def draw(page: canvas.Canvas) -> None:
    with page.artifact():
        page.form("Ornament")
        # Under the facts and across them, so that no copy loses it; clear of the code.
        word = lines.fixed(words.pair(words.FIRST)[0]["specimen"].upper(), faces.STRONG)
        x = (canvas.WIDTH_MM - canvas.width_mm(word, _WATERMARK_PT)) / 2
        page.draw(x, _WATERMARK_Y, word, _WATERMARK_PT, colours.WATERMARK)
        side = squares.CODE_MM + 2 * _QUIET_MM
        page.rectangle(CODE_X - _QUIET_MM, CODE_Y - _QUIET_MM, side, side, colours.PAPER)


@functools.cache
def form() -> objects.Stream:
    """What `draw` calls Ornament."""
    return ornament.form("".join([*_card(), *_right(), *_lower(), *_how_to_fold(), *_folds()]))


def _card() -> list[str]:
    x, y, width, height = _CARD
    middle = (x + width / 2, y + height / 2 + 1)
    rosettes = ornament.rosette(middle, 62, 13, 48, _FINE) + ornament.rosette(middle, 33, 7.5, 36, _FINE_WARM)
    return [
        ornament.inside(_CARD, rosettes),
        ornament.waves((x + 1.4, y + 2.2), width - 2.8, _FINE),
        ornament.waves((x + 1.4, y + height - 4.4), width - 2.8, _FINE),
        ornament.frame(_CARD, ornament.Pen(colours.STATE, 0.4)),
        ornament.frame(ornament.inset(_CARD, 1), ornament.Pen(colours.STATE, 0.12)),
        ornament.rosette(EMBLEM, 7.5, 4.6, 18, ornament.Pen(colours.STATE, 0.16)),
        ornament.rule((LEFT, RULE_Y), (LEFT + COLUMN, RULE_Y), _RULE),
        ornament.frame(STAMP, ornament.Pen(colours.WARNING, 0.5)),
        ornament.frame(ornament.inset(STAMP, 0.9), ornament.Pen(colours.WARNING, 0.15)),
    ]


def _right() -> list[str]:
    return [
        ornament.rule((RIGHT, RULE_Y), (RIGHT + COLUMN, RULE_Y), _RULE),
        ornament.waves((RIGHT, 11.5), COLUMN, _FINE),
    ]


def _lower() -> list[str]:
    rules = [ornament.rule((x, LOWER_RULE_Y), (x + COLUMN, LOWER_RULE_Y), _RULE) for x in (LEFT, RIGHT)]
    return rules + [ornament.waves((x, _FOOT_Y), COLUMN, _FINE) for x in (LEFT, RIGHT)]


def _how_to_fold() -> list[str]:
    """The sheet, the sheet folded once, the card: three small pictures, and arrows between them."""
    middle, foot = FOLDING_Y - 8.5, FOLDING_Y - 2
    sheet, half = (LEFT, foot - 13, 9.2, 13.0), (LEFT + 17, foot - 6.5, 9.2, 6.5)
    card = (LEFT + 34, foot - 6.5, 4.6, 6.5)
    drawn = [ornament.frame(box, _MARK) for box in (sheet, half, card)]
    drawn.append(ornament.dotted((LEFT, middle), (LEFT + 9.2, middle), _MARK))
    drawn += [ornament.dotted((x + 4.6, y), (x + 4.6, y + height), _MARK) for x, y, _width, height in (sheet, half)]
    for x in (LEFT + 15.2, LEFT + 32.2):
        tip = (x, foot - 3.25)
        drawn.append(ornament.rule((x - 4, tip[1]), tip, _MARK))
        drawn += [ornament.rule((x - 1.1, tip[1] + way), tip, _MARK) for way in (-0.8, 0.8)]
    return drawn


def _folds() -> list[str]:
    right, bottom, far = canvas.WIDTH_MM - _EDGE_MM, canvas.HEIGHT_MM - _EDGE_MM, _EDGE_MM + _MARK_MM
    folds = [((FOLD_X, _EDGE_MM), (FOLD_X, bottom)), ((_EDGE_MM, FOLD_Y), (right, FOLD_Y))]
    marks = [
        ((FOLD_X, _EDGE_MM), (FOLD_X, far)),
        ((FOLD_X, bottom - _MARK_MM), (FOLD_X, bottom)),
        ((_EDGE_MM, FOLD_Y), (far, FOLD_Y)),
        ((right - _MARK_MM, FOLD_Y), (right, FOLD_Y)),
    ]
    dots = [ornament.dotted(start, end, ornament.Pen(colours.RULE, 0.1)) for start, end in folds]
    return dots + [ornament.rule(start, end, _MARK) for start, end in marks]
