"""The form as a browser without scripts sends it."""

from __future__ import annotations

import pytest

from queueing.pages import entries
from tests.queueing.pages.visitors import ENTRY


def faults(**changed: str) -> list[tuple[str, str, str]]:
    entry = entries.read(ENTRY | changed, "de")
    assert entry.form is None
    return [(fault.field, fault.code, fault.input) for fault in entry.faults]


def born(day: str, month: str, year: str) -> dict[str, str]:
    return {"date_of_birth_day": day, "date_of_birth_month": month, "date_of_birth_year": year}


def test_whole_form_is_read_with_the_language_of_its_page() -> None:
    entry = entries.read(ENTRY, "de")
    assert entry.form is not None
    assert (entry.form.date_of_birth.isoformat(), entry.form.language) == ("1969-03-12", "de")
    assert entry.typed == ENTRY


def test_digits_of_every_keyboard_count() -> None:
    entry = entries.read(ENTRY | born("٢٧", "۳", "١٩٨٠"), "ar")
    assert entry.form is not None
    assert entry.form.date_of_birth.isoformat() == "1980-03-27"


@pytest.mark.parametrize("pasted", ["27.3.1980", "27 / 03 / 1980", "1980-03-27", "27. 3. 1980.", "٢٧/٣/١٩٨٠"])
@pytest.mark.parametrize("part", range(3))
def test_whole_date_in_one_of_the_fields_counts(pasted: str, part: int) -> None:
    parts = ["", "", ""]
    parts[part] = pasted
    entry = entries.read(ENTRY | born(*parts), "en")
    assert entry.form is not None
    assert entry.form.date_of_birth.isoformat() == "1980-03-27"


@pytest.mark.parametrize(
    ("parts", "code", "wrong"),
    [
        (("", "", ""), "required", "day"),
        (("27.3.80", "", ""), "bad_date", "year"),
        (("27.3.1980", "3", ""), "no_year", "year"),
        (("12", "", ""), "required", "month"),
        (("12", "3", " "), "no_year", "year"),
        (("", "3", "1969"), "no_day", "day"),
        (("twelve", "3", "1969"), "bad_date", "day"),
        (("12", "3", "69"), "bad_date", "year"),
        (("12", "123", "1969"), "bad_date", "month"),
        (("30", "2", "1969"), "no_such_date", "day"),
        (("1", "1", "2999"), "in_future", "day"),
        (("1", "1", "1800"), "too_old", "day"),
        (("²", "3", "1969"), "bad_date", "day"),
    ],
)
def test_date_of_birth_says_what_is_wrong_and_where(parts: tuple[str, str, str], code: str, wrong: str) -> None:
    assert faults(**born(*parts)) == [("date_of_birth", code, f"date_of_birth_{wrong}")]


def test_faults_come_in_the_order_of_the_form() -> None:
    assert [field for field, _code, _input in faults(document_number="", given_names="")] == [
        "given_names",
        "document_number",
    ]


def test_empty_form_asks_for_everything() -> None:
    entry = entries.read({}, "en")
    assert [fault.field for fault in entry.faults] == list(entries.claims.FIELDS)


def test_nothing_that_was_typed_shows_in_what_is_written_down() -> None:
    assert "Ieva" not in repr(entries.read(ENTRY, "en"))
