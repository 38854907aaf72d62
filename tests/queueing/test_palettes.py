"""What staff choose makes a page that can be read, or is refused with a shade that does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queueing import colours, palettes
from queueing.palettes import Scheme

CSS = Path(__file__).resolve().parents[2] / "frontend" / "static" / "css" / "colours.css"
SCHEMES: list[Scheme] = ["light", "dark"]
any_colour = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


def usual_of_the_style_sheet() -> list[dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", CSS.read_text(encoding="utf-8"), re.DOTALL)
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", block)) for block in blocks]


def test_usual_colours_are_those_of_the_style_sheet() -> None:
    light, dark = usual_of_the_style_sheet()
    for scheme, found in (("light", light), ("dark", dark)):
        wanted = palettes.USUAL[scheme]  # type: ignore[index]
        assert {name: colours.mix(colour, colour, 0) for name, colour in found.items()} == wanted


@pytest.mark.parametrize("scheme", SCHEMES)
def test_usual_colours_can_be_told_apart(scheme: Scheme) -> None:
    assert palettes.failing(palettes.USUAL[scheme]) == []
    assert palettes.derive(scheme) == palettes.USUAL[scheme]


@pytest.mark.parametrize("scheme", SCHEMES)
@given(accent=any_colour, paper=any_colour)
@settings(max_examples=15, deadline=None)
def test_what_is_accepted_can_be_told_apart_and_what_is_refused_cannot(scheme: Scheme, accent: str, paper: str) -> None:
    for chosen in ((accent, ""), ("", paper), (accent, paper)):
        failing = palettes.failing(palettes.derive(scheme, *chosen))
        assert bool(palettes.problems(scheme, *chosen)) == bool(failing)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(accent=any_colour)
@settings(max_examples=15, deadline=None)
def test_proposed_shade_is_accepted(scheme: Scheme, accent: str) -> None:
    complaint = palettes.problems(scheme, accent, "").get("accent")
    if complaint:
        proposed = re.search(r"#[0-9a-f]{6}", complaint)
        assert proposed, complaint
        assert palettes.problems(scheme, proposed[0], "") == {}


def test_refusal_names_the_pair_the_ratio_found_and_needed_and_a_shade() -> None:
    complaint = palettes.problems("light", "#ffcc00", "")["accent"]
    assert complaint == (
        "links in warnings could not be read: contrast 1.37, needed 4.5, and 7 more. "
        "The nearest shade that can is #826800."
    )


def test_light_paper_must_be_light_and_a_dark_one_dark() -> None:
    assert "paper" in palettes.problems("light", "", "#223344")
    assert "paper" in palettes.problems("dark", "", "#f4f4f4")


def test_words_on_a_button_are_white_or_ink_whichever_reads_better() -> None:
    assert palettes.derive("light", "#0b5563")["on-accent"] == "#ffffff"
    assert palettes.derive("dark", "#f2b48c")["on-accent"] == "#12191c"
