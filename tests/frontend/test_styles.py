"""Styles name no left and no right: in Arabic the page is its own mirror image."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "frontend" / "static"

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARATION = re.compile(r"(?<![\w-])([a-z-]+):\s*([^;{}]+)(?=[;}])")
SIDE = re.compile(r"(?<![a-z])(left|right)(?![a-z])")
# In these shorthands the second value is the right side and the fourth the left.
FOUR_SIDES = {"margin", "padding", "inset", "border-width", "border-style", "border-color", "scroll-margin"}
SIDEWAYS = re.compile(r"translate(X|3d)?\(\s*-?[1-9]")


def sided(styles: str) -> list[str]:
    """The declarations that would point the wrong way in one of the two directions."""
    return [f"{name}: {value}" for name, value in DECLARATION.findall(COMMENT.sub("", styles)) if turns(name, value)]


def turns(name: str, value: str) -> bool:
    sides = value.split()
    if name in FOUR_SIDES and len(sides) == 4:
        return sides[1] != sides[3]
    return bool(SIDE.search(name) or SIDE.search(value) or SIDEWAYS.search(value))


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_styles_are_the_same_in_both_directions(path: Path) -> None:
    assert sided(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "declaration",
    [
        "margin-left: 1rem",
        "border-top-right-radius: 2px",
        "right: 0",
        "text-align: left",
        "padding: 0 1rem 0 2rem",
        "transform: translateX(4px)",
        "background: linear-gradient(to right, red, blue)",
    ],
)
def test_side_is_found(declaration: str) -> None:
    assert sided(f"p {{ color: red; {declaration}; }}") == [declaration]


@pytest.mark.parametrize(
    "declaration", ["margin-inline-start: 1rem", "text-align: end", "padding: 1rem 0 2rem 0", "color: var(--bright)"]
)
def test_what_has_no_side_is_left_alone(declaration: str) -> None:
    assert sided(f"p {{ {declaration}; }}") == []
