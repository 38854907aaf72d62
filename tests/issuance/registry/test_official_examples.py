"""The official FHIR R4 and SMART Health Card examples through our client: each is read, or refused as what it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from issuance import eligibility, errors
from issuance.registry import records
from queueing import claims
from tests.issuance import samples
from tests.issuance.registry import test_client

CVX, LOCAL = "http://hl7.org/fhir/sid/cvx", "urn:oid:1.2.36.1.2001.1005.17"
CHALMERS = claims.Claims(
    given_names="Peter James", family_name="Chalmers", date_of_birth="1974-12-25", document_number="12345"
)


def example(name: str) -> dict[str, Any]:
    return json.loads(samples.shared(f"fhir/{name}.json").read_text(encoding="utf-8"))


def found(server: Any, open_registry: Any, who: claims.Claims, answer: Any, system: str = "") -> records.Record:
    """What comes of a search that is answered so; `system`: whose numbers identify people."""
    server.answers = {
        "/metadata": (200, {}, test_client.WITH_REVINCLUDE),
        "/Patient/_search": answer if isinstance(answer, tuple) else (200, {}, answer),
    }
    registry = open_registry(server.url, document_system=system or "urn:oid:1.2.36.146.595.217.0.1")
    return registry.find(who, test_client.permit)


def search_set(*resources: dict[str, Any]) -> dict[str, Any]:
    return test_client.bundle(*({"resource": resource} for resource in resources))


@pytest.mark.parametrize(
    ("name", "system", "given", "family", "born", "number"),
    [
        ("r4_patient-example", "urn:oid:1.2.36.146.595.217.0.1", "Peter James", "Chalmers", "1974-12-25", "12345"),
        (
            "r4_patient-example-f001-pieter",
            "urn:oid:2.16.840.1.113883.2.4.6.3",
            "Pieter",
            "van de Heuvel",
            "1944-11-17",
            "738472983",
        ),
        (
            "r4_patient-example-chinese",
            "urn:oid:1.2.36.146.595.217.0.1",
            "无忌",
            "张",
            "1974-12-25",
            "3112219680806371X",
        ),
    ],
)
def test_patients_are_found_by_their_details_and_by_no_others(
    odd_server: Any, open_registry: Any, name: str, system: str, given: str, family: str, born: str, number: str
) -> None:
    person = example(name)
    who = claims.Claims(given_names=given, family_name=family, date_of_birth=born, document_number=number)
    assert found(odd_server, open_registry, who, search_set(person), system).patient_id == person["id"]
    strangers = ({"given_names": "Nemo"}, {"date_of_birth": "1974-12-26"}, {"document_number": "12346"})
    for wrong in strangers:
        other = claims.Claims.model_validate(who.model_dump(mode="json") | wrong)
        with pytest.raises(errors.Refused, match="no_record"):
            found(odd_server, open_registry, other, search_set(person), system)


@pytest.mark.parametrize("changed", [{"family_name": "Windsor"}, {"given_names": "Jim", "family_name": "Jim"}])
def test_a_maiden_name_and_a_nickname_are_not_the_name(
    odd_server: Any, open_registry: Any, changed: dict[str, str]
) -> None:
    who = claims.Claims.model_validate(CHALMERS.model_dump(mode="json") | changed)
    with pytest.raises(errors.Refused, match="no_record"):
        found(odd_server, open_registry, who, search_set(example("r4_patient-example")))


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("r4_immunization-example", ("completed", (LOCAL, "FLUVAX"), "2013-01-10", "AAJN11K", None)),
        ("r4_immunization-example-historical", ("completed", (LOCAL, "GNFLU"), "January 2012", None, None)),
        ("r4_immunization-example-protocol", ("completed", (CVX, "104"), "2018-06-18", "PT123F", 1)),
        ("r4_immunization-example-refused", ("not-done", (CVX, "01"), "2013-01-10", None, None)),
    ],
)
def test_immunizations_are_read_and_certify_nobody(odd_server: Any, open_registry: Any, name: str, read: Any) -> None:
    answer = search_set(example("r4_patient-example"), example(name))
    record = found(odd_server, open_registry, CHALMERS, answer)
    [one] = record.immunizations
    assert (one.status, one.codes[0], one.occurred, one.lot, one.dose_number) == read
    with pytest.raises(errors.Refused):
        eligibility.dose(record.immunizations, samples.NOW.date())


@pytest.mark.parametrize("name", ["shc_cvx_immunization", "shc_atc_immunization", "shc_snomed_immunization"])
def test_immunizations_of_health_cards_are_read(odd_server: Any, open_registry: Any, name: str) -> None:
    resources = [entry["resource"] for entry in example(name)["entry"]]
    theirs = [one for one in resources if one["resourceType"] == "Immunization"]
    ours = [one | {"patient": {"reference": "Patient/example"}} for one in theirs]
    record = found(odd_server, open_registry, CHALMERS, search_set(example("r4_patient-example"), *ours))
    assert [(one.status, one.occurred, one.lot) for one in record.immunizations] == [
        (one["status"], one.get("occurrenceDateTime"), one.get("lotNumber")) for one in theirs
    ]
    codes = [[(coding["system"], coding["code"]) for coding in one["vaccineCode"]["coding"]] for one in theirs]
    assert [list(one.codes) for one in record.immunizations] == codes
    assert theirs


@pytest.mark.parametrize(
    "name",
    [
        "r4_operationoutcome-example",
        "r4_operationoutcome-example-exception",
        "r4_operationoutcome-example-searchfail",
        "r4_parameters-example",
        "r4_patient-example",
        # A page of somebody else's search, whose next one lies on another server.
        "r4_bundle-example",
        # A card, no answer to a search: its patient has no id.
        "shc_bundle-immunization-covid",
    ],
)
def test_what_is_no_answer_to_a_search_means_later(odd_server: Any, open_registry: Any, name: str) -> None:
    with pytest.raises(errors.RegistryUnavailable):
        found(odd_server, open_registry, CHALMERS, example(name))
    assert odd_server.asked == ["/metadata", "/Patient/_search"]


@pytest.mark.parametrize(
    "name",
    [
        "r4_operationoutcome-example",
        "r4_operationoutcome-example-exception",
        "r4_operationoutcome-example-searchfail",
    ],
)
def test_an_outcome_beside_the_answer_is_passed_over_and_with_an_error_told(
    odd_server: Any, open_registry: Any, name: str
) -> None:
    beside = search_set(example(name), example("r4_patient-example"))
    assert found(odd_server, open_registry, CHALMERS, beside).patient_id == "example"
    for status, error in ((400, errors.RegistryRejected), (500, errors.RegistryUnavailable)):
        with pytest.raises(error):
            found(odd_server, open_registry, CHALMERS, (status, {}, example(name)))
