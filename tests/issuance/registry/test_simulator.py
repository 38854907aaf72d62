import collections
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from issuance.registry import fhir, people

SECOND_NS = 1_000_000_000


@pytest.fixture
def post(server):
    def post_form(path, **form):
        return server.http.post(path, data=form)

    return post_form


def identifier(person):
    return f"{fhir.DOCUMENT_SYSTEM}|{person.document_number}"


def resources(answer, kind):
    entries = answer.json().get("entry", [])
    return [entry["resource"] for entry in entries if entry["resource"]["resourceType"] == kind]


def test_the_contract_is_kept_in_every_second_and_the_rest_is_told_when_to_come_back(start):
    server = start("--rate", "20")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: server.http.get("/metadata"), range(200)))

    served = [line["time_ns"] for line in server.lines() if line["status"] == 200]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert all(sum(first <= one < first + SECOND_NS for one in served) <= 20 for first in served)
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert {answer.json()["issue"][0]["code"] for answer in refused} == {"throttled"}
    stats = server.stats()
    assert stats["calls"] == 200 == sum(stats["statuses"].values())
    assert stats["too_many"] == len(refused)
    assert stats["worst_window"] > 20


def test_more_at_a_time_than_it_takes_are_sent_away(start):
    server = start("--at-once", "3", "--latency-ms", "200")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: httpx.get(f"{server.url}/metadata", trust_env=False), range(8)))

    assert {answer.status_code for answer in answers} == {200, 429}
    assert server.stats()["most_under_way"] > 3
    assert server.http.get("/metadata").status_code == 200


def test_every_call_leaves_a_line_that_names_nobody(server, post, somebody):
    person, before = somebody(), len(server.lines())
    form = {"identifier": identifier(person), "birthdate": f"eq{person.date_of_birth}"}
    [patient] = resources(post("/Patient/_search", **form), "Patient")
    post("/Immunization/_search", patient=f"Patient/{patient['id']}")
    post("/Patient/_search", identifier=f"{fhir.DOCUMENT_SYSTEM}|XX0000000")
    post("/Patient/_search", name=person.family_name)
    post(f"/{person.family_name}")

    lines = server.lines()[before:]
    kinds = "patient|immunization|other"
    form = rf'{{"time_ns": \d{{19}}, "status": \d{{3}}, "person": (\d+|null), "kind": "({kinds})"}}'
    assert all(re.fullmatch(form, line) for line in server.log.read_text().splitlines()[before:])
    assert [(line["kind"], line["status"], line["person"]) for line in lines] == [
        ("patient", 200, person.number),
        ("immunization", 200, person.number),
        ("patient", 200, None),
        ("patient", 400, None),
        ("other", 404, None),
    ]
    assert [line["time_ns"] for line in lines] == sorted(line["time_ns"] for line in lines)


def test_a_search_answers_by_identifier_and_birth_date(post, somebody):
    person = somebody()
    number, day = person.document_number, person.date_of_birth

    def found(**form):
        return len(resources(post("/Patient/_search", **form), "Patient"))

    assert found(identifier=identifier(person), birthdate=f"eq{day}") == 1
    assert found(identifier=number, birthdate=str(day)) == 1
    assert found(identifier=number, birthdate=f"{day:%Y-%m}") == 1
    assert found(identifier=number, birthdate=f"ge{day:%Y}") == 1
    assert found(identifier=f"nobody,{number}") == 1
    assert found(identifier=number, birthdate="1900-01-01") == 0
    assert found(identifier=number, birthdate=f"ne{day}") == 0
    assert found(identifier=number, birthdate=f"gt{day:%Y-%m}") == 0
    assert found(identifier=f"https://elsewhere.example|{number}") == 0
    assert found(identifier=f"|{number}") == 0
    assert found(identifier=f"nobody\\,{number}") == 0
    assert found(identifier=number.lower()) == 0


@pytest.mark.parametrize(
    "form",
    [
        {"birthdate": "1984-03-07"},
        {"identifier": ""},
        {"identifier": "a|b|c"},
        {"identifier": "x", "birthdate": "07.03.1984"},
        {"identifier": "x", "birthdate": "eq1984-02-30"},
        {"identifier": "x", "birthdate": "sa1984-02-20"},
        {"identifier": "x", "_revinclude": "Observation:patient"},
        {"identifier": "x", "_count": "0"},
        {"identifier": "x", "family": "y"},
    ],
    ids=str,
)
def test_a_search_that_is_not_understood_is_an_error(post, somebody, form):
    if form.get("identifier") == "x":
        form = {**form, "identifier": identifier(somebody())}

    answer = post("/Patient/_search", **form)

    assert answer.status_code == 400
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert somebody().document_number not in answer.text


def test_a_search_in_another_form_is_refused(server):
    answer = server.http.post("/Patient/_search", json={"identifier": "x"})
    long = server.http.post("/Patient/_search", data={"identifier": "x" * 100_000})

    assert (answer.status_code, long.status_code) == (415, 413)


def test_immunizations_come_along_where_that_is_offered(server, plain_server, post, somebody):
    person, form = somebody(), {"identifier": identifier(somebody()), "_revinclude": fhir.REVINCLUDE}

    assert len(resources(post("/Patient/_search", **form), "Immunization")) == len(person.doses)
    assert plain_server.http.post("/Patient/_search", data=form).status_code == 400
    offers = [
        fhir.Capabilities.model_validate_json(one.http.get("/metadata").content).offers_revinclude()
        for one in (server, plain_server)
    ]
    assert offers == [True, False]


