"""The search parameters the simulator understands, by the letter of FHIR R4. Pure.

Source: hl7.org/fhir/R4/search.html, sections token, date, reference and escaping. What is not understood is an
error: a parameter passed over would answer another question than the one asked.
"""

import datetime
import re
from collections.abc import Sequence

Parameters = Sequence[tuple[str, str]]

_DATE = re.compile(r"(eq|ne|gt|lt|ge|le)?(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class BadSearch(ValueError):
    """A search that is not answered; the text names parameters, never their values."""


def alternatives(value: str) -> list[str]:
    """The values between commas, each still escaped: any of them may match. Raises BadSearch where there is none."""
    values: list[str] = re.findall(r"(?:\\.|[^,\\])+", value)
    if not values:
        raise BadSearch("a parameter without a value")
    return values


def token(value: str) -> tuple[str | None, str]:
    """(system, value); system None: any, "": none. Raises BadSearch for a value that is empty."""
    parts = re.split(r"(?<!\\)\|", value)
    if len(parts) > 2 or not parts[-1]:
        raise BadSearch("a token is written system|value")
    system = _plain(parts[0]) if len(parts) == 2 else None
    return system, _plain(parts[-1])


def reference(value: str, resource_type: str) -> str:
    """The id in "Patient/<id>", "<id>" or an address that ends so."""
    kind, _, resource_id = _plain(value).rpartition("/")
    if kind and not f"/{kind}".endswith(f"/{resource_type}"):
        raise BadSearch(f"this reference is to a {resource_type}")
    return resource_id


def date_matches(value: str, day: datetime.date) -> bool:
    """Whether the day lies where "eq1984-03-07", "1984-03" or "ge1984" asks; a partial date is all of its days."""
    match = _DATE.fullmatch(value)
    if not match:
        raise BadSearch("a date is written YYYY-MM-DD, after one of eq, ne, gt, lt, ge, le")
    first, last = _span(match[2], match[3], match[4])
    match match[1] or "eq":
        case "eq":
            return first <= day <= last
        case "ne":
            return not first <= day <= last
        case "gt":
            return day > last
        case "lt":
            return day < first
        case "ge":
            return day >= first
        case _:
            return day <= last


def _span(year: str, month: str | None, day: str | None) -> tuple[datetime.date, datetime.date]:
    try:
        first = datetime.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise BadSearch("no such date") from None
    if day:
        return first, first
    if not month:
        return first, first.replace(month=12, day=31)
    in_next_month = first.replace(day=28) + datetime.timedelta(days=4)
    return first, in_next_month - datetime.timedelta(days=in_next_month.day)


def _plain(value: str) -> str:
    return re.sub(r"\\([\\|,$])", r"\1", value)
