"""FHIR R4 resources as the simulator serves them. Pure. Source: hl7.org/fhir/R4."""

import uuid
from typing import Any, Literal

from issuance.registry import doses, fhir, people

Resource = dict[str, Any]

CVX = "http://hl7.org/fhir/sid/cvx"
MVX = "http://hl7.org/fhir/sid/mvx"
COVID_19 = {"system": "http://snomed.info/sct", "code": "840539006", "display": "COVID-19"}
_ALPHABETIC = {
    "url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation",
    "valueCode": "ABC",
}


def resource_id(seed: int, number: int, part: str) -> str:
    """Always the same, and says nothing about the person."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}:{number}:{part}"))


def patient(person: people.Person, patient_id: str) -> Resource:
    """The person; a Latin form of the name follows where the name is not Latin."""
    names: list[Resource] = [_name(person.given_names, person.family_name, "official")]
    if person.latin_given_names and person.latin_family_name:
        latin = _name(person.latin_given_names, person.latin_family_name, "usual")
        names.append({"extension": [_ALPHABETIC], **latin})
    return {
        "resourceType": "Patient",
        "id": patient_id,
        "identifier": [{"use": "official", "system": fhir.DOCUMENT_SYSTEM, "value": person.document_number}],
        "active": True,
        "name": names,
        "gender": person.gender,
        "birthDate": person.date_of_birth.isoformat(),
    }


def _name(given_names: str, family_name: str, use: str) -> Resource:
    return {"use": use, "family": family_name, "given": given_names.split()}


def immunization(dose: doses.Dose, immunization_id: str, patient_id: str) -> Resource:
    """One entry of the patient's vaccinations; one that was not given has no lot."""
    resource: Resource = {
        "resourceType": "Immunization",
        "id": immunization_id,
        "status": dose.status,
        "vaccineCode": {"coding": [{"system": CVX, "code": dose.cvx, "display": dose.text}]},
        "patient": {"reference": f"Patient/{patient_id}"},
        "occurrenceDateTime": dose.given_on.isoformat(),
        "primarySource": True,
        "manufacturer": {"identifier": {"system": MVX, "value": dose.mvx}, "display": dose.manufacturer},
    }
    if dose.lot:
        resource["lotNumber"] = dose.lot
    if dose.number:
        resource["protocolApplied"] = [
            {
                "targetDisease": [{"coding": [COVID_19]}],
                "doseNumberPositiveInt": dose.number,
                "seriesDosesPositiveInt": dose.series,
            }
        ]
    return resource


def entry(base: str, resource: Resource, mode: Literal["match", "include"]) -> Resource:
    """A resource as it lies in a bundle."""
    address = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": mode}}


def bundle(total: int, entries: list[Resource], next_url: str | None) -> Resource:
    """One page of a search; without a link to itself, which would have to repeat the question."""
    page: Resource = {"resourceType": "Bundle", "type": "searchset", "total": total}
    if next_url:
        page["link"] = [{"relation": "next", "url": next_url}]
    # An empty list is not valid JSON of FHIR.
    return {**page, "entry": entries} if entries else page


def outcome(code: str, text: str) -> Resource:
    """An error; `code` is of the value set issue-type."""
    issue = {"severity": "error", "code": code, "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def capabilities(base: str, revinclude: bool) -> Resource:
    """What this server can do."""
    patients: Resource = {
        "type": "Patient",
        "interaction": [{"code": "search-type"}],
        "searchParam": [{"name": "identifier", "type": "token"}, {"name": "birthdate", "type": "date"}],
    }
    if revinclude:
        patients["searchRevInclude"] = [fhir.REVINCLUDE]
    immunizations: Resource = {
        "type": "Immunization",
        "interaction": [{"code": "search-type"}],
        "searchParam": [{"name": "patient", "type": "reference"}, {"name": "status", "type": "token"}],
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "experimental": True,
        "date": "2026-11-22",
        "kind": "instance",
        "software": {"name": "Vestibule registry simulator"},
        "implementation": {"description": "Synthetic citizens; nobody is real", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [{"mode": "server", "resource": [patients, immunizations]}],
    }
