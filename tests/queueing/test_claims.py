from __future__ import annotations

import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from queueing import claims

GOOD = {
    "given_names": "Ieva Dzidra",
    "family_name": "Ozoliņa",
    "date_of_birth": "1969-03-12",
    "document_number": "XX7720646",
}
TODAY = datetime.datetime.now(claims.EARLIEST_ZONE).date()


def codes(**changed: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        claims.Claims.model_validate(GOOD | changed)
    return claims.problems_in(caught.value.errors())[1]


@pytest.mark.parametrize(
    "name",
    [
        "O’Neill",
        "D'Arc",
        "Müller-Lüdenscheidt",
        "Παπαδόπουλος",
        "Гагарин",
        "შოთა",
        "Հովհաննիսյան",
        "דוד",
        "محمد",
        "李小龍",
        "Jr.",
        "ʻOkina"[1:],
    ],
)
def test_names_of_every_script_are_taken(name: str) -> None:
    assert claims.Claims.model_validate(GOOD | {"family_name": name}).family_name == name


def test_details_come_into_normal_form() -> None:
    read = claims.Claims.model_validate(
        {
            "given_names": "  Jose\u0301   Mari\u0301a ",
            "family_name": "Ruiz",
            "date_of_birth": "1990-01-02",
            "document_number": " ab 12\uff13-4 ",
        }
    )
    assert (read.given_names, read.document_number) == ("José María", "AB 123-4")


@pytest.mark.parametrize("number", ["AB ١٢٣٤", "ab ۱۲۳۴", "AB १२३४"])
def test_digits_of_every_script_are_those_of_the_document(number: str) -> None:
    assert claims.Claims.model_validate(GOOD | {"document_number": number}).document_number == "AB 1234"


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("given_names", "", "required"),
        ("given_names", "   ", "required"),
        ("given_names", None, "required"),
        ("given_names", 7, "required"),
        ("given_names", "a" * 81, "too_long"),
        ("given_names", "a" * 100_000, "too_long"),
        ("given_names", "Eve\x00", "bad_characters"),
        ("given_names", "Eve\nMallory", "bad_characters"),
        ("given_names", "Eve\u202egnirob", "bad_characters"),
        ("given_names", "Eve\u200f", "bad_characters"),
        ("given_names", "Eve \U0001f600", "bad_characters"),
        ("given_names", "R2D2", "bad_characters"),
        ("given_names", "---", "bad_characters"),
        ("given_names", "<script>", "bad_characters"),
        ("family_name", "\ud800", "bad_characters"),
        ("family_name", "\u3164", "bad_characters"),
        ("family_name", "A\u034fnn", "bad_characters"),
        ("family_name", "A\ufe0fnn", "bad_characters"),
        ("family_name", "A" + "\u0301" * 40, "bad_characters"),
        ("document_number", "", "required"),
        ("document_number", "AB1", "too_short"),
        ("document_number", "A" * 33, "too_long"),
        ("document_number", "AB;DROP", "bad_characters"),
        ("document_number", "12|34567", "bad_characters"),
        ("document_number", "ÄÖ12345", "bad_characters"),
        ("date_of_birth", "", "required"),
        ("date_of_birth", "12.3.1969", "bad_date"),
        ("date_of_birth", "1969-3-12", "bad_date"),
        ("date_of_birth", "1969-03-12T00:00", "bad_date"),
        ("date_of_birth", "١٩٦٩-٠٣-١٢", "bad_date"),
        ("date_of_birth", 19690312, "required"),
        ("date_of_birth", "1969-02-29", "no_such_date"),
        ("date_of_birth", "1969-13-01", "no_such_date"),
        ("date_of_birth", "0000-01-01", "no_such_date"),
        ("date_of_birth", (TODAY + datetime.timedelta(days=1)).isoformat(), "in_future"),
        ("date_of_birth", "9999-01-01", "in_future"),
        ("date_of_birth", "1850-01-01", "too_old"),
    ],
)
def test_each_field_says_what_is_wrong(field: str, text: Any, code: str) -> None:
    assert codes(**{field: text}) == {field: [code]}


def test_child_born_today_is_not_of_the_future() -> None:
    assert claims.Claims.model_validate(GOOD | {"date_of_birth": TODAY.isoformat()})


def test_every_missing_field_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        claims.Claims.model_validate({})
    messages, codes_ = claims.problems_in(caught.value.errors())
    assert set(messages) == set(claims.FIELDS)
    assert set(map(tuple, codes_.values())) == {("required",)}


def test_no_message_repeats_what_was_typed() -> None:
    with pytest.raises(ValidationError) as caught:
        claims.Claims.model_validate(
            {
                "given_names": "CANARY1\x00",
                "family_name": "CANARY2" * 40,
                "date_of_birth": "CANARY3",
                "document_number": "CANARY4;",
            }
        )
    shown = str(claims.problems_in(caught.value.errors())) + str(caught.value) + repr(caught.value)
    assert "CANARY" not in shown


def test_details_are_never_printed() -> None:
    read = claims.Claims.model_validate(GOOD)
    request = claims.Request(read, b"k" * 32)
    for shown in (repr(read), str(read), f"{read}", repr(request), f"{request}"):
        assert "Ozoli" not in shown and "1969" not in shown and "XX77" not in shown


def test_request_survives_its_journey() -> None:
    request = claims.Request(claims.Claims.model_validate(GOOD), b"k" * 32)
    assert claims.Request.from_bytes(request.to_bytes()) == request


@pytest.mark.parametrize(
    ("sent", "language"),
    [
        ("fr", "fr"),
        ("el-GR", "el"),
        (" AR ", "ar"),
        ("ja", "en"),
        ("", "en"),
        (None, "en"),
        (7, "en"),
        ("x" * 900, "en"),
    ],
)
def test_language_that_we_do_not_have_is_the_usual_one_and_nobody_is_turned_away(sent, language):
    form = claims.Form.model_validate(GOOD | {"language": sent})
    assert form.language == language
    assert claims.Form.model_validate(GOOD).language == "en"


def test_language_says_nothing_of_who_somebody_is():
    one, other = (claims.Form.model_validate(GOOD | {"language": tag}) for tag in ("fr", "pl"))
    assert one.details().to_bytes() == other.details().to_bytes() == claims.Claims.model_validate(GOOD).to_bytes()


def test_request_carries_the_language_and_reads_without_one():
    details = claims.Claims.model_validate(GOOD)
    request = claims.Request(details, b"k" * 32, "ar")
    assert claims.Request.from_bytes(request.to_bytes()) == request
    before = bytes([32]) + b"k" * 32 + details.to_bytes()
    assert claims.Request.from_bytes(before) == claims.Request(details, b"k" * 32, "en")
