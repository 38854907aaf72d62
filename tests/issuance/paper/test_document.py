"""The rules of PDF/A-2u (ISO 19005-2) that our pages touch, one by one, and what makes a page accessible (tags).

A validator of all rules (veraPDF) is a Java program that no package manager of ours has.
"""

import io
import re
import xml.etree.ElementTree as ET

import pypdf
import pytest
from fontTools import ttLib
from PIL import ImageCms

from issuance import pdf
from issuance.paper import words
from tests.issuance import samples

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


@pytest.fixture(scope="module")
def written(signer):
    return {
        script: pdf.render(pdf.page(samples.issued(signer, person), tag))
        for script, person, tag in zip(samples.SCRIPTS, samples.PEOPLE, words.LANGUAGES, strict=True)
    }


@pytest.fixture(scope="module", params=samples.SCRIPTS)
def document(request, written):
    return pypdf.PdfReader(io.BytesIO(written[request.param]), strict=True)


def fonts(document):
    return {name: font.get_object() for name, font in document.pages[0]["/Resources"]["/Font"].items()}


def content(document):
    return document.pages[0].get_contents().get_data().decode("latin-1")


def shown(document):
    """(font, glyphs) of every string of the page."""
    font = ""
    for name, strings in re.findall(r"/(\S+) [\d.]+ Tf|(\[.*?\]) TJ", content(document)):
        font = f"/{name}" if name else font
        for text in re.findall(r"<([0-9A-F]+)>", strings):
            yield from ((font, int(text[at : at + 4], 16)) for at in range(0, len(text), 4))


def letters(font):
    """What ToUnicode says of each glyph."""
    pairs = re.findall(r"<([0-9A-F]{4})><([0-9A-F]+)>", font["/ToUnicode"].get_data().decode())
    return {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs}


def elements(node):
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        if not isinstance(kid, int):
            yield kid.get_object()
            yield from elements(kid.get_object())


def test_file_says_that_it_is_binary_and_who_it_is(document, written):
    for one in written.values():
        assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}\n", one)
        assert one.endswith(b"%%EOF\n")
    assert len(document.trailer["/ID"]) == 2
    assert "/Encrypt" not in document.trailer


def test_metadata_claims_pdf_a_2u_and_agrees_with_the_older_dictionary(document):
    stream = document.trailer["/Root"]["/Metadata"]
    assert "/Filter" not in stream
    described = ET.fromstring(stream.get_data().decode())[0][0]  # noqa: S314 ours
    values = {child.tag.rpartition("}")[2]: "".join(child.itertext()).strip() for child in described}
    assert (values["part"], values["conformance"]) == ("2", "U")
    information = document.trailer["/Info"]
    assert values["title"] == information["/Title"] == "Health passport"
    assert values["creator"] == information["/Author"]
    assert values["Producer"] == information["/Producer"]
    assert values["CreateDate"] == "2026-11-22T14:00:00Z"
    assert information["/CreationDate"] == information["/ModDate"] == "D:20261122140000Z"


def test_colours_mean_srgb(document):
    (intent,) = document.trailer["/Root"]["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    profile = ImageCms.getOpenProfile(io.BytesIO(intent["/DestOutputProfile"].get_data()))
    assert profile.profile.xcolor_space.strip() == "RGB"
    assert profile.profile.version == pytest.approx(2.1)
    assert ImageCms.getProfileName(profile).strip() == "sRGB"


def test_every_font_is_embedded_with_just_the_glyphs_shown_and_their_widths(document):
    used = {}
    for name, glyph in shown(document):
        used.setdefault(name, set()).add(glyph)
    assert used.keys() == fonts(document).keys()
    for name, font in fonts(document).items():
        (descendant,) = (one.get_object() for one in font["/DescendantFonts"])
        program = descendant["/FontDescriptor"]["/FontFile2"]
        data = program.get_data()
        assert len(data) == program["/Length1"]
        with ttLib.TTFont(io.BytesIO(data), checkChecksums=2) as inside:
            order = inside.getGlyphOrder()
            drawn = {number for number, glyph in enumerate(order) if inside["glyf"][glyph].numberOfContours}
            advances = {number: inside["hmtx"][order[number]][0] for number in used[name]}
        assert drawn <= used[name] | {0}
        assert widths(descendant).items() >= advances.items()
        assert font["/BaseFont"] == descendant["/BaseFont"] == descendant["/FontDescriptor"]["/FontName"]
        assert re.match(r"/[A-Z]{6}\+Noto", font["/BaseFont"])


def widths(descendant):
    listed, found = list(descendant["/W"]), {}
    for first, run in zip(listed[::2], listed[1::2], strict=True):
        found |= {first + place: width for place, width in enumerate(run)}
    return found


def test_no_box_is_shown_and_every_glyph_has_its_letters(document):
    for name, glyph in shown(document):
        assert glyph != 0
        text = letters(fonts(document)[name])[glyph]
        assert text
        assert not set(text) & {"\0", "\ufeff", "\ufffe"}


def test_nothing_is_transparent_nothing_acts_nothing_is_attached(document):
    page = document.pages[0]
    assert not {"/Group", "/Annots", "/AA", "/ExtGState"} & (page.keys() | page["/Resources"].keys())
    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm", "/OCProperties"} & document.trailer["/Root"].keys()
    for drawing in page["/Resources"]["/XObject"].values():
        assert not {"/SMask", "/Group", "/OPI", "/Alternates"} & drawing.get_object().keys()


def test_page_is_tagged_and_says_its_languages(document):
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    roles = [element["/S"] for element in elements(root["/StructTreeRoot"])]
    assert roles[0] == "/Document"
    assert roles.count("/H1") == 1
    assert roles.count("/H2") == 3
    assert roles.count("/LI") == roles.count("/LBody") == roles.count("/Lbl")
    tags = {str(element["/Lang"]) for element in elements(root["/StructTreeRoot"]) if "/Lang" in element}
    assert len(tags) == 2
    assert "en" in tags


def test_code_has_an_alternative_text(document):
    (figure,) = (one for one in elements(document.trailer["/Root"]["/StructTreeRoot"]) if one["/S"] == "/Figure")
    assert figure["/Alt"].startswith("Code with the signed certificate")


def test_all_content_is_marked_once_and_belongs_to_an_element(document):
    text = content(document)
    numbers = [int(number) for number in re.findall(r"/MCID (\d+)", text)]
    assert numbers == list(range(len(numbers)))
    kids = [kid for one in elements(document.trailer["/Root"]["/StructTreeRoot"]) for kid in one["/K"]]
    assert sorted(kid for kid in kids if isinstance(kid, int)) == numbers
    owners = document.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"][1]
    assert len(owners) == len(numbers)
    for number, owner in enumerate(owners):
        assert number in owner.get_object()["/K"]
    depth = 0
    for operator in re.findall(r"\b(BMC|BDC|EMC|Tj|TJ|Do|f|S)\b", text):
        depth += {"BMC": 1, "BDC": 1, "EMC": -1}.get(operator, 0)
        assert depth > 0 or operator == "EMC"
