"""Which dose a passport may be issued for, or why none may. Pure; the only judge of a registered record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from issuance import errors, products
from issuance.registry import records

_COMPLETED = "completed"
# FHIR dateTime: a year, a month, a day, or a day with its time.
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T.*)?)?)?")
_FULL_DATE_LENGTH = 10
# A dose of this morning on the other side of the date line is not of the future.
_DATE_LINE = timedelta(days=1)
# Sorts behind every real date: what was given on an unknown day may have been given last.
_UNKNOWN = "9999"


@dataclass(frozen=True)
class Dose:
    """A dose that completes a series, with all that a certificate must say of it."""

    product: products.Product
    number: int
    series: int
    given_on: date


@dataclass(frozen=True)
class _Counted:
    product: products.Product | None
    number: int
    series: int
    day: str


def dose(immunizations: Sequence[records.Immunization], today: date) -> Dose:
    """The latest dose that completes its series.

    Raises Refused: `not_eligible` where no series is complete; `incomplete_record` where that dose's product
    cannot be named or its day is not known, rather than certify an older one as if it were the last.
    """
    complete = [each for each in _counted(immunizations) if each.number >= each.series]
    if not complete:
        raise errors.Refused("not_eligible")
    latest = max(complete, key=lambda each: (each.day, each.number))
    given_on = _date(latest.day)
    if latest.product is None or given_on is None or given_on > today + _DATE_LINE:
        raise errors.Refused("incomplete_record")
    return Dose(latest.product, latest.number, latest.series, given_on)


def _counted(immunizations: Sequence[records.Immunization]) -> list[_Counted]:
    given = [each for each in immunizations if _is_given(each)]
    # A dose that two sites reported counts once: nobody gets two on one day.
    days = sorted({_day(each.occurred) for each in given})
    return [_count(each, 1 + days.index(_day(each.occurred))) for each in given]


def _is_given(entry: records.Immunization) -> bool:
    return entry.status == _COMPLETED and not entry.subpotent and products.may_be_covid_19(entry.codes)


def _count(entry: records.Immunization, position: int) -> _Counted:
    """Where the registry gives none, the place by date is the number and the product tells the series."""
    product = products.find(entry.codes, entry.manufacturer)
    number = entry.dose_number or position
    series = entry.series_doses or max(number, product.series if product else number)
    return _Counted(product, number, series, _day(entry.occurred))


def _day(occurred: str | None) -> str:
    """The day as text that sorts: a partial date behind the days it may mean, words behind everything."""
    if occurred is None or not _DATE.fullmatch(occurred):
        return _UNKNOWN
    return occurred[:_FULL_DATE_LENGTH].ljust(_FULL_DATE_LENGTH, "~")


def _date(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None
