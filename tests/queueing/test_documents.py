import zlib

import pytest

from queueing import documents
from tests.queueing.handed import VIEW


def test_pdf_and_view_come_back_as_they_were_packed() -> None:
    packed = documents.pack(b"%PDF-1.7 \x00\xff", VIEW)
    assert documents.pdf_of(packed) == b"%PDF-1.7 \x00\xff"
    assert documents.view_of(packed) == VIEW
    assert documents.pack(b"%PDF-1.7 \x00\xff", VIEW) == packed


def test_pdf_alone_of_a_worker_before_this_one_is_handed_out_without_a_view() -> None:
    assert documents.pdf_of(b"%PDF-1.7 alone") == b"%PDF-1.7 alone"
    assert documents.view_of(b"%PDF-1.7 alone") is None


def test_web_process_from_before_hands_out_what_readers_open_all_the_same() -> None:
    assert documents.pack(b"%PDF-1.7 first", VIEW).startswith(b"%PDF-1.7 first")


def test_path_has_a_box_for_each_run_of_dark_squares() -> None:
    # 101 / 010 / 110
    assert VIEW.code.path == "M0 0h1v1h-1zM2 0h1v1h-1zM1 1h1v1h-1zM0 2h2v1h-2z"
    assert VIEW.code.size == 11


@pytest.mark.parametrize(
    ("text", "direction"), [("Anna", "ltr"), ("محمد", "rtl"), ("יעל", "rtl"), ("2021-06-14", "ltr"), ("", "ltr")]
)
def test_direction_is_that_of_the_first_letter(text: str, direction: str) -> None:
    assert documents.Phrase(text=text).direction == direction


def test_what_cannot_be_read_is_not_quoted() -> None:
    facts = zlib.compress(b'{"issuer": ["Canarybird"]}')
    with pytest.raises(ValueError, match="issuer") as caught:
        documents.view_of(b"%PDF" + facts + len(facts).to_bytes(4) + documents._TAIL)
    assert "Canarybird" not in str(caught.value)
