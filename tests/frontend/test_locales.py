"""No language of the pages lacks a text, a placeholder or a plural form; and the check would say so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import documents
from tests.frontend import locales

SMALL = {
    "language.name": "English",
    "language.direction": "ltr",
    "language.review": "The source of all other languages.",
    "ask": "Shall we look again at {time}?",
    "ahead": {"zero": "You are next", "one": "{count} person", "other": "{count} people"},
}
POLISH = {
    "language.name": "Polski",
    "language.direction": "ltr",
    "language.review": "Tłumaczenie własne, bez sprawdzenia.",
    "ask": "Czy sprawdzić ponownie o {time}?",
    "ahead": {
        "zero": "Nikogo",
        "one": "jedna osoba",
        "few": "{count} osoby",
        "many": "{count} osób",
        "other": "{count} osoby",
    },
}


def found(folder: Path, messages: dict[str, Any] | str, name: str = "pl.json") -> list[str]:
    """Of these messages beside the small English."""
    source = folder / "en.json"
    source.write_text(json.dumps(SMALL), encoding="utf-8")
    path = folder / name
    path.write_text(messages if isinstance(messages, str) else json.dumps(messages), encoding="utf-8")
    return locales.faults(path, source)


@pytest.mark.parametrize("path", locales.files(), ids=lambda path: path.stem)
def test_language_lacks_nothing(path: Path) -> None:
    assert not (faults := locales.faults(path)), "\n".join(["", *faults])


def test_complete_translation_has_no_faults(tmp_path: Path) -> None:
    assert found(tmp_path, POLISH) == []


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("ask", None, 'ask: is missing; English says "Shall we look again at {time}?"'),
        ("asked", "Tak", "asked: English has no such key"),
        ("ask", "Czy sprawdzić?", "ask: lacks {time}"),
        ("ask", "Czy o {time} {hour}?", "ask: has {hour}, which nobody fills in"),
        ("ask", "Czy o {time} {?", "ask: has a brace that belongs to no placeholder"),
        ("ask", "Czy o {time}? ", "ask: begins or ends with a blank"),
        ("ask", " ", "ask: is empty"),
        ("ask", "Czy <b>o {time}</b>?", "ask: must be plain text, without HTML"),
        ("ask", "Czy o&nbsp;{time}?", "ask: must be plain text, without HTML"),
        ("ask", {"other": "Czy o {time}?"}, "ask: must be one text, as in English"),
        ("ask", 7, "ask: must be one text, as in English"),
        ("ask", SMALL["ask"], "ask: is still English"),
        ("ahead", "{count} osób", "ahead: must have the forms few, many, one, other, zero"),
        ("ahead", POLISH["ahead"] | {"few": None}, "ahead: lacks the form 'few', as for 2, 3, 4, 22"),
        ("ahead", POLISH["ahead"] | {"many": None}, "ahead: lacks the form 'many', as for 0, 5, 6, 7"),
        ("ahead", POLISH["ahead"] | {"other": None}, "ahead: lacks the form 'other', as for 1.5"),
        ("ahead", POLISH["ahead"] | {"zero": None}, "ahead: lacks the form 'zero', as for 0"),
        ("ahead", POLISH["ahead"] | {"two": "dwie"}, "ahead: has the form 'two', which this language does not use"),
        ("ahead", POLISH["ahead"] | {"few": "osoby"}, "ahead: (few) lacks {count}"),
        ("language.direction", "rtl", "language.direction: is ltr in this language, not rtl"),
        ("language.name", None, "language.name: is missing"),
        ("language.review", SMALL["language.review"], "language.review: is still English"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, key: str, value: object, fault: str) -> None:
    if isinstance(value, dict):
        value = {form: text for form, text in value.items() if text is not None}
    messages = {name: text for name, text in {**POLISH, key: value}.items() if text is not None}
    assert f"pl.json: {fault}" in found(tmp_path, messages)


def test_other_order_than_in_english_is_said(tmp_path: Path) -> None:
    turned = dict(reversed(POLISH.items()))
    assert found(tmp_path, turned) == ["pl.json: ahead: stands at another place than in English"]


def test_key_that_stands_twice_is_said(tmp_path: Path) -> None:
    assert found(tmp_path, '{"ask": "o {time}", "ask": "o {time}"}') == ["pl.json: has a key twice: ask"]


def test_file_that_is_no_json_is_said(tmp_path: Path) -> None:
    assert "Expecting value" in found(tmp_path, '{"ask": }')[0]


@pytest.mark.parametrize("name", ["polish.json", "pl_PL.json", "xx.json"])
def test_name_that_is_no_language_is_said(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, POLISH, name)[0].startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("language", "text", "advice"),
    [
        ("fr", "Regarder à {time}?", "narrow no-break space"),
        ("fr", "Attente : {time}", "no-break space (U+00A0) stands before :"),
        ("fr", "Vérifier l'heure {time}", "the apostrophe is ’"),
        ("es", "Mirar otra vez a las {time}?", "a question opens with ¿"),
        ("de", 'Um {time} "noch einmal"', "opening quotation marks are „"),
    ],
)
def test_marks_of_the_wrong_keyboard_are_said(tmp_path: Path, language: str, text: str, advice: str) -> None:
    faults = found(tmp_path, POLISH | {"ask": text}, f"{language}.json")
    assert any(advice in fault for fault in faults)


def test_words_of_the_glossary_are_those_of_the_pages() -> None:
    table = [line for line in documents.section("docs/languages.md", "Words").splitlines() if line.startswith("| ")]
    languages, *words = ([cell.strip() for cell in line.split("|")[2:-1]] for line in table)
    for language, column in zip(languages, zip(*words, strict=True), strict=True):
        said = (
            json.dumps(locales.read(locales.FOLDER / f"{language}.json"), ensure_ascii=False)
            .replace("\u00a0", " ")
            .casefold()
        )
        assert not [word for word in column if word.casefold() not in said], language


def test_command_says_that_all_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    assert locales.main(["en"]) == 0
    assert capsys.readouterr().out == "complete: en\n"
