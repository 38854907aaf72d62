import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pypdfium2
import pytest
import zxingcpp
from fontTools import ttLib

from issuance import certificate, pdf, products
from issuance.fonts import faces
from issuance.registry import people
from tests.issuance import samples

try:
    from pyzbar import pyzbar
except ImportError:  # without the zbar library, which pip does not bring
    pyzbar = None

CODE_DPI = 100


def opened(document):
    return pypdfium2.PdfDocument(document)


def text(document):
    with opened(document) as opened_document:
        page = opened_document[0]
        return " ".join(page.get_textpage().get_text_range().split())


def picture(document, dpi=CODE_DPI):
    with opened(document) as opened_document:
        return opened_document[0].render(scale=dpi / 72).to_pil().convert("L")


def codes(image):
    """What an independent reader finds; ours where the machine has no zbar library."""
    if pyzbar is None:
        return [found.text for found in zxingcpp.read_barcodes(image)]
    return [found.data.decode() for found in pyzbar.decode(image)]


@pytest.fixture(scope="module")
def pages(signer):
    return {
        script: pdf.page(samples.issued(signer, person))
        for script, person in zip(samples.SCRIPTS, samples.PEOPLE, strict=True)
    }


@pytest.mark.parametrize("script", samples.SCRIPTS)
def test_code_on_the_page_reads_at_100_dpi_and_says_the_same(pages, script):
    assert codes(picture(pdf.render(pages[script]))) == [pages[script].hc1]


def test_code_is_42_mm_wide_and_each_square_is_square(pages):
    with opened(pdf.render(pages["latin"])) as document:
        image = next(one for one in document[0].get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE)
        left, bottom, right, top = image.get_bounds()
        pixels = image.get_bitmap().to_pil()
    assert right - left == pytest.approx(42 / 25.4 * 72, abs=0.05)
    assert top - bottom == pytest.approx(right - left, abs=0.01)
    modules = pixels.width // 4
    assert pixels.size == (modules * 4, modules * 4)
    squares = pixels.resize((modules, modules), resample=0).resize(pixels.size, resample=0)
    assert squares.tobytes() == pixels.tobytes()


@pytest.mark.parametrize(("family", "level"), [("Ng", "Q"), ("Montgomery-Featherstonehaugh-Cholmondeley", "M")])
def test_code_is_at_level_q_unless_its_squares_became_too_small(signer, family, level):
    page = pdf.page(samples.issued(signer, replace(samples.LATIN, family=family)))
    found = zxingcpp.read_barcodes(picture(pdf.render(page), 300))
    assert [(one.ec_level, one.text) for one in found] == [(level, page.hc1)]


def test_page_says_what_the_certificate_says(pages):
    written = text(pdf.render(pages["latin"]))
    for fact in (
        "Health passport",
        "SPECIMEN",
        "Müller-Lüdenscheidt",
        "MUELLER LUEDENSCHEIDT",
        "Anna Katharina",
        "1984-03-07",
        "COVID-19",
        "SARS-CoV-2 mRNA vaccine",
        "Comirnaty",
        "Biontech Manufacturing GmbH",
        "2 of 2",
        "2021-06-14",
        samples.IDENTIFIER,
        "Vestibule SPECIMEN authority (XX)",
        "2026-11-22 14:00 UTC",
        "2027-05-21 14:00 UTC",
    ):
        assert fact in written


@pytest.mark.parametrize("script", samples.SCRIPTS)
def test_name_in_its_own_script_is_text_in_its_own_direction_beside_its_latin_form(pages, script):
    # The reader puts letters into reading order by where they stand, so a name set the wrong way round is not found.
    written = text(pdf.render(pages[script]))
    for name in (pages[script].family, pages[script].given, pages[script].family_latin, pages[script].given_latin):
        assert name in written


def test_arabic_letters_are_joined(signer):
    holder = replace(samples.ARABIC, family="محمد")
    image = picture(pdf.render(pdf.page(samples.issued(signer, holder))), 300)
    mm = 300 / 25.4
    line = image.crop((int(19 * mm), int(57 * mm), int(100 * mm), int(65 * mm))).point(
        lambda value: value < 128 and 255
    )
    columns = [line.crop((x, 0, x + 1, line.height)).getbbox() is not None for x in range(line.width)]
    strokes = sum(now and not before for before, now in pairwise([False, *columns]))
    assert strokes == 1


