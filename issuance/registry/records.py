"""Records: what the registry knows about one person, in our words, and how it is read from FHIR resources."""

import datetime
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from issuance.registry import fhir

COVID_19 = ("http://snomed.info/sct", "840539006")
MVX = "http://hl7.org/fhir/sid/mvx"
# Names under which a person is not known (any more): R4 value set name-use.
_OTHER_USES = frozenset({"old", "maiden", "nickname", "anonymous", "temp"})


@dataclass(frozen=True, slots=True)
class Name:
    """A recorded name; where a registry holds one text only, that is the family name."""

    given_names: str = field(repr=False)
    family_name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Immunization:
    """One entry, given or not.

    `codes` are (system, code) pairs. `occurred` is the date as recorded: a day, an instant, "2021-03", or words.
    `manufacturer` is its code (MVX) where there is one, else its name. `diseases` are pairs as `codes` are. None: not
    recorded, or not to be read as a number.
    """

    status: str
    codes: tuple[tuple[str, str], ...]
    occurred: str | None
    lot: str | None
    dose_number: int | None
    series_doses: int | None
    manufacturer: str | None
    subpotent: bool = False
    diseases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One person; `latin_name` is the registry's own transliteration, None where there is or need be none."""

    patient_id: str
    name: Name = field(repr=False)
    latin_name: Name | None = field(repr=False)
    date_of_birth: datetime.date = field(repr=False)
    immunizations: tuple[Immunization, ...] = field(repr=False)


def record(patient: fhir.Patient, date_of_birth: datetime.date, immunizations: Iterable[fhir.Immunization]) -> Record:
    """The record of a patient whose name and date of birth have been compared."""
    native, latin = _native_and_latin(names(patient))
    return Record(patient.id, native, latin, date_of_birth, tuple(_immunization(one) for one in immunizations))


def names(patient: fhir.Patient) -> list[Name]:
    """The names a person bears now, official ones first."""
    current = [name for name in patient.name if name.use not in _OTHER_USES]
    current.sort(key=lambda name: name.use != "official")
    return [_name(name) for name in current if name.family or name.text]


def _name(name: fhir.HumanName) -> Name:
    if name.family:
        return Name(" ".join(given for given in name.given if given), name.family)
    return Name("", name.text or "")


def _native_and_latin(recorded: list[Name]) -> tuple[Name, Name | None]:
    native = next((name for name in recorded if not _is_latin(name)), None)
    latin = next((name for name in recorded if _is_latin(name)), None)
    if native is None:
        return recorded[0], None
    return native, latin


def _is_latin(name: Name) -> bool:
    letters = (letter for letter in name.given_names + name.family_name if letter.isalpha())
    return all(unicodedata.name(letter, "").startswith(("LATIN", "MODIFIER")) for letter in letters)


def _immunization(one: fhir.Immunization) -> Immunization:
    protocol = _protocol(one)
    return Immunization(
        status=one.status,
        codes=tuple(_codes(one.vaccine_code)),
        occurred=one.occurrence_date_time or one.occurrence_string,
        lot=one.lot_number,
        dose_number=_number(protocol.dose_number_positive_int, protocol.dose_number_string),
        series_doses=_number(protocol.series_doses_positive_int, protocol.series_doses_string),
        manufacturer=_manufacturer(one.manufacturer),
        subpotent=one.is_subpotent,
        diseases=tuple(
            pair for protocol in one.protocol_applied for disease in protocol.target_disease for pair in _codes(disease)
        ),
    )


def _protocol(one: fhir.Immunization) -> fhir.Protocol:
    """The course this dose belongs to: the one against COVID-19 where several are named."""
    against = (
        protocol
        for protocol in one.protocol_applied
        if any(COVID_19 in _codes(disease) for disease in protocol.target_disease)
    )
    return next(against, one.protocol_applied[0] if one.protocol_applied else fhir.Protocol())


def _codes(concept: fhir.Concept) -> Iterator[tuple[str, str]]:
    return ((coding.system, coding.code) for coding in concept.coding if coding.system and coding.code)


def _number(number: int | None, text: str | None) -> int | None:
    """A place in a course; words such as "booster" are none."""
    if number is None and text and re.fullmatch(r"\s*\d{1,2}\s*", text, re.ASCII):
        number = int(text)
    return number if number is not None and number > 0 else None


def _manufacturer(reference: fhir.Reference | None) -> str | None:
    if reference is None:
        return None
    identifier = reference.identifier or fhir.Identifier()
    # A number of another list says nothing to us; beside a name the name counts.
    if identifier.system not in (None, MVX) and reference.display:
        return reference.display
    return identifier.value or reference.display
