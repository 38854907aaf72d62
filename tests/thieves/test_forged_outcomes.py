"""Who may write to Redis can end a ticket there. Nobody is told more than that it failed, and no document is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from queueing import sealing, tickets, vouching, web
from tests.queueing.browsers import Browser, frame, opened
from tests.queueing.lines import TIER_KEY, Line
from tests.queueing.test_api import finished

pytestmark = pytest.mark.usefixtures("served")

LIE = "Pay 20 at window 3."
HIS_KEY = Ed25519PrivateKey.generate()


def ended_by_him(line: Line, ticket: str, state: str, reason: str, document: bytes, proof: bytes) -> None:
    k = line.keys
    for zset in (k.waiting, k.present, k.away, k.serving, k.polling):
        line.client.zrem(zset, ticket)
    line.client.delete(k.ticket(ticket), k.sealed(ticket))
    told = {"state": state, "reason": reason, "document": document, "proof": proof}
    line.client.hset(k.outcome(ticket), mapping={name: value for name, value in told.items() if value})


def not_signed(_ticket: str, _state: str, _reason: str, _document: bytes) -> bytes:
    return b""


def signed_with_his_key(ticket: str, state: str, reason: str, document: bytes) -> bytes:
    return vouching.prove_outcome(HIS_KEY, "test", ticket, state, reason, document)


def of_another_ticket(_ticket: str, state: str, reason: str, document: bytes) -> bytes:
    return vouching.prove_outcome(TIER_KEY, "test", "A" * 22, state, reason, document)


def of_another_room(ticket: str, state: str, reason: str, document: bytes) -> bytes:
    return vouching.prove_outcome(TIER_KEY, "other", ticket, state, reason, document)


def of_another_end(ticket: str, _state: str, _reason: str, document: bytes) -> bytes:
    """That the ticket really had, in a life of Redis before."""
    return vouching.prove_outcome(TIER_KEY, "test", ticket, "refused", "no_record", document)


def rubbish(_ticket: str, _state: str, _reason: str, _document: bytes) -> bytes:
    return b"\xff" * 96


@pytest.mark.parametrize(
    ("state", "reason"),
    [("refused", "not_eligible"), ("refused", LIE), ("failed", LIE), ("admitted", ""), ("issued", "")],
)
@pytest.mark.parametrize(
    "proof", [not_signed, signed_with_his_key, of_another_ticket, of_another_room, of_another_end, rubbish]
)
async def test_outcome_that_no_worker_signed_is_a_failure_without_a_reason(
    line: Line, caplog: Any, state: str, reason: str, proof: Any
) -> None:
    browser = Browser()
    await browser.join()
    ticket = browser.ticket_id
    document = sealing.lock(bytes(32), "test", ticket, b"%PDF of his own") if state == "issued" else b""
    ended_by_him(line, ticket, state, reason, document, proof(ticket, state, reason, document))
    answer = await browser.get("ticket")
    shown = json.loads(answer.content)
    assert (shown["state"], shown["reason"]) == ("failed", "internal")
    assert LIE not in answer.content.decode()
    assert (await browser.get("passport")).status_code == 404
    assert ticket not in caplog.text and tickets.reference(ticket) in caplog.text


@pytest.mark.parametrize(("state", "reason"), [("issued", ""), ("refused", LIE)])
async def test_socket_hears_no_more_of_it_either(line: Line, state: str, reason: str) -> None:
    browser = Browser()
    await browser.join()
    socket = await opened(browser.socket())
    await frame(socket, "state")
    ended_by_him(line, browser.ticket_id, state, reason, b"", b"")
    await web.hub()._seats["test"].look([browser.ticket_id])
    told = await frame(socket, "outcome")
    assert (told["outcome"], told["reason"]) == ("failed", "internal")
    await socket.disconnect()


async def test_document_that_was_exchanged_is_not_shown(line: Line) -> None:
    browser = Browser()
    await browser.join()
    finished(line, browser)
    outcome = line.keys.outcome(browser.ticket_id)
    reply_key = sealing.from_text(browser.client.cookies["vestibule-test"].value.split(".")[6])
    # Even with the key: then the signature is what stands in the way.
    line.client.hset(outcome, "document", sealing.lock(reply_key, "test", browser.ticket_id, b"%PDF of his own"))
    assert (await browser.get("passport")).status_code == 404


async def test_what_a_worker_signed_is_told(line: Line) -> None:
    """Or all of the above would prove nothing."""
    lucky, refused = Browser(), Browser()
    await lucky.join()
    finished(line, lucky)
    assert (await lucky.get("passport")).content == b"%PDF passport"
    await refused.join()
    ticket = refused.ticket_id
    assert ticket in line.call()
    assert line.finish(ticket, line.claim(ticket).attempt, "refused", "not_eligible")
    assert json.loads((await refused.get("ticket")).content)["reason"] == "not_eligible"


async def test_outcome_reported_twice_stands_and_another_document_does_not_replace_it(line: Line) -> None:
    browser = Browser()
    await browser.join()
    finished(line, browser)
    before = line.client.hgetall(line.keys.outcome(browser.ticket_id))
    assert line.finish(browser.ticket_id, 1, "issued", document=b"made by the attempt before")
    assert line.client.hgetall(line.keys.outcome(browser.ticket_id)) == before


async def test_ticket_that_advance_gave_up_is_told_as_failed(line: Line, caplog: Any) -> None:
    """Nobody signs that, and nobody needs to."""
    browser = Browser()
    await browser.join()
    ended_by_him(line, browser.ticket_id, "failed", "internal", b"", b"")
    assert json.loads((await browser.get("ticket")).content)["reason"] == "internal"
    assert "not signed" not in caplog.text


async def test_who_leaves_after_the_end_leaves_neither_document_nor_proof(line: Line) -> None:
    browser = Browser()
    await browser.join()
    finished(line, browser)
    outcome = line.keys.outcome(browser.ticket_id)
    assert {b"document", b"proof"} <= line.client.hgetall(outcome).keys()
    assert (await browser.leave()).status_code == 204
    assert not {b"document", b"proof", b"reason"} & line.client.hgetall(outcome).keys()
