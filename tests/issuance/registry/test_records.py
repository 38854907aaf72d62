"""Immunizations as FHIR servers write them: the official examples (see samples.shared), and what they leave out."""

import datetime
import json

import pytest

from issuance import eligibility, errors
from issuance.registry import fhir, records
from tests.issuance import samples

BORN = datetime.date(1951, 1, 20)
TODAY = datetime.date(2026, 11, 22)
PATIENT = fhir.Patient(id="p", name=[fhir.HumanName(family="Anyperson", given=["John", "B."])])


def record(*resources):
    read = [fhir.Immunization.model_validate(resource) for resource in resources]
    return records.record(PATIENT, BORN, read)


def example(name):
    resource = json.loads(samples.shared(f"fhir/{name}.json").read_text())
    entries = [entry["resource"] for entry in resource.get("entry", [{"resource": resource}])]
    return record(*(entry for entry in entries if entry["resourceType"] == "Immunization"))


def outcome(found):
    try:
        dose = eligibility.dose(found.immunizations, TODAY)
    except errors.Refused as refusal:
        return refusal.reason
    return dose.product.name, dose.number, dose.series, dose.given_on.isoformat()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("shc_bundle-immunization-covid", ("Spikevax", 3, 3, "2022-09-05")),
        ("shc_cvx_immunization", "incomplete_record"),  # CVX 213: the product is not said
        ("shc_atc_immunization", "incomplete_record"),  # a kind and a maker are no product
        ("shc_snomed_immunization", "incomplete_record"),  # a kind
        ("r4_immunization-example", "not_eligible"),  # subpotent, against influenza
        ("r4_immunization-example-historical", "incomplete_record"),  # a local code, and words for a day
        ("r4_immunization-example-protocol", "not_eligible"),  # against hepatitis
        ("r4_immunization-example-refused", "not_eligible"),  # never given
    ],
)
def test_official_example_leads_to(name, expected):
    assert outcome(example(name)) == expected


def test_official_example_is_read_field_by_field():
    [one] = example("r4_immunization-example-protocol").immunizations
    assert one == records.Immunization(
        status="completed",
        codes=(("http://hl7.org/fhir/sid/cvx", "104"),),
        occurred="2018-06-18",
        lot="PT123F",
        dose_number=1,
        series_doses=None,
        manufacturer=None,
        subpotent=False,
        diseases=(("http://snomed.info/sct", "40468003"), ("http://snomed.info/sct", "66071002")),
    )


SARS_COV_2 = {"coding": [{"system": "http://snomed.info/sct", "code": "840539006"}]}


def written(**fields):
    """A second dose of Comirnaty as a server writes it."""
    coding = {"system": "http://hl7.org/fhir/sid/cvx", "code": "208"}
    usual = {"status": "completed", "vaccineCode": {"coding": [coding]}, "patient": {"reference": "Patient/p"}}
    return usual | {"occurrenceDateTime": "2021-06-14"} | fields


def protocol(**fields):
    return written(protocolApplied=[fields])


@pytest.mark.parametrize(
    ("fields", "numbers"),
    [
        ({"doseNumberPositiveInt": 2, "seriesDosesPositiveInt": 2}, (2, 2)),
        ({"doseNumberString": "2", "seriesDosesString": " 2 "}, (2, 2)),
        ({"doseNumberPositiveInt": 2}, (2, None)),
        ({"doseNumberString": "Booster", "seriesDosesString": "2-dose"}, (None, None)),
        ({"doseNumberString": "2021"}, (None, None)),
        ({"doseNumberPositiveInt": 0, "seriesDosesPositiveInt": -1}, (None, None)),
        ({"doseNumberString": "٢"}, (None, None)),
        ({}, (None, None)),
    ],
    ids=["numbers", "digits", "no series", "words", "a year", "not positive", "Arabic digits", "nothing"],
)
def test_numbers_are_read_from_either_form(fields, numbers):
    [one] = record(protocol(**fields)).immunizations
    assert (one.dose_number, one.series_doses) == numbers


def test_course_against_covid_19_counts_where_several_are_named():
    influenza = {"targetDisease": [{"coding": [{"code": "6142004"}]}], "doseNumberPositiveInt": 9}
    covid_19 = {"targetDisease": [SARS_COV_2], "doseNumberPositiveInt": 3, "seriesDosesPositiveInt": 3}
    [one] = record(written(protocolApplied=[influenza, covid_19])).immunizations
    assert (one.dose_number, one.series_doses) == (3, 3)
    assert one.diseases == (("http://snomed.info/sct", "840539006"),)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (written(), "not_eligible"),
        (protocol(doseNumberPositiveInt=2), ("Comirnaty", 2, 2, "2021-06-14")),
        (protocol(doseNumberString="3", seriesDosesString="3"), ("Comirnaty", 3, 3, "2021-06-14")),
        (protocol(doseNumberPositiveInt=2) | {"status": "entered-in-error"}, "not_eligible"),
        (protocol(doseNumberPositiveInt=2) | {"isSubpotent": True}, "not_eligible"),
        (protocol(doseNumberPositiveInt=2) | {"occurrenceDateTime": "2021-06"}, "incomplete_record"),
        (protocol(doseNumberPositiveInt=2) | {"vaccineCode": {"text": "Comirnaty"}}, "incomplete_record"),
    ],
    ids=["one of two", "number alone", "digits", "error", "subpotent", "month", "product in words"],
)
def test_what_a_server_writes_leads_to(resource, expected):
    assert outcome(record(resource)) == expected