def test_metadata_names_the_document_and_nobody(pages):
    document = pdf.render(pages["latin"])
    with opened(document) as opened_document:
        metadata = opened_document.get_metadata_dict()
        assert len(opened_document) == 1
    assert metadata["Title"] == "Health passport"
    assert metadata["CreationDate"].startswith("D:20261122140000")
    values = " ".join(metadata.values()).lower()
    for personal in ("müller", "mueller", "anna", "1984", samples.IDENTIFIER.lower()):
        assert personal not in values
    assert b"/Lang (en)" in document
    assert b"/Alt " in document


def test_nothing_personal_stands_uncompressed_in_the_file(pages):
    document = pdf.render(pages["latin"])
    for personal in ("Müller", "MUELLER", "Katharina", "1984-03-07", pages["latin"].hc1[:40]):
        assert personal.encode() not in document
        assert personal.encode("utf-16-be") not in document


def test_same_page_gives_the_same_bytes_from_any_thread(pages):
    wanted = [pages[script] for script in samples.SCRIPTS] * 2
    with ThreadPoolExecutor(4) as pool:
        documents = list(pool.map(pdf.render, wanted))
    assert documents[: len(samples.SCRIPTS)] == documents[len(samples.SCRIPTS) :]
    assert documents[0] == pdf.render(wanted[0])


def test_codes_of_all_sizes_are_drawn_at_once(pages):
    """fpdf2 turns black and white into CCITT by changing a setting of Pillow that all threads share."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            documents = list(pool.map(pdf.render, list(pages.values()) * 6))
    finally:
        sys.setswitchinterval(usual)
    assert all(document.startswith(b"%PDF-") for document in documents)


@pytest.mark.parametrize(("script", "most_bytes"), [("latin", 25_000), ("arabic", 35_000)])
def test_page_is_small(pages, script, most_bytes):
    assert len(pdf.render(pages[script])) <= most_bytes


def test_letter_that_no_font_has_is_noticed_before_drawing_and_not_named(pages):
    page = replace(pages["latin"], family="王小明")
    with pytest.raises(faces.MissingGlyph) as caught:
        pdf.render(page)
    assert "王" not in str(caught.value)


def test_latin_name_needs_the_small_font_only():
    assert faces.bold("Müller-Lüdenscheidt Nguyễn Țepeș").name == "latin-bold"
    assert faces.bold("Παπαδοπούλου").name == "wide-bold"


def test_every_citizen_and_every_product_can_be_printed():
    for person in people.people(500):
        assert faces.bold(person.family_name)
        assert faces.bold(person.given_names)
    for product in products.every():
        assert faces.regular(product.name + product.holder)


def test_fonts_carry_their_licence_and_no_forbidden_name():
    for face in (faces.REGULAR, faces.BOLD, faces.WIDE_BOLD):
        with ttLib.TTFont(face.path) as font:
            names = [str(font["name"].getDebugName(number)) for number in (1, 4, 6)]
        assert all("DejaVu" in name for name in names)
        assert not any(word in name for name in names for word in ("Bitstream", "Vera"))
    assert "Bitstream Vera Fonts Copyright" in (faces.REGULAR.path.parent / "LICENSE.txt").read_text()


def test_longest_names_stay_left_of_the_code(signer):
    long = replace(samples.LATIN, family="Wolfeschlegelsteinhausen " * 4, given="Hubert Blaine " * 8)
    page = pdf.page(samples.issued(signer, long))
    assert codes(picture(pdf.render(page), 150)) == [page.hc1]


def test_person_with_one_name_has_a_page(signer):
    page = pdf.page(samples.issued(signer, replace(samples.LATIN, given="")))
    assert "Given names" not in text(pdf.render(page))


def test_name_in_a_script_without_a_font_stands_in_latin_letters(signer):
    holder = certificate.Person("李", "小龍", "LEE", "SIU LUNG", date(1940, 11, 27))
    content = pdf.page(samples.issued(signer, holder))
    assert (content.family, content.given) == ("LEE", "SIU LUNG")
    assert pdf.render(content).startswith(b"%PDF")
