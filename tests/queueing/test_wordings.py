"""A room's own words stand where ours would, with the same placeholders, or are refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from queueing import wordings

SOURCE = json.loads(
    (Path(__file__).resolve().parents[2] / "frontend" / "locales" / "en.json").read_text(encoding="utf-8")
)
GOOD = {
    "en": {"form.title": "Get your card", "closed.opens": "From {time} on {date}."},
    "pt-BR": {"room.title": "Cartões"},
}


def test_texts_that_may_be_replaced_are_texts_of_ours_with_the_same_placeholders() -> None:
    for key in wordings.PLACEHOLDERS.keys() - {wordings.TITLE}:
        assert set(re.findall(r"\{(\w+)\}", SOURCE[key])) == wordings.PLACEHOLDERS[key], key


def test_words_come_out_as_they_were() -> None:
    assert wordings.problem(GOOD) == ""
    assert wordings.from_json(wordings.to_json(GOOD)) == GOOD
    assert wordings.from_json(wordings.to_json({})) == {}


@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        ([], "must be JSON"),
        ("form.title", "must be JSON"),
        ({"en": "form.title"}, "must be JSON"),
        ({"English": {"form.title": "x"}}, "no language tag"),
        ({"en": {"waiting.leave": "x"}}, "no text that can be replaced"),
        ({"en": {"form.title": " "}}, "1 to 500 characters"),
        ({"en": {"form.title": "x" * 501}}, "1 to 500 characters"),
        ({"en": {"form.title": 7}}, "1 to 500 characters"),
        ({"en": {"form.title": "a\nb"}}, "one paragraph"),
        ({"en": {"form.title": "a\u202eb"}}, "one paragraph"),
        ({"en": {"form.title": "Hello {name}"}}, "placeholders of ours: none"),
        ({"en": {"closed.opens": "On {date}."}}, "{date}, {time}"),
    ],
)
def test_words_that_cannot_be_are_refused_and_say_why(texts: Any, complaint: str) -> None:
    assert complaint in wordings.problem(texts)


def test_all_words_together_are_bounded() -> None:
    many = {f"a{letter}": dict.fromkeys(["form.intro", "issued.text"], "x" * 500) for letter in "abcdefghijklmnopq"}
    assert "16,000 characters" in wordings.problem(many)


def test_what_a_newer_version_knows_is_left_out() -> None:
    newer = {"en": {"form.title": "Here", "form.colour": "red", "closed.opens": {"one": "x"}}, "x1": {}, "de": []}
    assert wordings.from_json(json.dumps(newer)) == {"en": {"form.title": "Here"}}


@pytest.mark.parametrize("text", ["[]", "{", "7"])
def test_what_is_no_json_of_texts_raises(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 of json or ours
        wordings.from_json(text)
