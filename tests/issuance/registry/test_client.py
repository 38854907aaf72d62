import collections
import dataclasses
import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from issuance import errors, permits
from issuance.registry import fhir, people
from queueing import claims

WITH_REVINCLUDE = {
    "resourceType": "CapabilityStatement",
    "rest": [{"mode": "server", "resource": [{"type": "Patient", "searchRevInclude": [fhir.REVINCLUDE]}]}],
}
WITHOUT_REVINCLUDE = {"resourceType": "CapabilityStatement"}


def claims_of(person, **changes):
    fields = {
        "given_names": person.given_names,
        "family_name": person.family_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "document_number": person.document_number,
    }
    return claims.Claims(**{**fields, **changes})


def permit():
    """Every call may go out."""


def given(record):
    return [(one.status, one.occurred, one.lot, one.dose_number) for one in record.immunizations]


def held(person):
    return [(dose.status, dose.given_on.isoformat(), dose.lot, dose.number) for dose in person.doses]


def patient(person, patient_id="1", **changes):
    """The patient as a FHIR entry, made without the simulator."""
    resource = {
        "resourceType": "Patient",
        "id": patient_id,
        "identifier": [{"system": fhir.DOCUMENT_SYSTEM, "value": person.document_number}],
        "name": [{"use": "official", "family": person.family_name, "given": person.given_names.split()}],
        "birthDate": person.date_of_birth.isoformat(),
    }
    return {"fullUrl": f"urn:uuid:{patient_id}", "resource": {**resource, **changes}}


def immunization(reference, lot="L1", **changes):
    resource = {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "208"}]},
        "patient": {"reference": reference},
        "occurrenceDateTime": "2021-03",
        "lotNumber": lot,
    }
    return {"resource": {**resource, **changes}}


