import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from fontTools import ttLib

from issuance import certificate, pdf, products
from issuance.fonts import faces
from issuance.paper import lines, setting, squares, words
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


@pytest.mark.parametrize(("length", "level"), [(300, "Q"), (426, "Q"), (427, "M"), (600, "M"), (601, "L"), (758, "L")])
def test_level_is_the_highest_whose_squares_are_large_enough(pages, length, level):
    page = replace(pages["latin"], hc1="HC1:" + "A" * (length - 4))
    found = zxingcpp.read_barcodes(picture(pdf.render(page), 300))
    assert [(one.ec_level, one.text) for one in found] == [(level, page.hc1)]
    assert squares.CODE_MM / squares.of(page.hc1).side > 0.54


@pytest.mark.parametrize("script", samples.SCRIPTS)
def test_code_of_a_long_name_reads_at_100_dpi(signer, script):
    holder = dict(zip(samples.SCRIPTS, samples.PEOPLE, strict=True))[script]
    long = replace(holder, family=f"{holder.family} {holder.family}", given=f"{holder.given} {holder.given}")
    page = pdf.page(samples.issued(signer, long))
    assert codes(picture(pdf.render(page))) == [page.hc1]


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
        "2 / 2",
        "2021-06-14",
        samples.IDENTIFIER,
        "Vestibule SPECIMEN authority (XX)",
        "2026-11-22 14:00 UTC",
        "2027-05-21 14:00 UTC",
        "Passeport sanitaire",
        "Date de naissance",
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
    document = pdf.render(pdf.page(samples.issued(signer, holder)))
    with opened(document) as opened_document:
        written = opened_document[0].get_textpage()
        above, below = (written.get_charbox(written.search(word).get_next()[0]) for word in ("Surname", "AL FALASTINI"))
    image, dots = picture(document, 300), 300 / 72
    top, bottom = (int((297 / 25.4 * 72 - edge) * dots) for edge in (above[1] - 1, below[3]))
    line = image.crop((int(11 / 25.4 * 300), top, int(60 / 25.4 * 300), bottom)).point(
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


@pytest.mark.parametrize(("script", "most_bytes"), [("latin", 25_000), ("arabic", 32_000)])
def test_page_is_small(pages, script, most_bytes):
    assert len(pdf.render(pages[script])) <= most_bytes


def test_letter_that_no_font_has_is_noticed_before_drawing_and_not_named(pages):
    page = replace(pages["latin"], family="王小明")
    with pytest.raises(faces.MissingGlyph) as caught:
        pdf.render(page)
    assert "王" not in str(caught.value)


def test_every_citizen_and_every_product_can_be_printed():
    for person in people.people(500):
        assert faces.can_draw(person.family_name)
        assert faces.can_draw(person.given_names)
    for product in products.every():
        assert faces.can_draw(product.name + product.holder)


def test_fonts_carry_their_licence_and_their_name():
    folder = Path(faces.__file__).parent
    for face in faces.EVERY:
        with ttLib.TTFont(folder / f"{face.name}.ttf") as font:
            assert str(font["name"].getDebugName(6)).startswith("Noto")
            assert str(font["name"].getDebugName(0)) in (folder / "LICENSE.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "LICENSE.txt").read_text()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_longest_names_stay_above_the_code(signer, language):
    long = replace(samples.LATIN, family="Wolfeschlegelsteinhausen " * 4, given="W" * 80)
    page = pdf.page(samples.issued(signer, long), language)
    document = pdf.render(page)
    assert codes(picture(document, 150)) == [page.hc1]
    with opened(document) as opened_document:
        written = opened_document[0].get_textpage()
        found = written.search("1984-03-07").get_next()
        _left, bottom, _right, _top = written.get_charbox(found[0])
    assert bottom > (297 - 88) / 25.4 * 72


def citizens():
    """Two of every script."""
    found = {script: [] for script in people.SCRIPTS}
    for person in people.people(400):
        if len(found[person.script]) < 2:
            found[person.script].append(person)
    return [person for two in found.values() for person in two]


@pytest.mark.parametrize("citizen", citizens(), ids=lambda citizen: f"{citizen.script}-{citizen.number}")
def test_two_citizens_of_every_script_get_a_page_whose_code_verifies(signer, citizen):
    holder = certificate.Person(
        citizen.family_name,
        citizen.given_names,
        citizen.latin_family_name or "",
        citizen.latin_given_names or "",
        citizen.date_of_birth,
    )
    issued = samples.issued(signer, holder)
    document = pdf.render(pdf.page(issued))
    (read,) = codes(picture(document))
    assert samples.verified(read, signer)[-260][1] == issued.payload
    written = text(document)
    assert citizen.family_name in written
    assert citizen.given_names in written


def test_nothing_about_a_person_is_remembered(pages):
    pdf.render(pages["latin"])
    remembered = lines.fixed.cache_info().currsize, len(setting._set_before)
    pdf.render(
        replace(pages["latin"], family="Canarybird", birth_date="1999-09-09", certificate_id="URN:UVCI:01:XX:A#B")
    )
    assert (lines.fixed.cache_info().currsize, len(setting._set_before)) == remembered


def test_no_document_leaves_anything_in_the_next_one(pages):
    """Many names and scripts, in turns, in one process and its threads: each as a process of its own makes it."""
    wanted = [
        replace(pages[script], family=person.family_name, given=person.given_names)
        for person, script in zip(people.people(60), samples.SCRIPTS * 10, strict=False)
    ]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(pdf.render, wanted))
    for content, document in zip(wanted, together, strict=True):
        assert content.family in text(document)
    lonely = "import pickle, sys; from issuance import pdf; page = pickle.load(sys.stdin.buffer)"
    lonely += "; sys.stdout.buffer.write(pdf.render(page))"
    for content, document in list(zip(wanted, together, strict=True))[-4:]:
        alone = subprocess.run(
            [sys.executable, "-c", lonely], input=pickle.dumps(content), capture_output=True, check=True
        )
        assert alone.stdout == document


def test_person_with_one_name_has_a_page(signer):
    page = pdf.page(samples.issued(signer, replace(samples.LATIN, given="")))
    assert "Given names" not in text(pdf.render(page))


def test_name_in_a_script_without_a_font_stands_in_latin_letters(signer):
    holder = certificate.Person("李", "小龍", "LEE", "SIU LUNG", date(1940, 11, 27))
    content = pdf.page(samples.issued(signer, holder))
    assert (content.family, content.given) == ("LEE", "SIU LUNG")
    assert pdf.render(content).startswith(b"%PDF")
