"""The register: who is recorded, by document number and by patient id, and the answers to searches."""

from dataclasses import dataclass

from issuance.registry import fhir, people
from issuance.registry.simulator import resources, searches

_PATIENT_PARAMETERS = frozenset({"identifier", "birthdate", "_revinclude", "_count"})
_IMMUNIZATION_PARAMETERS = frozenset({"patient", "status", "_count"})


@dataclass(frozen=True, slots=True)
class Match:
    """One resource found, and those that come along with it on the same page."""

    resource: resources.Resource
    included: list[resources.Resource]


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search; `person` is the number of the citizen it is about, None for nobody."""

    matches: list[Match]
    person: int | None
    count: int | None


@dataclass(frozen=True, slots=True)
class _Copy:
    """A patient as recorded; people of kind `twice` have two, with their doses spread over both."""

    person: people.Person
    patient_id: str
    immunizations: list[resources.Resource]


class Register:
    """All citizens of one seed, made at the start."""

    def __init__(self, count: int, seed: int, revinclude: bool) -> None:
        self._revinclude = revinclude
        self._by_document: dict[str, list[_Copy]] = {}
        self._by_patient_id: dict[str, _Copy] = {}
        for person in people.people(count, seed):
            copies = _copies(person, seed)
            self._by_document[person.document_number] = copies
            self._by_patient_id.update((copy.patient_id, copy) for copy in copies)

    def patients(self, parameters: searches.Parameters) -> Found:
        """Patient?identifier=…&birthdate=…[&_revinclude=Immunization:patient]. Raises BadSearch."""
        _check(parameters, _PATIENT_PARAMETERS, "identifier")
        included = self._included(parameters)
        copies = [copy for copy in self._with_identifier(parameters) if _born_as_asked(copy.person, parameters)]
        return Found(
            matches=[
                Match(resources.patient(copy.person, copy.patient_id), copy.immunizations if included else [])
                for copy in copies
            ],
            person=copies[0].person.number if copies else None,
            count=_count(parameters),
        )

    def immunizations(self, parameters: searches.Parameters) -> Found:
        """Immunization?patient=Patient/<id>[&status=…]. Raises BadSearch."""
        _check(parameters, _IMMUNIZATION_PARAMETERS, "patient")
        [value] = [value for name, value in parameters if name == "patient"]
        copy = self._by_patient_id.get(searches.reference(value, "Patient"))
        statuses = _statuses(parameters)
        found = [one for one in copy.immunizations if not statuses or one["status"] in statuses] if copy else []
        return Found(
            matches=[Match(one, []) for one in found],
            person=copy.person.number if copy else None,
            count=_count(parameters),
        )

    def _included(self, parameters: searches.Parameters) -> bool:
        wanted = [value for name, value in parameters if name == "_revinclude"]
        if wanted and (not self._revinclude or set(wanted) != {fhir.REVINCLUDE}):
            raise searches.BadSearch("this _revinclude is not offered")
        return bool(wanted)

    def _with_identifier(self, parameters: searches.Parameters) -> list[_Copy]:
        [asked] = [value for name, value in parameters if name == "identifier"]
        copies: list[_Copy] = []
        for system, value in map(searches.token, searches.alternatives(asked)):
            if system in (None, fhir.DOCUMENT_SYSTEM):
                copies += self._by_document.get(value, [])
        return copies


def _copies(person: people.Person, seed: int) -> list[_Copy]:
    times = 2 if person.kind == "twice" else 1
    copies = [_Copy(person, resources.resource_id(seed, person.number, f"patient{n}"), []) for n in range(times)]
    for number, dose in enumerate(person.doses):
        copy = copies[number % times]
        immunization_id = resources.resource_id(seed, person.number, f"dose{number}")
        copy.immunizations.append(resources.immunization(dose, immunization_id, copy.patient_id))
    return copies


def _check(parameters: searches.Parameters, known: frozenset[str], needed: str) -> None:
    names = [name for name, _ in parameters]
    if not known.issuperset(names):
        raise searches.BadSearch(f"this search knows {', '.join(sorted(known))} and no other parameter")
    if names.count(needed) != 1:
        raise searches.BadSearch(f"this search needs one {needed}")


def _born_as_asked(person: people.Person, parameters: searches.Parameters) -> bool:
    asked = [searches.alternatives(value) for name, value in parameters if name == "birthdate"]
    return all(any(searches.date_matches(value, person.date_of_birth) for value in values) for values in asked)


def _statuses(parameters: searches.Parameters) -> set[str]:
    asked = [value for name, value in parameters if name == "status"]
    return {searches.token(one)[1] for value in asked for one in searches.alternatives(value)}


def _count(parameters: searches.Parameters) -> int | None:
    asked = [value for name, value in parameters if name == "_count"]
    if not asked:
        return None
    if len(asked) > 1 or not asked[0].isascii() or not asked[0].isdigit() or int(asked[0]) < 1:
        raise searches.BadSearch("_count is one number above 0")
    return int(asked[0])