def test_somebody_recorded_twice_has_two_patients_who_share_the_doses(post, somebody):
    person = somebody("twice")

    answer = post("/Patient/_search", identifier=identifier(person), _revinclude=fhir.REVINCLUDE)

    patients, given = resources(answer, "Patient"), resources(answer, "Immunization")
    assert len({patient["id"] for patient in patients}) == 2
    assert len({one["id"] for one in given}) == len(person.doses)


def test_next_links_say_nothing_and_may_be_read_again(server, post, somebody):
    person = somebody("twice")

    answer = post("/Patient/_search", identifier=identifier(person), _count="1")
    [link] = answer.json()["link"]
    second, again = server.http.get(link["url"]), server.http.get(link["url"])

    assert answer.json()["total"] == 2
    assert second.json() == again.json()
    assert resources(second, "Patient")[0]["id"] != resources(answer, "Patient")[0]["id"]
    assert "link" not in second.json()
    assert person.document_number not in link["url"]
    assert server.http.get(link["url"] + "x").status_code == 410


def test_immunizations_are_filtered_by_status(post, somebody):
    person = next(one for one in people.people(400) if any(dose.status == "not-done" for dose in one.doses))
    [patient] = resources(post("/Patient/_search", identifier=identifier(person)), "Patient")

    def statuses(**form):
        answer = post("/Immunization/_search", patient=f"Patient/{patient['id']}", **form)
        return collections.Counter(one["status"] for one in resources(answer, "Immunization"))

    assert statuses() == collections.Counter(dose.status for dose in person.doses)
    assert set(statuses(status="completed")) == {"completed"}
    assert set(statuses(status="not-done,completed")) == {"completed", "not-done"}
    assert not resources(post("/Immunization/_search", patient="Patient/nobody"), "Immunization")
    assert post("/Immunization/_search", patient="Group/1").status_code == 400


def test_a_name_in_another_script_has_its_latin_form_beside_it(post, somebody):
    person = somebody("vaccinated", "georgian")

    [patient] = resources(post("/Patient/_search", identifier=identifier(person)), "Patient")

    assert [name["family"] for name in patient["name"]] == [person.family_name, person.latin_family_name]


def test_without_the_token_nothing_is_told(start, somebody):
    server = start("--token", "demo-token")
    form = {"identifier": identifier(somebody())}

    def search(**headers):
        return server.http.post("/Patient/_search", data=form, headers=headers)

    assert search().status_code == search(authorization="Bearer other").status_code == 401
    assert resources(search(authorization="Bearer demo-token"), "Patient")
    assert [line["person"] for line in server.lines()][:2] == [None, None]


def test_a_storm_is_outside_the_contract_and_in_the_log(start):
    server = start("--rate", "1")
    server.fault(kind="status", status=429, retry_after_s=3)

    answers = [server.http.get("/metadata") for _ in range(3)]

    assert {(answer.status_code, answer.headers["retry-after"]) for answer in answers} == {(429, "3")}
    assert [(line["status"], line["retry_after_s"]) for line in server.lines()] == [(429, 3.0)] * 3


def test_calls_without_an_answer_are_logged_as_such(server):
    before = len(server.lines())
    server.fault(kind="drop", calls=1)

    with pytest.raises(httpx.RemoteProtocolError):
        server.http.get("/metadata")

    assert [line["status"] for line in server.lines()[before:]] == [None]


def test_a_fault_may_befall_some_kinds_of_calls_and_some_people_alone(server, post, somebody):
    def asked_about(person):
        form = {"identifier": identifier(person), "birthdate": f"eq{person.date_of_birth.isoformat()}"}
        return post("/Patient/_search", **form).status_code

    person, other = somebody("vaccinated"), somebody("partial")
    server.fault(kind="status", status=500, kinds=["patient"])
    assert (server.http.get("/metadata").status_code, asked_about(person)) == (200, 500)
    server.fault(kind="status", status=500, people=[person.number])
    assert (asked_about(person), asked_about(other)) == (500, 200)
    server.fault(kind="status", status=500, people=[person.number], kinds=["metadata"])
    assert (server.http.get("/metadata").status_code, asked_about(person)) == (200, 200)


def test_an_unknown_fault_is_refused_and_the_present_one_is_shown(server):
    http, url = server.http, "/simulator/faults"

    assert http.put(url, json={"kind": "fire"}).status_code == 422
    assert http.put(url, content=b"{").status_code == 422
    assert http.put(url, json={"kind": "slow", "delay_s": 2}).json()["delay_s"] == 2
    assert http.get(url).json()["kind"] == "slow"
    assert http.put(url, json={}).json()["kind"] == "none"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_peace_even_while_a_caller_hangs(start, number):
    server = start()
    server.fault(kind="hang")
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as hanging:
        hanging.sendall(b"GET /metadata HTTP/1.1\r\nhost: registry\r\n\r\n")
        _until(server.lines)

        server.process.send_signal(number)

        assert server.process.wait(20) == 0
        assert hanging.recv(1) == b""


def test_a_port_in_use_is_said_in_one_sentence(server):
    port = server.url.rpartition(":")[2]

    ended = _run("--port", port)

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f":{port}: it is in use." in ended.stderr


def test_a_log_that_cannot_be_written_is_said_in_one_sentence(tmp_path):
    ended = _run("--port", "0", "--people", "1", "--log", str(tmp_path / "missing" / "log"))

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("option", ["--rate=0", "--latency-ms=x"])
def test_options_without_sense_are_refused(option):
    ended = _run(option)

    assert ended.returncode == 2
    assert "is needed" in ended.stderr


def _run(*options):
    command = [sys.executable, "-m", "issuance.registry.simulator", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
