import re
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from issuance import handout, pdf
from issuance.paper import reading, squares
from queueing import documents
from tests.issuance import samples


@pytest.fixture(scope="module")
def page(signer):
    return pdf.page(samples.issued(signer, samples.HEBREW), "ar")


@pytest.fixture(scope="module")
def view(page):
    return reading.view(page, squares.of(page.hc1))


def test_page_to_be_read_says_what_the_paper_says(page, view):
    said = {fact.label[0].text: fact for section in view.sections for fact in section.facts}
    assert said["Surname"].value == documents.Phrase(text="בן-גוריון", language="he")
    assert said["Surname"].also == "BEN GURION"
    assert said["Date of birth"].value.text == "1992-05-05"
    assert said["Identifier"].value.text == samples.IDENTIFIER
    assert said["Valid until"].value.text == "2027-05-21 14:00 UTC"
    assert len(said) == 14
    assert view.code.text == page.hc1


def test_labels_stand_in_both_languages_and_equal_ones_once(page, view):
    assert [(phrase.language, phrase.direction) for phrase in view.title] == [("en", "ltr"), ("ar", "rtl")]
    french = reading.view(replace(page, language="en"), squares.of(page.hc1))
    dose = next(fact for fact in french.sections[1].facts if fact.label[0].text == "Dose")
    assert [phrase.language for phrase in dose.label] == ["en"]


@pytest.mark.parametrize(
    ("person", "language"),
    list(zip(samples.PEOPLE, [None, "el", "und-Cyrl", "ka", "hy", "he", "ar"], strict=True)),
    ids=samples.SCRIPTS,
)
def test_names_carry_the_language_of_their_script(signer, person, language):
    content = pdf.page(samples.issued(signer, person))
    family = reading.view(content, squares.of(content.hc1)).sections[0].facts[0]
    assert family.value.language == language


def test_code_on_the_page_reads(page, view):
    pixels = 4
    image = Image.new("L", (view.code.size * pixels,) * 2, 255)
    draw = ImageDraw.Draw(image)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", view.code.path):
        left, top = (int(x) + 4) * pixels, (int(y) + 4) * pixels
        draw.rectangle((left, top, left + int(width) * pixels - 1, top + pixels - 1), fill=0)
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [page.hc1]


def test_both_are_handed_over_in_one(page, view):
    handed = handout.make(page)
    assert documents.pdf_of(handed) == pdf.render(page)
    assert documents.view_of(handed) == view
    assert len(handed) - len(documents.pdf_of(handed)) < 4_000
    with pypdfium2.PdfDocument(handed) as whole:
        assert "BEN GURION" in whole[0].get_textpage().get_text_range()
