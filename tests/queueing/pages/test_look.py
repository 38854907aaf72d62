"""A room's colours as the page carries them."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from queueing import palettes
from queueing.pages import look
from queueing.settings import RoomSettings

PLAIN = RoomSettings(slug="passport")
NAVY = RoomSettings(slug="passport", accent="#1D3F8A", paper="#eef", accent_dark="#9db8ff")


def rules(css: str) -> dict[str, dict[str, str]]:
    """Custom properties by scheme; nothing else may stand in it."""
    found = re.findall(r"@media\(prefers-color-scheme:(light|dark)\)\{:root\{([^{}]*)\}\}", css)
    assert "".join(f"@media(prefers-color-scheme:{scheme}){{:root{{{body}}}}}" for scheme, body in found) == css
    return {scheme: dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})(?:;|$)", body)) for scheme, body in found}


def test_usual_look_needs_no_css() -> None:
    assert look.css(PLAIN) == ""
    assert look.source("") == ""


def test_what_differs_is_said_for_each_scheme() -> None:
    found = rules(look.css(NAVY))
    for scheme, pair in (("light", ("#1D3F8A", "#eef")), ("dark", ("#9db8ff", ""))):
        wanted = palettes.derive(scheme, *pair)  # type: ignore[arg-type]
        assert palettes.USUAL[scheme] | found[scheme] == wanted  # type: ignore[index]
    assert (found["light"]["accent"], found["light"]["paper"]) == ("#1d3f8a", "#eeeeff")
    assert "paper" not in found["dark"]


def test_look_of_one_scheme_leaves_the_other_alone() -> None:
    assert set(rules(look.css(RoomSettings(slug="a", accent="#1d3f8a")))) == {"light"}


def test_policy_names_exactly_this_style() -> None:
    css = look.css(NAVY)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert look.source(css) == f"'sha256-{digest}'"


@pytest.mark.parametrize("colour", ["red;}body{display:none}", "#fff}</style><script>", "url(//a.example)"])
def test_nothing_but_a_colour_gets_into_it(colour: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 whatever int() says
        look.css(RoomSettings(slug="a", accent=colour))