def bundle(*entries, next_url=None):
    links = [{"relation": "next", "url": next_url}] if next_url else []
    return {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": list(entries)}


@pytest.mark.parametrize("script", people.SCRIPTS)
def test_everybody_is_found_under_the_name_they_write(registry, somebody, script):
    person = somebody("vaccinated", script)

    record = registry.find(claims_of(person), permit)

    assert (record.name.given_names, record.name.family_name) == (person.given_names, person.family_name)
    assert record.date_of_birth == person.date_of_birth
    assert given(record) == held(person)
    assert record.immunizations[0].codes == (("http://hl7.org/fhir/sid/cvx", person.doses[0].cvx),)
    assert record.immunizations[0].manufacturer == person.doses[0].mvx


@pytest.mark.parametrize("script", [script for script in people.SCRIPTS if script != "latin"])
def test_a_latin_form_in_the_registry_is_found_and_handed_on(registry, somebody, script):
    person = somebody("vaccinated", script)
    typed = claims_of(person, given_names=person.latin_given_names, family_name=person.latin_family_name)

    record = registry.find(typed, permit)

    assert record.name.family_name == person.family_name
    assert record.latin_name.given_names == person.latin_given_names
    assert record.latin_name.family_name == person.latin_family_name


def test_a_latin_name_has_no_second_form(registry, somebody):
    assert registry.find(claims_of(somebody("vaccinated", "latin")), permit).latin_name is None


def test_people_without_or_with_few_vaccinations_are_found_too(registry, somebody):
    assert registry.find(claims_of(somebody("none")), permit).immunizations == ()
    assert given(registry.find(claims_of(somebody("partial")), permit)) == held(somebody("partial"))


@pytest.mark.parametrize("mark", [" ", "-", "/", " - "])
def test_a_number_may_be_typed_in_groups(registry, somebody, mark):
    person = somebody()
    grouped = mark.join((person.document_number[:2], person.document_number[2:5], person.document_number[5:]))

    assert registry.find(claims_of(person, document_number=grouped), permit).date_of_birth == person.date_of_birth


@pytest.mark.parametrize("recorded", ["AB-12/345 6", "AB123456"])
@pytest.mark.parametrize("typed", ["AB-12/345 6", "ab 123-456"])
def test_a_number_may_be_recorded_in_groups(odd_server, open_registry, somebody, recorded, typed):
    person = dataclasses.replace(somebody(), document_number=recorded)
    odd_server.answers = {
        "/metadata": (200, {}, WITH_REVINCLUDE),
        "/Patient/_search": (200, {}, bundle(patient(person))),
    }

    assert open_registry(odd_server.url).find(claims_of(person, document_number=typed), permit).patient_id == "1"


def test_a_record_without_a_number_is_nobodys(odd_server, open_registry, somebody):
    numberless = [{"system": fhir.DOCUMENT_SYSTEM}, {"system": fhir.DOCUMENT_SYSTEM, "value": "---"}]
    odd_server.answers = {
        "/metadata": (200, {}, WITH_REVINCLUDE),
        "/Patient/_search": (200, {}, bundle(patient(somebody(), identifier=numberless))),
    }

    with pytest.raises(errors.Refused) as caught:
        open_registry(odd_server.url).find(claims_of(somebody(), document_number="----"), permit)

    assert caught.value.reason == "no_record"


@pytest.mark.parametrize(
    "wrong",
    [
        {"given_names": "Nemo"},
        {"family_name": "Nemo"},
        {"date_of_birth": "1901-01-01"},
        {"document_number": "XX0000000"},
        {"document_number": "-/--"},
    ],
)
@pytest.mark.parametrize("kind", ["vaccinated", "twice"])
def test_any_wrong_detail_gives_the_same_answer(registry, somebody, wrong, kind):
    with pytest.raises(errors.Refused) as caught:
        registry.find(claims_of(somebody(kind), **wrong), permit)

    assert caught.value.reason == "no_record"
    assert caught.value.args == ("no_record",)


def test_somebody_recorded_twice_is_ambiguous(registry, somebody):
    with pytest.raises(errors.Refused) as caught:
        registry.find(claims_of(somebody("twice")), permit)

    assert caught.value.reason == "ambiguous_record"


def test_every_request_has_its_permit_and_a_person_costs_one(server, registry, somebody):
    permits, before = [], server.stats()["kinds"]

    for _ in range(3):
        registry.find(claims_of(somebody()), lambda: permits.append(1))

    made = collections.Counter(server.stats()["kinds"]) - collections.Counter(before)
    assert made == {"metadata": 1, "patient": 3}
    assert len(permits) == 4


def test_without_revinclude_a_second_search_follows_all_pages(plain_server, open_registry, somebody):
    registry, permits, before = open_registry(plain_server.url), [], plain_server.stats()["calls"]
    person = somebody("vaccinated")
    completed = [dose for dose in held(person) if dose[0] == "completed"]

    record = registry.find(claims_of(person), lambda: permits.append(1))

    assert len(completed) > 1
    assert given(record) == completed
    assert len(permits) == plain_server.stats()["calls"] - before == 2 + len(completed)


def test_pages_are_read_until_ambiguity_shows(plain_server, open_registry, somebody):
    with pytest.raises(errors.Refused) as caught:
        open_registry(plain_server.url).find(claims_of(somebody("twice")), permit)

    assert caught.value.reason == "ambiguous_record"


def test_nothing_is_sent_when_the_person_is_away(server, registry, somebody):
    registry.find(claims_of(somebody()), permit)
    before = server.stats()["calls"]

    def away():
        raise errors.PersonAway("ticket gone")

    with pytest.raises(errors.PersonAway):
        registry.find(claims_of(somebody()), away)

    assert server.stats()["calls"] == before


def test_many_threads_ask_for_capabilities_once(server, open_registry, somebody):
    registry, before, together = open_registry(server.url), server.stats()["kinds"], threading.Barrier(8)

    def visit(_number):
        together.wait()
        return registry.find(claims_of(somebody()), permit).patient_id

    with ThreadPoolExecutor(8) as threads:
        patients = set(threads.map(visit, range(8)))

    assert len(patients) == 1
    assert server.stats()["kinds"]["metadata"] == before.get("metadata", 0) + 1


def test_capabilities_are_asked_again_after_their_time(odd_server, open_registry, somebody):
    registry = open_registry(odd_server.url, capabilities_ttl_s=0)
    odd_server.answers = {
        "/metadata": (200, {}, WITH_REVINCLUDE),
        "/Patient/_search": (200, {}, bundle(patient(somebody()))),
    }

    for _ in range(2):
        registry.find(claims_of(somebody()), permit)

    assert odd_server.asked == ["/metadata", "/Patient/_search"] * 2


def test_a_rejected_search_makes_us_ask_what_the_server_can(odd_server, open_registry, somebody):
    registry = open_registry(odd_server.url)
    odd_server.answers = {"/metadata": (200, {}, WITH_REVINCLUDE), "/Patient/_search": (400, {}, b"")}

    for _ in range(2):
        with pytest.raises(errors.RegistryRejected):
            registry.find(claims_of(somebody()), permit)

    assert odd_server.asked.count("/metadata") == 2


def test_the_registry_may_live_below_a_path(odd_server, open_registry, somebody):
    odd_server.answers = {
        "/fhir/r4/metadata": (200, {}, WITHOUT_REVINCLUDE),
        "/fhir/r4/Patient/_search": (200, {}, bundle(patient(somebody()), next_url="/fhir/r4/more?a=b%20c")),
        "/fhir/r4/more?a=b%20c": (200, {}, bundle()),
        "/fhir/r4/Immunization/_search": (200, {}, bundle(immunization("Patient/1"))),
    }

    record = open_registry(f"{odd_server.url}/fhir/r4").find(claims_of(somebody()), permit)

    assert [one.lot for one in record.immunizations] == ["L1"]
    assert len(odd_server.asked) == 4


@pytest.mark.parametrize("link", ["http://127.0.0.1:1/page", "https://example.org/", "//example.org/", "http://[", ""])
def test_a_link_to_another_origin_is_not_followed(odd_server, open_registry, somebody, link):
    odd_server.answers = {
        "/metadata": (200, {}, WITH_REVINCLUDE),
        "/Patient/_search": (
            200,
            {},
            bundle(patient(somebody()), next_url=link or "http://somebody@" + odd_server.url[7:]),
        ),
    }
    permits = []

    with pytest.raises(errors.RegistryUnavailable):
        open_registry(odd_server.url).find(claims_of(somebody()), lambda: permits.append(1))

    assert len(permits) == len(odd_server.asked) == 2


def test_pages_without_end_end(odd_server, open_registry, somebody):
    odd_server.answers = {
        "/metadata": (200, {}, WITH_REVINCLUDE),
        "/Patient/_search": (200, {}, bundle(next_url="/more")),
        "/more": (200, {}, bundle(next_url="/more")),
    }

    with pytest.raises(errors.RegistryUnavailable):
        open_registry(odd_server.url).find(claims_of(somebody()), permit)

    assert len(odd_server.asked) == 11


def test_only_the_person_asked_for_counts_whatever_a_server_sends_along(odd_server, open_registry, somebody):
    person, stranger = somebody("vaccinated"), somebody("partial")
    odd_server.answers = {
        "/metadata": (200, {}, WITH_REVINCLUDE),
        "/Patient/_search": (
            200,
            {},
            bundle(
                patient(stranger, "7"),
                patient(person, "1"),
                patient(person, "2", active=False),
                patient(person, "3", identifier=[{"value": person.document_number}]),
                patient(person, "4", birthDate=person.date_of_birth.isoformat()[:7]),
                patient(person, "4b", birthDate=person.date_of_birth.isoformat()[:4]),
                patient(person, "4c", birthDate=None),
                patient(person, "6", link=[{"type": "replaced-by", "other": {"reference": "Patient/1"}}]),
                patient(person, "5", name=[{"use": "old", "family": person.family_name}]),
                immunization("Patient/7", "stranger"),
                immunization("Patient/11", "similar id"),
                immunization("Patient/1", "relative"),
                immunization("https://registry.example/r4/Patient/1/_history/3", "absolute"),
                immunization("urn:uuid:1", "entry"),
                {"resource": {"resourceType": "OperationOutcome"}},
                {"fullUrl": "urn:uuid:nothing"},
            ),
        ),
    }

    record = open_registry(odd_server.url).find(claims_of(person), permit)

    assert record.patient_id == "1"
    assert [one.lot for one in record.immunizations] == ["relative", "absolute", "entry"]


def test_odd_but_right_fhir_is_read(odd_server, open_registry, somebody):
    person = somebody("vaccinated", "latin")
    protocols = [
        {
            "targetDisease": [{"coding": [{"system": "http://snomed.info/sct", "code": "66071002"}]}],
            "doseNumberString": "9",
        },
        {
            "targetDisease": [{"coding": [{"system": "http://snomed.info/sct", "code": "840539006"}]}],
            "doseNumberString": "2",
            "seriesDosesString": "two",
        },
    ]
    given_names = [None, *person.given_names.split()]
    odd_server.answers = {
        "/metadata": (200, {}, WITH_REVINCLUDE),
        "/Patient/_search": (
            200,
            {},
            bundle(
                patient(person, name=[{"family": person.family_name, "given": given_names}]),
                immunization(
                    "Patient/1",
                    protocolApplied=protocols,
                    isSubpotent=True,
                    manufacturer={"display": "Some maker"},
                    occurrenceDateTime=None,
                    occurrenceString="spring 2021",
                ),
            ),
        ),
    }

    [one] = open_registry(odd_server.url).find(claims_of(person), permit).immunizations

    assert (one.dose_number, one.series_doses, one.subpotent) == (2, None, True)
    assert (one.manufacturer, one.occurred) == ("Some maker", "spring 2021")


@pytest.mark.parametrize(
    ("manufacturer", "read"),
    [
        ({"identifier": {"system": "http://hl7.org/fhir/sid/mvx", "value": "ASZ"}, "display": "AstraZeneca AB"}, "ASZ"),
        ({"identifier": {"value": "ASZ"}}, "ASZ"),
        ({"identifier": {"system": "https://www.gs1.org/gln", "value": "0863772000001"}, "display": "Maker"}, "Maker"),
        ({"identifier": {"system": "https://www.gs1.org/gln", "value": "0863772000001"}}, "0863772000001"),
        ({"reference": "Organization/1"}, None),
    ],
)
def test_a_manufacturer_is_known_by_its_code_or_its_name(odd_server, open_registry, somebody, manufacturer, read):
    odd_server.answers = {
        "/metadata": (200, {}, WITH_REVINCLUDE),
        "/Patient/_search": (
            200,
            {},
            bundle(patient(somebody()), immunization("Patient/1", manufacturer=manufacturer)),
        ),
    }

    [one] = open_registry(odd_server.url).find(claims_of(somebody()), permit).immunizations

    assert one.manufacturer == read


def test_what_is_typed_cannot_widen_the_search(server, registry, somebody):
    @dataclasses.dataclass
    class Typed:
        given_names: str
        family_name: str
        date_of_birth: datetime.date
        document_number: str

    person, other = somebody("vaccinated"), somebody("partial")
    both = f"{other.document_number},{fhir.DOCUMENT_SYSTEM}|{person.document_number}"
    asked = len(server.lines())

    with pytest.raises(errors.Refused) as caught:
        registry.find(Typed(person.given_names, person.family_name, person.date_of_birth, both), permit)

    assert caught.value.reason == "no_record"
    assert [line["person"] for line in server.lines()[asked:]] == [None, None]


def test_several_clients_keep_to_the_calls_that_may_be_under_way(start, open_registry, somebody, redis_client):
    server = start("--at-once", "3", "--latency-ms", "50")
    buckets = [permits.Permits(redis_client, 10_000, at_once=3, max_sleep_ms=10) for _ in range(2)]
    registries = [open_registry(server.url) for _ in buckets]
    for registry in registries:
        registry.probe(permit)

    def visit(number):
        while True:
            try:
                return registries[number % 2].find(claims_of(somebody()), buckets[number % 2].take).patient_id
            except errors.NoPermit:
                continue

    with ThreadPoolExecutor(12) as threads:
        assert len(set(threads.map(visit, range(40)))) == 1

    assert server.stats()["too_many"] == 0
    assert server.stats()["most_under_way"] <= 3


def test_a_call_that_fails_has_ended_too(odd_server, open_registry, somebody):
    ended = []
    odd_server.answers = {"/metadata": (500, {}, b"")}

    with pytest.raises(errors.RegistryUnavailable):
        open_registry(odd_server.url).find(claims_of(somebody()), lambda: lambda: ended.append(1))

    assert ended == [1]


def test_somebody_may_watch_the_calls(server, open_registry, somebody):
    calls = []
    registry = open_registry(
        server.url, observe=lambda kind, status, seconds: calls.append((kind, status, seconds > 0))
    )

    registry.find(claims_of(somebody()), permit)

    assert calls == [("metadata", 200, True), ("patient", 200, True)]
