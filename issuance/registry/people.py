"""People: synthetic citizens of the demo country, each made from a seed and a number alone.

The simulator, the crowd and whoever tries the form by hand mean the same person by a number. Nobody is real.
"""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from issuance.registry import doses, names

SEED = 1
COUNT = 5_000
"""Seed and size of the population that `make up` runs with."""

Kind = Literal["vaccinated", "partial", "none", "twice"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SCRIPTS = names.SCRIPTS

MOST = 10_000_000
_KIND_SHARES = (80, 10, 7, 3)
_SCRIPT_SHARES = {
    "latin": 58,
    "cyrillic": 11,
    "greek": 7,
    "arabic": 7,
    "georgian": 6,
    "armenian": 6,
    "hebrew": 5,
}
_SECOND_GIVEN_NAME = 0.2
_BORN_FROM = datetime.date(1926, 1, 1)
_BORN_UNTIL = datetime.date(2007, 12, 31)
# Odd and not divisible by 5, so that number -> number * factor mod 10^7 gives each number another one.
_SCATTER = 7_368_787


@dataclass(frozen=True, slots=True)
class Person:
    """One citizen as the registry knows them; the Latin names are None where the names are Latin already."""

    number: int
    kind: Kind
    script: str
    gender: Literal["female", "male"]
    given_names: str
    family_name: str
    latin_given_names: str | None
    latin_family_name: str | None
    date_of_birth: datetime.date
    document_number: str
    doses: tuple[doses.Dose, ...]


def people(count: int = COUNT, seed: int = SEED) -> Iterator[Person]:
    """Persons 1 to `count`."""
    return (person(number, seed) for number in range(1, count + 1))


def person(number: int, seed: int = SEED) -> Person:
    """Always the same person for the same number (1 to MOST) and seed."""
    if not 1 <= number <= MOST:
        raise ValueError(f"person numbers go from 1 to {MOST}")
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 - nothing secret: it has to be repeatable
    kind = chance.choices(KINDS, _KIND_SHARES)[0]
    gender: Literal["female", "male"] = chance.choice(("female", "male"))
    language = _language(chance)
    given, family = _given(language, gender, chance), _family(language, gender, chance)
    return Person(
        number=number,
        kind=kind,
        script=language.script,
        gender=gender,
        given_names=given.written,
        family_name=family.written,
        latin_given_names=given.latin,
        latin_family_name=family.latin,
        date_of_birth=_BORN_FROM + datetime.timedelta(days=chance.randrange((_BORN_UNTIL - _BORN_FROM).days + 1)),
        document_number=_document_number(number, seed, chance),
        doses=doses.doses(kind, chance),
    )


def _language(chance: random.Random) -> names.Language:
    script = chance.choices(list(_SCRIPT_SHARES), list(_SCRIPT_SHARES.values()))[0]
    return chance.choice(names.BY_SCRIPT[script])


def _given(language: names.Language, gender: str, chance: random.Random) -> names.Name:
    pool = language.women if gender == "female" else language.men
    first, second = chance.sample(pool, 2)
    if chance.random() >= _SECOND_GIVEN_NAME:
        return first
    latin = f"{first.latin} {second.latin}" if first.latin and second.latin else None
    return names.Name(f"{first.written} {second.written}", latin)


def _family(language: names.Language, gender: str, chance: random.Random) -> names.Name:
    return chance.choice(language.families_of_women if gender == "female" else language.families_of_men)


def _document_number(number: int, seed: int, chance: random.Random) -> str:
    """X for the demo country, a letter, seven digits that no other number of this seed has."""
    digits = (number * _SCATTER + seed * 104_729) % MOST
    return f"X{chance.choice('CDFGHJKLMNPRTVWXYZ')}{digits:07d}"
