import json
import unicodedata
from pathlib import Path

import pytest

from issuance import pdf
from issuance.fonts import faces
from issuance.paper import lines, words
from tests.issuance import samples

SEVEN = ("en", "de", "fr", "es", "pl", "el", "ar")


def test_there_are_seven_languages():
    assert set(words.LANGUAGES) == set(SEVEN)


@pytest.mark.parametrize("tag", SEVEN)
def test_no_language_lacks_a_text_or_has_one_too_many(tag):
    first, _second = words.pair("en")
    language = words.pair(tag)[1] if tag != "en" else first
    assert language.words.keys() == first.words.keys()
    assert all(text.strip() == text and text for text in language.words.values())


@pytest.mark.parametrize("tag", SEVEN)
def test_languages_say_who_wrote_them(tag):
    path = Path(words.__file__).parent / "languages" / f"{tag}.json"
    assert "Written by the project" in json.loads(path.read_text(encoding="utf-8"))["_"]


@pytest.mark.parametrize("tag", SEVEN)
def test_packaged_fonts_have_all_letters_of_all_texts(tag):
    for language in words.pair(tag):
        for key in language.words:
            for family in (faces.PLAIN, faces.STRONG, faces.SOLEMN):
                if key in ("title", "subtitle", "certificate", "checking") or family is not faces.SOLEMN:
                    assert lines.line(language[key], family).runs


def test_arabic_labels_run_to_the_left():
    arabic = words.pair("ar")[1]
    assert all(lines.is_to_the_left(text) for text in arabic.words.values())
    assert all(unicodedata.bidirectional(text[0]) == "AL" for text in arabic.words.values())


@pytest.mark.parametrize(("tag", "second"), [("en", "fr"), ("de", "de"), ("ja", "fr"), ("", "fr"), ("ar", "ar")])
def test_second_language_is_the_readers_else_french(tag, second):
    assert [language.tag for language in words.pair(tag)] == ["en", second]


@pytest.mark.parametrize("tag", SEVEN)
def test_page_in_every_language_can_be_set(signer, tag):
    assert pdf.render(pdf.page(samples.issued(signer), tag)).startswith(b"%PDF-1.7")
