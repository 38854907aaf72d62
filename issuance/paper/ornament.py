"""Fine lines under the text, as on banknotes: one curve, turned or moved a little, again and again.

Each repetition is the same text as the one before, so that all of it takes a few hundred bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from issuance.paper import canvas, colours, objects

Place = tuple[float, float]
"""x and y in mm from the top left corner."""
Box = tuple[float, float, float, float]
"""Left, top, width, height in mm."""

_POINTS = 72 / 25.4
_WAVES, _WAVE_MM, _BAND_MM = 6, 12.0, 2.4
# A circle as four curves: how far their handles stand off.
_HANDLE = 0.5523


@dataclass(frozen=True, slots=True)
class Pen:
    colour: colours.Colour
    width_mm: float

    def __str__(self) -> str:
        return f"{' '.join(f'{part:g}' for part in self.colour)} RG {self.width_mm * _POINTS:.2f} w"


def rosette(place: Place, across: float, along: float, times: int, pen: Pen) -> str:
    """An ellipse of these half axes, turned `times` times around a place."""
    angle = math.pi / times
    turn = f"{math.cos(angle):.6f} {math.sin(angle):.6f} {-math.sin(angle):.6f} {math.cos(angle):.6f} 0 0 cm"
    drawn = f"{_ellipse(across, along)} {turn}\n" * times
    return f"q {pen} 1 0 0 1 {_at(place)} cm\n{drawn}Q\n"


def waves(place: Place, length: float, pen: Pen) -> str:
    """Six waves from a place to the right, each a little lower than the one before."""
    count = max(1, round(length / _WAVE_MM))
    step, crest = length * _POINTS / count, _BAND_MM / 2 * _POINTS
    curves = " ".join(
        f"{(n + 0.3642) * step:.1f} {crest:.1f} {(n + 0.6358) * step:.1f} {-crest:.1f} {(n + 1) * step:.1f} 0 c"
        for n in range(count)
    )
    drawn = f"0 0 m {curves} S 1 0 0 1 0 {-_BAND_MM / _WAVES * _POINTS:.2f} cm\n" * _WAVES
    return f"q {pen} 1 0 0 1 {_at(place)} cm\n{drawn}Q\n"


def _ellipse(across: float, along: float) -> str:
    a, b = across * _POINTS, along * _POINTS
    h, v = a * _HANDLE, b * _HANDLE
    return (
        f"{a:.1f} 0 m {a:.1f} {v:.1f} {h:.1f} {b:.1f} 0 {b:.1f} c {-h:.1f} {b:.1f} {-a:.1f} {v:.1f} {-a:.1f} 0 c "
        f"{-a:.1f} {-v:.1f} {-h:.1f} {-b:.1f} 0 {-b:.1f} c {h:.1f} {-b:.1f} {a:.1f} {-v:.1f} {a:.1f} 0 c S"
    )


def frame(box: Box, pen: Pen) -> str:
    return f"{pen} {_corners(box)} re S\n"


def rule(start: Place, end: Place, pen: Pen) -> str:
    return f"{pen} {_at(start)} m {_at(end)} l S\n"


def dotted(start: Place, end: Place, pen: Pen) -> str:
    return f"q [0.6 4] 0 d {rule(start, end, pen)}Q\n"


def inside(box: Box, drawn: str) -> str:
    """Nothing of it shows beyond the box."""
    return f"q {_corners(box)} re W n\n{drawn}Q\n"


def inset(box: Box, by: float) -> Box:
    x, y, width, height = box
    return x + by, y + by, width - 2 * by, height - 2 * by


def form(operators: str) -> objects.Stream:
    """What a page draws by name, counted in points."""
    box = f"{canvas.WIDTH_MM * _POINTS:.2f} {canvas.HEIGHT_MM * _POINTS:.2f}"
    return objects.Stream.of(operators.encode(), f"/Type/XObject/Subtype/Form/BBox[0 0 {box}]")


def _at(place: Place) -> str:
    x, y = place
    return f"{x * _POINTS:.2f} {(canvas.HEIGHT_MM - y) * _POINTS:.2f}"


def _corners(box: Box) -> str:
    x, y, width, height = box
    return f"{_at((x, y + height))} {width * _POINTS:.2f} {height * _POINTS:.2f}"
