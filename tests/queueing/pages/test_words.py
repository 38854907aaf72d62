"""Web and scripts say the same: both are asked, in every language. And which language a browser is answered in."""

from __future__ import annotations

import itertools
import json
import string
import subprocess
from typing import Any

import pytest
from babel import Locale, localedata

from queueing.pages import press, words
from tests.queueing.pages.node import NODE

JS = press.FRONTEND / "static" / "js"
ASK = f"""
import {{ readFileSync }} from 'node:fs';
import * as formatting from '{(JS / "formatting.js").as_uri()}';
import {{ Texts }} from '{(JS / "texts.js").as_uri()}';
const [language, messages, counts, seconds, bands] = JSON.parse(readFileSync(0, 'utf-8'));
const texts = new Texts(messages, language);
const counted = Object.keys(messages).filter((key) => typeof messages[key] !== 'string');
console.log(JSON.stringify({{
    numbers: counts.map((count) => formatting.number(count, language)),
    durations: seconds.map((one) => formatting.duration(one, language)),
    bands: bands.map((band) => formatting.band(band, language)),
    texts: counted.map((key) => counts.map((count) => texts.get(key, {{ count }}))),
}}));
"""
COUNTS = [*range(130), 1_000, 1_234, 12_345, 1_000_000]
SECONDS = [0, 1, 59, 60, 119, 120, 121, 3_599, 7_199, 7_200, 86_400]
BANDS = [(0, 30), (30, 61), (60, 120), (61, 660), (600, 900), (5_999, 12_345)]


@pytest.mark.parametrize("language", words.languages())
def test_web_and_scripts_write_alike(language: str) -> None:
    spoken = words.Words(language)
    messages = spoken.for_scripts(words.catalogue())
    asked = json.dumps([language, messages, COUNTS, SECONDS, BANDS])
    command = [NODE, "--input-type=module", "--eval", ASK]
    answered = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    assert json.loads(answered.stdout) == {
        "numbers": [spoken.number(count) for count in COUNTS],
        "durations": [spoken.duration(seconds) for seconds in SECONDS],
        "bands": [spoken.band(band) for band in BANDS],
        "texts": [
            [spoken.get(key, count=count) for count in COUNTS]
            for key, message in messages.items()
            if not isinstance(message, str)
        ],
    }


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", ("en", "en")),
        ("de", ("de", "de")),
        ("de-AT,de;q=0.9,en;q=0.8", ("de", "de-AT")),
        ("en;q=0.5, pl;q=0.9", ("pl", "pl")),
        ("xx, EL-gr;q=0.1", ("el", "EL-gr")),
        ("de;q=0, fr;q=0.2", ("fr", "fr")),
        ("fr;q=nonsense, ar", ("ar", "ar")),
        ("*", ("en", "en")),
        (",;=,,", ("en", "en")),
        ("x" * 10_000 + ",de", ("de", "de")),
    ],
)
def test_browser_is_answered_in_the_first_language_that_there_is(accepted: str, expected: tuple[str, str]) -> None:
    assert words.negotiate(accepted, words.languages()) == expected


def test_what_is_not_offered_is_not_spoken() -> None:
    assert words.negotiate("de,fr;q=0.5", ("pl", "fr")) == ("fr", "fr")
    assert words.negotiate("de", ("pl", "fr")) == ("pl", "pl")


@pytest.mark.parametrize(
    ("region", "time"),
    [("en-GB", "14:10"), ("en-US", "2:10\u202fPM"), ("en-ZZ", "2:10\u202fPM"), ("de-DE", "2:10\u202fPM")],
)
def test_times_are_written_as_the_persons_own_region_does(region: str, time: str) -> None:
    written = words.Words("en", region).time(14 * 3_600_000 + 600_000)
    assert " ".join(written.replace("\u00a0", " ").replace("\u202f", " ").split()) == f"{time} UTC".replace(
        "\u202f", " "
    )


@pytest.mark.parametrize(
    ("region", "known"),
    [
        ("es-419\u00a0", "es"),
        ("es-419", "es_419"),
        ("es-mx", "es_MX"),
        ("es-ES-tradnl", "es_ES"),
        ("es-ES-u-nu-latn", "es_ES"),
        ("es-", "es"),
        ("es-/../..", "es"),
    ],
)
def test_region_counts_as_far_as_it_is_known(region: str, known: str) -> None:
    assert str(words.Words("es", region)._locale) == known
    assert words.Words("es", region).number(1_000_000)


@pytest.mark.parametrize("tag", ["zh-TW", "zh-Hant-TW", "zh-hk", "sr-RS", "sr-Latn-RS", "en-GB", "ar-EG", "pt-BR"])
def test_regions_are_found_as_babel_finds_them(tag: str) -> None:
    assert words._locale(tag) == Locale.parse(tag, sep="-")


def test_tags_that_nobody_knows_are_not_kept() -> None:
    words.Words("es", "es-MX")
    before = localedata.exists.cache_info().currsize
    for letters in itertools.product(string.ascii_lowercase, repeat=2):
        words.Words("es", f"es-q{''.join(letters)}q")
    assert localedata.exists.cache_info().currsize == before


def test_text_that_is_missing_is_a_fault_and_no_blank() -> None:
    with pytest.raises(KeyError):
        words.Words("en").get("no.such.text")


def test_values_are_no_markup_and_no_placeholders() -> None:
    title: Any = "{heading} & <b>"
    assert words.Words("en").get("page.title", heading="Hello", room=title) == "Hello – {heading} & <b>"
