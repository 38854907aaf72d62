"""The colours of a page, for light and for dark: the usual ones, and what follows from an accent and a paper of a room.

Says which of them must be told apart, and how well (WCAG 2.2: 1.4.3 for text, 1.4.11 for what is drawn). Pure. The
names are those of the custom properties in frontend/static/css/colours.css, which has the usual ones again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from queueing import colours

Scheme = Literal["light", "dark"]
Palette = dict[str, str]

TEXT = 4.5
DRAWN = 3.0
# What stands on a button: whichever of the two reads better.
ON_ACCENT = (colours.WHITE, "#12191c")

USUAL: dict[Scheme, Palette] = {
    "light": {
        "paper": "#fcfbf9",
        "raised": "#ffffff",
        "ink": "#1b2328",
        "quiet": "#4d5960",
        "line": "#7f8b91",
        "soft": "#dfe4e4",
        "accent": "#0b5563",
        "on-accent": "#ffffff",
        "accent-hover": "#083f4a",
        "danger": "#a3212a",
        "warn-paper": "#fdf3dc",
        "warn-line": "#b7791f",
        "info-paper": "#e5f1f3",
        "focus": "#b4470f",
    },
    "dark": {
        "paper": "#12191c",
        "raised": "#1a2327",
        "ink": "#e9eef0",
        "quiet": "#b0bcc2",
        "line": "#7d8b92",
        "soft": "#2d393f",
        "accent": "#7fd0de",
        "on-accent": "#082b32",
        "accent-hover": "#a8e1eb",
        "danger": "#ff9d9a",
        "warn-paper": "#33290f",
        "warn-line": "#d9a441",
        "info-paper": "#142e34",
        "focus": "#ffb454",
    },
}


class Mixture(NamedTuple):
    """How far each derived colour lies from the one it is made of; `hover` also says towards which."""

    raised: float
    hover: tuple[str, float]
    info: float


MIXTURES: dict[Scheme, Mixture] = {
    "light": Mixture(raised=0.75, hover=("#000000", 0.25), info=0.1),
    "dark": Mixture(raised=0.045, hover=(colours.WHITE, 0.3), info=0.14),
}
LINE, SOFT = 0.55, 0.13


class Pair(NamedTuple):
    """What must be told apart: `what` says it to staff."""

    front: str
    back: str
    least: float
    what: str


PAPERS = {"paper": "on the paper", "raised": "on panels", "info-paper": "on coloured panels"}
PAIRS = (
    *(Pair("ink", paper, TEXT, f"text {where}") for paper, where in PAPERS.items()),
    *(Pair("quiet", paper, TEXT, f"hints {where}") for paper, where in PAPERS.items()),
    *(Pair("danger", paper, TEXT, f"errors {where}") for paper, where in PAPERS.items()),
    *(Pair("focus", paper, DRAWN, f"the frame of what has the focus {where}") for paper, where in PAPERS.items()),
    *(
        Pair("line", paper, DRAWN, f"the frame of a field {where}")
        for paper, where in PAPERS.items()
        if paper[0] != "i"
    ),
    *(Pair("accent", paper, TEXT, f"links {where}") for paper, where in PAPERS.items()),
    *(Pair("accent-hover", paper, TEXT, f"links under the pointer {where}") for paper, where in PAPERS.items()),
    Pair("accent", "warn-paper", TEXT, "links in warnings"),
    Pair("accent", "soft", DRAWN, "the progress bar"),
    Pair("on-accent", "accent", TEXT, "words on buttons"),
    Pair("on-accent", "accent-hover", TEXT, "words on buttons under the pointer"),
    Pair("ink", "warn-paper", TEXT, "text in warnings"),
    Pair("warn-line", "warn-paper", DRAWN, "the edge of warnings"),
)
FROM_ACCENT = frozenset({"accent", "accent-hover", "on-accent"})


def derive(scheme: Scheme, accent: str = "", paper: str = "") -> Palette:
    """All colours of a page, in full; '' stands for the usual one. Raises: ValueError for what is no colour."""
    palette = dict(USUAL[scheme])
    mixture = MIXTURES[scheme]
    if paper:
        palette["paper"] = colours.in_full(paper)
        palette["raised"] = colours.mix(paper, colours.WHITE, mixture.raised)
        palette["line"] = colours.mix(paper, palette["ink"], LINE)
        palette["soft"] = colours.mix(paper, palette["ink"], SOFT)
    if accent:
        palette["accent"] = colours.in_full(accent)
        palette["accent-hover"] = colours.mix(accent, *mixture.hover)
        palette["on-accent"] = max(ON_ACCENT, key=lambda shade: colours.contrast(shade, accent))
    if accent or paper:
        palette["info-paper"] = colours.mix(palette["paper"], palette["accent"], mixture.info)
    return palette


def failing(palette: Palette, asked: Sequence[Pair] = PAIRS) -> list[tuple[Pair, float]]:
    """What cannot be told apart, and the ratio found, the worst first."""
    found = ((pair, colours.contrast(palette[pair.front], palette[pair.back])) for pair in asked)
    return sorted(
        ((pair, ratio) for pair, ratio in found if ratio < pair.least), key=lambda told: told[1] / told[0].least
    )


def problems(scheme: Scheme, accent: str, paper: str) -> dict[str, str]:
    """What is wrong with either, in words for staff; nothing where the page can be read. Both are colours or ''.

    The accent is judged on the paper that was asked for, or on the shade of it that is proposed instead.
    """
    found: dict[str, str] = {}
    if paper:
        asked = [pair for pair in PAIRS if not accent or FROM_ACCENT.isdisjoint(pair[:2])]
        shade = _passing(paper, lambda tried: failing(derive(scheme, accent, tried), asked))
        if shade != paper:
            found["paper"] = _complaint(failing(derive(scheme, accent, paper), asked), shade)
        paper = shade or ""
    if accent:
        asked = [pair for pair in PAIRS if not (FROM_ACCENT | {"info-paper"}).isdisjoint(pair[:2])]
        shade = _passing(accent, lambda tried: failing(derive(scheme, tried, paper), asked))
        if shade != accent:
            found["accent"] = _complaint(failing(derive(scheme, accent, paper), asked), shade)
    return found


def _passing(colour: str, failures: Callable[[str], list[tuple[Pair, float]]]) -> str | None:
    """Itself, or the nearest shade of it with which everything can be told apart."""
    return colours.nearest(colour, lambda tried: not failures(tried)) if failures(colour) else colour


def _complaint(failures: list[tuple[Pair, float]], shade: str | None) -> str:
    pair, ratio = failures[0]
    more = f", and {len(failures) - 1} more" if len(failures) > 1 else ""
    # Rounded down: what lacks a hundredth must not look as if it held.
    found = math.floor(ratio * 100) / 100
    proposal = f"The nearest shade that can is {shade}." if shade else "No shade of it can."
    return f"{pair.what} could not be read: contrast {found:.2f}, needed {pair.least}{more}. {proposal}"
