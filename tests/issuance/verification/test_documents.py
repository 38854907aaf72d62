import io
import random
import struct
import zlib

import pytest
import zxingcpp
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from issuance import errors, pdf
from issuance.verification import documents
from tests.issuance import samples
from tests.issuance.verification import forge


def drawn(text):
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(zxingcpp.write_barcode_to_image(barcode, scale=4)).convert("RGB")


def saved(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def texts(document):
    return [found.text for found in documents.codes(document)]


def refusal(document):
    with pytest.raises(errors.Unreadable) as refused:
        documents.codes(document)
    return str(refused.value)


@pytest.fixture(scope="module")
def code(by):
    return forge.code(by)


@pytest.fixture(scope="module")
def other(by):
    return forge.code(by, payload=forge.PAYLOADS["test"])


def test_passport_that_we_issue_is_read(signer):
    issued = samples.issued(signer)
    [found] = documents.codes(pdf.render(pdf.page(issued)))
    assert (found.text, found.page) == (issued.hc1, 1)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_is_read(code, kind):
    assert texts(saved(drawn(code), kind)) == [code]


def test_photograph_of_a_page_is_read(code):
    picture = drawn(code)
    page = Image.new("RGB", (picture.width * 3, picture.height * 3), (236, 233, 225))
    page.paste(picture, (picture.width, picture.height // 2))
    assert texts(saved(page.rotate(11, fillcolor=(90, 80, 70)), "JPEG", quality=70)) == [code]


def test_every_page_is_read_and_named(code, other):
    blank = Image.new("RGB", (400, 400), "white")
    document = saved(drawn(code), "PDF", save_all=True, append_images=[blank, drawn(other), drawn(code)])
    found = [(one.text, one.page) for one in documents.codes(document)]
    assert found == [(code, 1), (other, 3), (code, 4)]


def test_text_is_searched(code, other):
    text = f"Dear officer,\nmy certificate: {code}\r\nand the test:\n{other}\n"
    assert texts(text.encode()) == [code, other]
    assert texts(f'{{"code": "{code}"}}'.encode()) == [code]


def test_code_that_stands_there_twice_is_judged_once(code):
    assert texts(f"{code}\n{code}\n".encode()) == [code]


def test_other_codes_count_only_where_no_certificate_is(code):
    both = Image.new("RGB", (1_200, 600), "white")
    both.paste(drawn("https://example.org"), (20, 20))
    alone = saved(both, "PNG")
    both.paste(drawn(code), (500, 20))
    assert texts(saved(both, "PNG")) == [code]
    assert texts(alone) == ["https://example.org"]


@pytest.mark.parametrize(
    "document",
    [b"", b"  \n", b"nothing to see", "Größe".encode(), b"\xff\xfe\x00", saved(Image.new("L", (300, 300), 255), "PNG")],
    ids=["empty", "blank", "text", "umlauts", "no text", "white picture"],
)
def test_document_without_a_code_says_so(document):
    assert refusal(document) == "No code was found in the document."


def test_pdf_without_a_code_says_so():
    empty = FPDF()
    empty.add_page()
    assert refusal(bytes(empty.output())) == "No code was found in the document."


def test_damaged_and_locked_documents_say_so(code):
    assert "damaged" in refusal(b"%PDF-1.7 and nothing more")
    locked = FPDF()
    locked.add_page()
    locked.set_encryption("owner", "user")
    assert "password" in refusal(bytes(locked.output()))
    assert "damaged" in refusal(saved(drawn(code), "PNG")[:-2_000])


def test_document_that_is_too_large_is_not_opened():
    assert refusal(bytes(documents.LARGEST_BYTES + 1)) == "The document is larger than 5 MB."


def test_pdf_of_too_many_pages_is_not_read():
    long = FPDF()
    for _ in range(documents.MOST_PAGES + 1):
        long.add_page()
    assert refusal(bytes(long.output())) == "The PDF has more than 20 pages."


@pytest.mark.parametrize("side", [7_000, 10_000, 60_000])
def test_picture_of_too_many_dots_is_not_unpacked(side):
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(100_000), 9)
    chunks = b"".join(_chunk(kind, data) for kind, data in ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")))
    assert refusal(b"\x89PNG\r\n\x1a\n" + chunks) == "The picture is too large."


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_page_of_any_size_is_drawn_in_bounds(code):
    poster = FPDF(unit="pt", format=(14_000, 14_000))
    poster.add_page()
    poster.image(drawn(code), 3_000, 3_000, 6_000)
    assert texts(bytes(poster.output())) == [code]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "PDF"])
def test_damage_of_any_kind_is_told_as_such(code, kind):
    whole = saved(drawn(code), kind)
    chance = random.Random(kind)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        _read_or_refused(bytes(damaged[: chance.randrange(1, len(damaged))] if chance.random() < 0.3 else damaged))


@given(
    st.sampled_from((b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF    WEBPVP8 ")), st.binary()
)
@settings(max_examples=200, deadline=None)
def test_no_document_makes_it_stumble(beginning, rest):
    _read_or_refused(beginning + rest)


def _read_or_refused(document):
    try:
        documents.codes(document)
    except errors.Unreadable:
        pass
