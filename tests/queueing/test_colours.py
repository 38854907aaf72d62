"""Contrast as WCAG 2.2 reckons it, and the nearest shade that has enough."""

from __future__ import annotations

import pytest

from queueing import colours


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#fff", "#000", 21.0),
        ("#777777", "#ffffff", 4.478),
        ("#767676", "#fff", 4.542),
        ("#0000ff", "#ffffff", 8.592),
        ("#f00", "#ffffff", 3.998),
        ("#123456", "#123456", 1.0),
    ],
)
def test_contrast_is_that_of_wcag_whichever_comes_first(one: str, other: str, ratio: float) -> None:
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.001)
    assert colours.contrast(other, one) == colours.contrast(one, other)


@pytest.mark.parametrize("text", ["#abc", "#ABCDEF", "#012345"])
def test_colours_are_three_or_six_digits(text: str) -> None:
    assert colours.is_colour(text)


@pytest.mark.parametrize(
    "text", ["", "red", "#ab", "#abcd", "#12345g", "#abc;", "#abc\n", " #abc", "url(#abc)", "#ａｂｃ"]
)
def test_nothing_else_is_a_colour(text: str) -> None:
    assert not colours.is_colour(text)


def test_mixing_goes_from_the_one_to_the_other() -> None:
    assert [colours.mix("#000", "#fff", share) for share in (0, 0.5, 1)] == ["#000000", "#808080", "#ffffff"]


def test_nearest_shade_has_the_hue_and_is_as_little_changed_as_it_takes() -> None:
    shade = colours.nearest("#ffcc00", lambda tried: colours.contrast(tried, "#ffffff") >= 4.5)
    assert shade is not None
    assert 4.5 <= colours.contrast(shade, "#ffffff") < 4.6
    red, green, blue = (int(shade[at : at + 2], 16) for at in (1, 3, 5))
    assert (green / red, blue) == (pytest.approx(0.8, abs=0.01), 0)


def test_shade_that_passes_is_found_in_the_light_and_in_the_dark() -> None:
    on_black = colours.nearest("#333399", lambda tried: colours.contrast(tried, "#000") >= 4.5)
    assert on_black is not None
    assert colours.luminance(on_black) > colours.luminance("#333399")
    assert colours.nearest("#333399", lambda _tried: False) is None
