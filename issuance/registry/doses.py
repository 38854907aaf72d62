"""Doses: what the registry holds about a synthetic citizen's vaccinations, the confusing entries included.

Codes are facts: CVX and MVX of the US Centers for Disease Control.
"""

import datetime
import random
from dataclasses import dataclass, replace

FIRST_DAY = datetime.date(2021, 1, 4)
DAYS_OF_CAMPAIGN = 900
FLU = ("150", "Influenza, injectable, quadrivalent, preservative free", "SKB", "GlaxoSmithKline")


@dataclass(frozen=True, slots=True)
class Product:
    """A COVID-19 vaccine: CVX code and text, MVX code and text, doses of the course and days between them."""

    cvx: str
    text: str
    mvx: str
    manufacturer: str
    series: int
    gap_days: int


PRODUCTS = (
    Product("208", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose", "PFR", "Pfizer, Inc", 2, 21),
    Product("207", "COVID-19, mRNA, LNP-S, PF, 100 mcg/0.5 mL dose", "MOD", "Moderna US, Inc.", 2, 28),
    Product("210", "COVID-19 vaccine, vector-nr, rS-ChAdOx1, PF, 0.5 mL", "ASZ", "AstraZeneca", 2, 63),
    Product(
        "211",
        "COVID-19, subunit, rS-nanoparticle+Matrix-M1 Adjuvant, PF, 0.5 mL",
        "NVX",
        "Novavax, Inc.",
        2,
        21,
    ),
    Product("212", "COVID-19 vaccine, vector-nr, rS-Ad26, PF, 0.5 mL", "JSN", "Janssen", 1, 0),
)
SHARES = (55, 20, 13, 4, 8)
_OF_TWO = [product for product in PRODUCTS if product.series == 2]


@dataclass(frozen=True, slots=True)
class Dose:
    """One entry of the registry; without a lot where nothing was given, without numbers where no course is meant."""

    status: str
    cvx: str
    text: str
    mvx: str
    manufacturer: str
    given_on: datetime.date
    lot: str | None
    number: int | None = None
    series: int | None = None


def doses(kind: str, chance: random.Random) -> tuple[Dose, ...]:
    """All entries of one person in order of their dates; `none` has none at all."""
    if kind == "none":
        return ()
    course = _partial(chance) if kind == "partial" else _full(chance)
    if chance.random() < 0.2:
        course.append(_flu(chance))
    return tuple(sorted(course, key=lambda dose: dose.given_on))


def _full(chance: random.Random) -> list[Dose]:
    product = chance.choices(PRODUCTS, SHARES)[0]
    first = _day(chance)
    course = [_dose(product, first, number, chance) for number in range(1, product.series + 1)]
    if chance.random() < 0.25:
        booster = chance.choice(PRODUCTS[:2])
        number = product.series + 1
        course.append(_entry(booster, course[-1].given_on + datetime.timedelta(days=180), number, number, chance))
    if chance.random() < 0.05:
        course.append(_mistake(course[-1]))
    return course


def _partial(chance: random.Random) -> list[Dose]:
    product = chance.choice(_OF_TWO)
    course = [_dose(product, _day(chance), 1, chance)]
    if chance.random() < 0.3:
        course.append(_refused(_dose(product, course[0].given_on, 2, chance)))
    return course


def _dose(product: Product, first: datetime.date, number: int, chance: random.Random) -> Dose:
    given_on = first + datetime.timedelta(days=product.gap_days * (number - 1))
    return _entry(product, given_on, number, product.series, chance)


def _entry(product: Product, given_on: datetime.date, number: int, series: int, chance: random.Random) -> Dose:
    lot = f"{chance.choice('ABEFGPW')}{chance.choice('BDKLNX')}{chance.randrange(1000, 9999)}"
    return Dose(
        "completed",
        product.cvx,
        product.text,
        product.mvx,
        product.manufacturer,
        given_on,
        lot,
        number,
        series,
    )


def _mistake(dose: Dose) -> Dose:
    return replace(dose, status="entered-in-error", given_on=dose.given_on + datetime.timedelta(days=1))


def _refused(dose: Dose) -> Dose:
    return replace(dose, status="not-done", lot=None)


def _flu(chance: random.Random) -> Dose:
    cvx, text, mvx, manufacturer = FLU
    day = FIRST_DAY + datetime.timedelta(days=chance.randrange(DAYS_OF_CAMPAIGN))
    return Dose("completed", cvx, text, mvx, manufacturer, day, f"F{chance.randrange(10_000, 99_999)}")


def _day(chance: random.Random) -> datetime.date:
    return FIRST_DAY + datetime.timedelta(days=chance.randrange(DAYS_OF_CAMPAIGN))
