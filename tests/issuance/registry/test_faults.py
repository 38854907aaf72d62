"""What the client makes of a registry that fails, each time over real connections."""

import json
import logging
import socket
import traceback

import pytest

from issuance import errors
from issuance.registry import client, wire
from queueing import claims
from tests.issuance.registry import test_client

PAUSED, UNAVAILABLE = errors.RegistryPaused, errors.RegistryUnavailable


@pytest.fixture
def visit(server, open_registry, somebody):
    """Looks somebody up with a client that knows the server already."""
    registry = open_registry(server.url, call_timeout_s=0.5)

    def look_up():
        return registry.find(test_client.claims_of(somebody()), test_client.permit)

    look_up()
    return look_up


@pytest.mark.parametrize(
    ("fault", "error", "retry_after_s"),
    [
        ({"kind": "status", "status": 429, "retry_after_s": 7}, PAUSED, 7),
        ({"kind": "status", "status": 429, "retry_after_s": 7, "retry_after_as": "date"}, PAUSED, 7),
        ({"kind": "status", "status": 429, "retry_after_s": 1.5, "retry_after_as": "milliseconds"}, PAUSED, 1.5),
        ({"kind": "status", "status": 429}, PAUSED, wire.UNSAID_S),
        ({"kind": "status", "status": 429, "retry_after_s": 86_400}, PAUSED, errors.LONGEST_RETRY_S),
        ({"kind": "status", "status": 429, "retry_after_s": 0}, PAUSED, wire.LEAST_PAUSE_S),
        ({"kind": "status", "status": 429, "retry_after_text": "9" * 400}, PAUSED, errors.LONGEST_RETRY_S),
        ({"kind": "status", "status": 429, "retry_after_text": "in a while"}, PAUSED, wire.UNSAID_S),
        ({"kind": "status", "status": 429, "retry_after_text": "-30"}, PAUSED, wire.UNSAID_S),
        ({"kind": "status", "status": 503, "retry_after_text": "in a while"}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "status", "status": 302}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "status", "status": 503, "retry_after_s": 7}, PAUSED, 7),
        ({"kind": "status", "status": 503, "retry_after_s": 7, "retry_after_as": "date"}, PAUSED, 7),
        ({"kind": "status", "status": 503, "retry_after_s": 2, "retry_after_as": "milliseconds"}, PAUSED, 2),
        ({"kind": "status", "status": 503}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "status", "status": 500}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "status", "status": 502, "retry_after_s": 9}, UNAVAILABLE, 9),
        ({"kind": "status", "status": 408}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "status", "status": 204}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "drop"}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "hang"}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "slow", "delay_s": 5}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "trickle", "delay_s": 0.1}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "cut"}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "empty"}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "html"}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "html", "status": 502}, UNAVAILABLE, wire.UNSAID_S),
        ({"kind": "malformed"}, UNAVAILABLE, wire.UNSAID_S),
    ],
    ids=lambda value: value["kind"] + str(value.get("status", "")) if isinstance(value, dict) else "",
)
def test_a_failing_registry_means_later(server, visit, fault, error, retry_after_s):
    server.fault(**fault)

    with pytest.raises(errors.Retryable) as caught:
        visit()

    assert type(caught.value) is error
    assert caught.value.retry_after_s == retry_after_s
    server.fault()
    assert visit().immunizations


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 422])
def test_what_only_we_can_mend_crashes_loudly(server, visit, status):
    server.fault(kind="status", status=status)

    with pytest.raises(errors.RegistryRejected) as caught:
        visit()

    assert caught.value.status == status


def test_a_fault_may_end_by_itself(server, visit):
    server.fault(kind="status", status=500, calls=2)

    for _ in range(2):
        with pytest.raises(UNAVAILABLE):
            visit()

    assert visit()


def test_metadata_that_fails_is_asked_again_by_the_next(server, open_registry, somebody):
    registry = open_registry(server.url)
    server.fault(kind="status", status=500, calls=1)

    with pytest.raises(UNAVAILABLE):
        registry.find(test_client.claims_of(somebody()), test_client.permit)

    assert registry.find(test_client.claims_of(somebody()), test_client.permit)


