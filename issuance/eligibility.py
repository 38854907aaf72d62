"""Which dose a passport may be issued for, or why none may. Pure; the only judge of a registered record.

Sources: Commission Implementing Decision (EU) 2021/2301 for how boosters are numbered (3/3 after a course of two, 2/1
after a course of one). The 14 days are the shortest interval of any product here (CoronaVac, WHO SAGE 2021).
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from issuance import errors, products
from issuance.registry import records

_COMPLETED = "completed"
# FHIR dateTime: a year, a month, a day, or a day with its time.
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T.*)?)?)?", re.ASCII)
_FULL_DATE_LENGTH = 10
# Sorts behind every real date: what was given on an unknown day may have been given last.
_UNKNOWN = "9999"
# A dose of this morning on the other side of the date line is not of the future.
_DATE_LINE = timedelta(days=1)
# On this day somebody got a vaccine against COVID-19 for the first time, in a trial (NCT04283461).
_FIRST_DOSE = date(2020, 3, 16)
# What was given closer together is one dose that two places reported.
_SHORTEST_INTERVAL = timedelta(days=14)


@dataclass(frozen=True)
class Dose:
    """A dose that completes a series, with all that a certificate must say of it."""

    product: products.Product
    number: int
    series: int
    given_on: date


@dataclass(frozen=True)
class _Counted:
    """`number` or `series` None: neither recorded nor to be told from the rest."""

    product: products.Product | None
    number: int | None
    series: int | None
    day: str

    @property
    def may_complete(self) -> bool:
        return self.number is None or self.series is None or self.number >= self.series


def dose(immunizations: Sequence[records.Immunization], today: date) -> Dose:
    """The latest dose that completes its series.

    Raises Refused: `not_eligible` where no series is complete; `incomplete_record` where that dose's product cannot be
    named, its number not be told or its day is not known, rather than certify an older one as if it were the last, and
    where there is nothing but vaccinations against who knows what.
    """
    given = [each for each in immunizations if each.status == _COMPLETED and not each.subpotent]
    against: dict[bool | None, list[records.Immunization]] = {True: [], False: [], None: []}
    for each in given:
        against[products.is_against_covid_19(each.codes, each.diseases)].append(each)
    complete = [each for each in _counted(against[True]) if each.may_complete]
    if not complete:
        unclear = any(_may_be_recent(_day(each.occurred)) for each in against[None])
        raise errors.Refused("incomplete_record" if unclear else "not_eligible")
    return _certifiable(_latest(complete), today)


def _latest(complete: list[_Counted]) -> _Counted:
    """The last one; where two places reported one dose, whoever names the product says which it was.

    Where they differ in how many doses the course has, the longer course counts, whoever is read first.
    """
    last = max(complete, key=lambda each: (each.day, each.number or 0, each.series or 0))
    named = {each.product for each in complete if each.day == last.day and each.product}
    product = named.pop() if len(named) == 1 else None
    return _Counted(product, last.number, last.series, last.day)


def _certifiable(last: _Counted, today: date) -> Dose:
    given_on = _date(last.day)
    if last.product is None or last.number is None or last.series is None or given_on is None:
        raise errors.Refused("incomplete_record")
    if not _FIRST_DOSE <= given_on <= today + _DATE_LINE:
        raise errors.Refused("incomplete_record")
    return Dose(last.product, last.number, last.series, given_on)


def _counted(given: Iterable[records.Immunization]) -> Iterator[_Counted]:
    """Where the registry gives no numbers, the order tells them: only if every day is known."""
    in_order = sorted(given, key=lambda each: _day(each.occurred))
    if any(_date(_day(each.occurred)) is None for each in in_order):
        return (_count(each, each.dose_number, None) for each in in_order)
    return _numbered(in_order)


def _numbered(in_order: list[records.Immunization]) -> Iterator[_Counted]:
    reached, course = 0, None
    for reports in _doses(in_order):
        recorded = [each.dose_number for each in reports if each.dose_number]
        number = max(recorded, default=reached + 1)
        if number == 1 and reached == 0:
            # Where two places name different products, the longer course.
            course = max((product.series for product in map(_product, reports) if product), default=None)
        yield from (_count(each, each.dose_number or number, course) for each in reports)
        reached = max(reached, number)


def _doses(in_order: list[records.Immunization]) -> Iterator[list[records.Immunization]]:
    """Each dose with all reports of it."""
    first: date | None = None

    def beginning(each: records.Immunization) -> date:
        nonlocal first
        on = date.fromisoformat(_day(each.occurred))
        if first is None or on - first >= _SHORTEST_INTERVAL:
            first = on
        return first

    return (list(reports) for _, reports in itertools.groupby(in_order, beginning))


def _count(entry: records.Immunization, number: int | None, course: int | None) -> _Counted:
    """`course`: how many doses the first product of this person takes; None where that is not known."""
    product = _product(entry)
    if course is None and product is not None:
        course = product.series
    series = entry.series_doses or (number and course and _series(number, course))
    return _Counted(product, number, series, _day(entry.occurred))


def _series(number: int, course: int) -> int:
    if number <= course or course == 1:
        return course
    return number


def _product(entry: records.Immunization) -> products.Product | None:
    return products.find(entry.codes, entry.manufacturer)


def _may_be_recent(day: str) -> bool:
    return day >= _FIRST_DOSE.isoformat()


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
