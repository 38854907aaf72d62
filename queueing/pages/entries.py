"""What somebody typed into the form of a page without scripts. Pure; what was typed is never put into a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pydantic

from queueing import claims

PARTS = ("day", "month", "year")
BIRTH = "date_of_birth"
YEAR_DIGITS = 4
# 27.3.1980, 27 / 3 / 1980, or 1980-03-27 as a date input gives it.
_WHOLE = re.compile(r"(\d+)[-./\s]+(\d+)[-./\s]+(\d+)\.?", re.ASCII)
# By the names of the inputs.
INPUTS = ("given_names", "family_name", *(f"{BIRTH}_{part}" for part in PARTS), "document_number")


@dataclass(frozen=True, slots=True)
class Fault:
    """`code`: as in `errors.<field>.<code>` of the texts. `input`: the one to mend first."""

    field: str
    code: str
    input: str


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """`typed` by the name of the input, as it was typed; `form` None where something has to be put right."""

    typed: Mapping[str, str]
    form: claims.Form | None
    faults: tuple[Fault, ...] = field(default=())


def read(sent: Mapping[str, str], language: str) -> Entry:
    typed = {name: sent.get(name, "") for name in INPUTS}
    date, fault = _composed(_spread([claims.western(typed[f"{BIRTH}_{part}"]).strip() for part in PARTS]))
    details = {name: value for name, value in typed.items() if name in claims.FIELDS}
    try:
        form = claims.Form.model_validate(details | {BIRTH: date, "language": language})
    except pydantic.ValidationError as error:
        _messages, codes = claims.problems_in(error.errors(include_input=False))
    else:
        return Entry(typed, form)
    faults = [_fault(name, codes[name][0]) for name in claims.FIELDS if name in codes]
    return Entry(typed, None, tuple(fault if fault and one.field == BIRTH else one for one in faults))


def _fault(name: str, code: str) -> Fault:
    return Fault(name, code, f"{BIRTH}_day" if name == BIRTH else name)


def _spread(parts: list[str]) -> list[str]:
    """A whole date in one of the three, as it is pasted, fills them all; as static/js/dates.js."""
    filled = [part for part in parts if part]
    whole = _WHOLE.fullmatch(filled[0]) if len(filled) == 1 else None
    if not whole:
        return parts
    one, month, other = whole.groups()
    return [other, month, one] if len(one) == YEAR_DIGITS else [one, month, other]


def _composed(parts: list[str]) -> tuple[str, Fault | None]:
    """An ISO date, or what is wrong with its parts; as static/js/dates.js."""
    missing = [name for name, part in zip(PARTS, parts, strict=True) if not part]
    if missing:
        code = f"no_{missing[0]}" if len(missing) == 1 else "required"
        return "", Fault(BIRTH, code, f"{BIRTH}_{missing[0]}")
    day, month, year = parts
    fits = {"day": len(day) <= 2, "month": len(month) <= 2, "year": len(year) == YEAR_DIGITS}
    for name, part in zip(PARTS, parts, strict=True):
        if not (part.isascii() and part.isdigit() and fits[name]):
            return "", Fault(BIRTH, "bad_date", f"{BIRTH}_{name}")
    return f"{year}-{month:0>2}-{day:0>2}", None
