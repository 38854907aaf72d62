"""The fields of the form: the one module that knows what a person is asked. Checks shape, never truth.

Owns the messages shown beside a field. What was typed is never put into a message, an exception or a log.
"""

from __future__ import annotations

import datetime
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

# EU DCC schema 1.3: names hold at most 80 characters.
NAME_LENGTH = 80
# ICAO 9303 fields hold 9; some national identity numbers reach 20. Room is left for separators.
DOCUMENT_LENGTH = (4, 32)
OLDEST_YEARS = 130
NAME_MARKS = frozenset(" -'’ʼ‘`´.,·־׳״")
# Letters and marks that show nothing (Unicode, Default_Ignorable_Code_Point): two names that look alike would differ.
INVISIBLE = frozenset(
    chr(code)
    for first, last in (
        *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164)),
        *((0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF)),
    )
    for code in range(first, last + 1)
)
# Hebrew and Vietnamese stack up to three or four on a letter.
STACKED_MARKS = re.compile("m{5}")
DOCUMENT_CHARACTERS = re.compile(r"[A-Z0-9 /-]+")
# Of the words on a passport, the usual one first (BCP 47, primary tags).
LANGUAGES = ("en", "de", "fr", "es", "pl", "el", "ar")
DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
# The day begins here first: a child born today is nowhere on Earth born in the future.
EARLIEST_ZONE = datetime.timezone(datetime.timedelta(hours=14))


def _name(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise PydanticCustomError("required", "Enter the name as it stands in your document")
    if len(text) > 10 * NAME_LENGTH:
        raise PydanticCustomError("too_long", f"Use at most {NAME_LENGTH} characters")
    name = unicodedata.normalize("NFC", " ".join(text.split(" ")).strip())
    if not all(map(_fits_a_name, name)) or not any(map(str.isalpha, name)) or STACKED_MARKS.search(_marks_of(name)):
        raise PydanticCustomError(
            "bad_characters",
            "Use letters, spaces, hyphens, apostrophes and full stops only, without hidden characters",
        )
    name = " ".join(name.split())
    if len(name) > NAME_LENGTH:
        raise PydanticCustomError("too_long", f"Use at most {NAME_LENGTH} characters")
    return name


def _marks_of(name: str) -> str:
    """`m` for each mark, `.` for anything else."""
    return "".join("m" if unicodedata.category(character)[0] == "M" else "." for character in name)


def _fits_a_name(character: str) -> bool:
    if character in INVISIBLE:
        return False
    return unicodedata.category(character)[0] in "LM" or character in NAME_MARKS


def _document_number(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise PydanticCustomError("required", "Enter the number of your document")
    least, most = DOCUMENT_LENGTH
    if len(text) > 10 * most:
        raise PydanticCustomError("too_long", f"Use at most {most} characters")
    number = western(unicodedata.normalize("NFKC", text)).strip().upper()
    if not DOCUMENT_CHARACTERS.fullmatch(number):
        raise PydanticCustomError("bad_characters", "Use the letters A to Z, digits, spaces, hyphens and slashes only")
    number = " ".join(number.split())
    if len(number) > most:
        raise PydanticCustomError("too_long", f"Use at most {most} characters")
    if len(number) < least:
        raise PydanticCustomError("too_short", f"Use at least {least} characters")
    return number


def western(text: str) -> str:
    """With the digits that documents have: Arabic, Persian and other keyboards write their own."""
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)


def _date_text(text: object) -> datetime.date:
    if not isinstance(text, str) or not text.strip():
        raise PydanticCustomError("required", "Enter your date of birth")
    match = DATE.fullmatch(text.strip())
    if not match:
        raise PydanticCustomError("bad_date", "Write the date as year, month and day, for example 1984-03-07")
    try:
        return datetime.date(*(int(part) for part in match.groups()))
    except ValueError:
        raise PydanticCustomError("no_such_date", "This date does not exist; check day and month") from None


def _born(day: datetime.date) -> datetime.date:
    today = datetime.datetime.now(EARLIEST_ZONE).date()
    if day > today:
        raise PydanticCustomError("in_future", "This date lies in the future; check the year")
    if day.year < today.year - OLDEST_YEARS:
        raise PydanticCustomError("too_old", f"This date is more than {OLDEST_YEARS} years ago; check the year")
    return day


def _language(tag: object) -> str:
    """Nobody is turned away for a language: one that we do not have is the usual one."""
    primary = tag.partition("-")[0].strip().lower() if isinstance(tag, str) else ""
    return primary if primary in LANGUAGES else LANGUAGES[0]


Name = Annotated[str, BeforeValidator(_name)]
Language = Annotated[str, BeforeValidator(_language)]


class Claims(BaseModel):
    """What a person says of themselves, in normal form (NFC, single spaces, document number in capitals)."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    given_names: Name
    family_name: Name
    date_of_birth: Annotated[datetime.date, AfterValidator(_born), BeforeValidator(_date_text)]
    document_number: Annotated[str, BeforeValidator(_document_number)]

    def __repr__(self) -> str:
        return "Claims(…)"

    __str__ = __repr__

    def to_bytes(self) -> bytes:
        """The same details always give the same bytes."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False).encode()


class Form(Claims):
    """What a browser sends: the details, and the language of its page, which says nothing of who somebody is."""

    language: Language = Field(
        default=LANGUAGES[0],
        description=f"Of the page: {', '.join(LANGUAGES)}; anything else counts as {LANGUAGES[0]}",
    )

    def details(self) -> Claims:
        return Claims.model_construct(**{name: getattr(self, name) for name in Claims.model_fields})


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """What is sealed to the issuing tier: the details, the key under which the document is to come back, its language.

    Whoever knows of no language reads over it; whoever sends none means the usual one.
    """

    claims: Claims
    reply_key: bytes
    language: str = LANGUAGES[0]

    def to_bytes(self) -> bytes:
        written = json.dumps(
            {**self.claims.model_dump(mode="json"), "language": self.language}, sort_keys=True, ensure_ascii=False
        )
        return len(self.reply_key).to_bytes(1) + self.reply_key + written.encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Request:
        """Raises: ValueError, without the values in it."""
        length = data[0]
        form = Form.model_validate_json(data[1 + length :])
        return cls(form.details(), data[1 : 1 + length], form.language)


FIELDS = tuple(Claims.model_fields)
MISSING = {
    "given_names": "Enter the name as it stands in your document",
    "family_name": "Enter the name as it stands in your document",
    "date_of_birth": "Enter your date of birth",
    "document_number": "Enter the number of your document",
}


def problems_in(found: Iterable[Mapping[str, Any]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """(messages by field, codes by field) of pydantic's errors; codes are stable, messages are English."""
    messages: dict[str, list[str]] = {}
    codes: dict[str, list[str]] = {}
    for problem in found:
        field = next((str(part) for part in reversed(problem["loc"]) if part in FIELDS), "")
        missing = problem["type"] == "missing"
        messages.setdefault(field, []).append(MISSING.get(field, "Missing") if missing else problem["msg"])
        codes.setdefault(field, []).append("required" if missing else problem["type"])
    return messages, codes
