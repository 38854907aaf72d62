"""The published wire is the real one: docs/openapi.json and docs/protocol.md against the code."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import AsyncClient

from issuance import errors as issuing_errors
from project import limits, serve
from project.management.commands import openapi
from queueing import api, claims, consumers, frames, obstacles, settings, sockets, tickets, wire
from queueing.room import TicketState
from queueing.rooms import RoomView
from tests.contracts import documents

PROTOCOL = "docs/protocol.md"
SHAPES = (wire.RoomsOut, wire.RoomOut, wire.TicketOut, wire.TrustListOut, wire.Problem, claims.Form)
MODELS = {model.__name__: model for model in SHAPES}
CALL = re.compile(r"`(GET|POST|PUT|DELETE) ([^`]+)`")
# One ticket in the states that each kind of frame is an example of.
STATES = {
    "state": TicketState("serving", 1, called_us=2),
    "called": TicketState("serving", 1, called_us=2),
    "issued": TicketState("issued", 1, called_us=2, expires_ms=3),
    "refused": TicketState("refused", 1, called_us=2, reason="no_record", expires_ms=3),
}


def documented_calls() -> set[tuple[str, str]]:
    cells = documents.first_cells(documents.section(PROTOCOL, "HTTP"))
    return {(method.lower(), path) for cell in cells for method, path in CALL.findall(cell)}


def frames_of(state: TicketState) -> list[dict[str, Any]]:
    """What a browser is sent in this state."""
    ticket = tickets.Ticket("passport", "x" * 22, 1, "i", 1, b"", b"", b"")
    view = RoomView(settings.RoomSettings("passport"), "i", None, 1)
    return [json.loads(frame) for _kind, frame in frames.of_state(ticket, state, view, corrected=False)]


def example_of(kind: str) -> dict[str, Any]:
    return next(json.loads(body) for name, body in documents.examples(PROTOCOL) if name == kind)


def test_published_document_is_what_the_code_makes() -> None:
    call_command("openapi", check=True, stdout=io.StringIO())


def test_same_code_makes_the_same_document() -> None:
    assert openapi.text() == openapi.text()


def test_document_that_is_out_of_date_is_noticed(tmp_path: Path) -> None:
    old = tmp_path / "openapi.json"
    old.write_text(openapi.text().replace("/api/rooms/{room}/passport", "/api/rooms/{room}/document"))
    with pytest.raises(CommandError, match="out of date"):
        call_command("openapi", check=True, file=old)


def test_every_call_has_a_name_of_its_own() -> None:
    calls = [call for path in json.loads(openapi.text())["paths"].values() for call in path.values()]
    names = [call["operationId"] for call in calls]
    assert len(set(names)) == len(names)


def test_every_call_of_the_protocol_is_published_and_no_other() -> None:
    published = json.loads(documents.text("docs/openapi.json"))["paths"]
    assert {(method, path) for path, calls in published.items() for method in calls} == documented_calls()


@pytest.mark.parametrize(
    "path", ["/", "/rooms/nobody-made-this", "/healthz", "/api/rooms", "/api/rooms/nobody-made-this"]
)
async def test_calls_beside_and_in_the_api_are_served(path: str, redis_url: str) -> None:
    published = json.loads(documents.text("docs/openapi.json"))["paths"]
    answer = await AsyncClient().get(path)
    known = published.get(path) or published[path.replace("nobody-made-this", "{room}")]
    assert str(answer.status_code) in known["get"]["responses"]
    assert answer["Content-Type"].partition(";")[0] in known["get"]["responses"][str(answer.status_code)]["content"]


def test_every_example_is_of_something_known() -> None:
    kinds = [kind for kind, _body in documents.examples(PROTOCOL)]
    assert set(kinds) == set(MODELS) | set(STATES) | {"notice"}


@pytest.mark.parametrize(("kind", "body"), [pair for pair in documents.examples(PROTOCOL) if pair[0] in MODELS])
def test_examples_of_answers_have_the_fields_of_the_wire(kind: str, body: str) -> None:
    model = MODELS[kind]
    read = model.model_validate_json(body)
    assert read.model_dump(mode="json", exclude_unset=True) == json.loads(body)
    fields = set(json.loads(body))
    # Problems alone leave out what does not apply.
    assert fields <= set(model.model_fields) if kind == "Problem" else fields == set(model.model_fields)


@pytest.mark.parametrize("kind", STATES)
def test_examples_of_frames_have_the_fields_that_are_sent(kind: str) -> None:
    example = example_of(kind)
    sent = next(frame for frame in frames_of(STATES[kind]) if frame["type"] == example["type"])
    assert set(example) == set(sent)


def test_example_of_a_notice_has_the_fields_that_are_sent() -> None:
    view = RoomView(settings.RoomSettings("passport", notice="Hello"), "i", None, 1)
    assert set(example_of("notice")) == set(json.loads(frames.notice(view)))


def test_every_field_of_a_ticket_is_explained() -> None:
    explained = documents.codes("\n".join(documents.first_cells(documents.section(PROTOCOL, "The ticket"))))
    assert set(wire.TicketOut.model_fields) <= explained


def test_every_code_of_a_wrong_field_is_explained() -> None:
    given = set(re.findall(r'PydanticCustomError\(\s*"(\w+)"', documents.text("queueing/claims.py"))) | {"required"}
    assert set(documents.first_cells(documents.section(PROTOCOL, "Errors"))) - {"code"} == {f"`{c}`" for c in given}


def test_every_reason_is_explained() -> None:
    explained = documents.codes(documents.section(PROTOCOL, "Reasons"))
    assert set(issuing_errors.REASONS) | {"registry_unavailable", "internal"} <= explained


def test_every_reason_of_a_standstill_is_explained() -> None:
    reasons = {wire.PAUSED_BY_STAFF, wire.NO_USHER, *obstacles.REASONS}
    assert reasons <= documents.codes(documents.section(PROTOCOL, "The ticket"))


def test_every_close_code_is_explained() -> None:
    explained = set(documents.first_cells(documents.section(PROTOCOL, "WebSocket")))
    used = {value for name, value in vars(sockets).items() if name.isupper() and isinstance(value, int)}
    assert {str(code) for code in used} <= explained


def test_limits_are_those_of_the_code() -> None:
    stated = documents.section(PROTOCOL, "Limits")
    shortest, longest = api.IDEMPOTENCY_KEY
    for limit in (
        f"{limits.MAX_BODY_BYTES:,} bytes",
        f"{serve.MAX_FRAME_BYTES:,} bytes",
        f"{consumers.MAX_FRAME_CHARACTERS} characters",
        f"{consumers.FRAMES_PER_MINUTE} a minute",
        f"{shortest} to {longest} characters",
        f"{tickets.MAX_BYTES:,} bytes",
        f"{tickets.MAX_AGE_S:,} s",
        f"{claims.NAME_LENGTH}; {claims.DOCUMENT_LENGTH[0]} to {claims.DOCUMENT_LENGTH[1]} characters",
    ):
        assert limit in stated