def test_nobody_listening_means_later(open_registry, somebody):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        registry = open_registry(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(UNAVAILABLE):
            registry.find(test_client.claims_of(somebody()), test_client.permit)


def test_a_page_that_is_gone_means_later(odd_server, open_registry, somebody):
    odd_server.answers = {
        "/metadata": (200, {}, test_client.WITH_REVINCLUDE),
        "/Patient/_search": (200, {}, test_client.bundle(next_url="/gone")),
        "/gone": (410, {}, b""),
    }

    with pytest.raises(UNAVAILABLE):
        open_registry(odd_server.url).find(test_client.claims_of(somebody()), test_client.permit)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"\xff\xfe{}",
        b'{"resourceType": "Patient"}',
        b'{"resourceType": "OperationOutcome"}',
        b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}',
        b'{"resourceType": "Bundle", "entry": {}}',
        b"[" * 100_000,
        b" " * (wire.MOST_BYTES + 1),
    ],
    ids=range(9),
)
def test_what_is_not_the_fhir_asked_for_means_later(odd_server, open_registry, somebody, body):
    odd_server.answers = {
        "/metadata": (200, {}, test_client.WITH_REVINCLUDE),
        "/Patient/_search": (200, {}, body),
    }

    with pytest.raises(UNAVAILABLE):
        open_registry(odd_server.url).find(test_client.claims_of(somebody()), test_client.permit)


CANARY = claims.Claims(
    given_names="Kanarienna", family_name="Vogelsang", date_of_birth="1987-06-05", document_number="XCANARY99"
)
TOLD = ["kanarienna", "vogelsang", "1987-06-05", "xcanary99"]
ECHO = "Kanarienna Vogelsang 1987-06-05 XCANARY99"
LINK = "/Patient?name=Kanarienna+Vogelsang&birthdate=1987-06-05&identifier=XCANARY99"


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, test_client.bundle()),
        (200, {}, test_client.bundle(next_url=LINK)),
        (200, {}, test_client.bundle(next_url="https://elsewhere.example" + LINK)),
        (200, {}, ECHO.encode()),
        (200, {}, {"resourceType": "Bundle", "entry": [ECHO]}),
        (200, {}, {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": [ECHO]}}]}),
        (200, {"content-encoding": "gzip"}, ECHO.encode()),
        (200, {"content-length": ECHO}, b""),
        (302, {"location": LINK}, b""),
        (400, {"reason": ECHO}, {"resourceType": "OperationOutcome", "issue": [{"diagnostics": ECHO}]}),
        (429, {"retry-after": ECHO}, ECHO.encode()),
        (500, {"reason": ECHO}, ECHO.encode()),
    ],
    ids=range(12),
)
def test_nothing_personal_is_in_errors_or_logs_whatever_the_registry_echoes(odd_server, open_registry, caplog, answer):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection", "issuance"):
        caplog.set_level(logging.DEBUG, name)
    odd_server.answers = {
        "/metadata": (200, {}, test_client.WITH_REVINCLUDE),
        "/Patient/_search": answer,
        LINK: (200, {}, test_client.bundle(next_url=LINK)),
    }

    with pytest.raises(errors.IssuanceError) as caught:
        open_registry(odd_server.url).find(CANARY, test_client.permit)

    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    told += json.dumps([repr(record.args) for record in caplog.records])
    assert "registry call: patient" in caplog.text
    assert not [word for word in TOLD if word in told.lower()]


def test_a_record_does_not_show_the_person(registry, somebody):
    person = somebody("vaccinated", "latin")

    shown = repr(registry.find(test_client.claims_of(person), test_client.permit))

    assert person.family_name not in shown
    assert person.date_of_birth.isoformat() not in shown


def test_the_url_needs_no_slash_at_its_end(server, somebody):
    for url in (server.url, server.url + "/"):
        registry = client.Registry(url)
        assert registry.find(test_client.claims_of(somebody()), test_client.permit)
        registry.close()
