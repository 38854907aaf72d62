"""Who may write to Redis can put requests there. Workers open what web has signed, for the ticket it was signed for."""

from __future__ import annotations

import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuance import models
from queueing import documents, errors, metrics, sealing, tickets, vouching
from tests.queueing.lines import Line
from tests.thieves import citizens

HIS, HERS = "H" * 22, "S" * 22
HIS_KEY, HER_KEY = bytes(range(32)), bytes(range(1, 33))

pytestmark = pytest.mark.django_db(transaction=True)


def forged_so_far() -> float:
    return metrics.forged.labels("test", "request")._value.get()


def assert_nothing_came_of_it(line: Line, server: Any, ticket: str, calls: int) -> None:
    seen = line.look(ticket)
    assert (seen.state, seen.reason) == ("failed", "internal")
    assert server.stats()["calls"] == calls
    assert not models.Passport.objects.exists()
    assert not line.client.hget(line.keys.outcome(ticket), "document")


def his_own_key(person: Any) -> bytes:
    return vouching.sign_request(
        Ed25519PrivateKey.generate(), "test", HIS, citizens.sealed(person, HIS, HIS_KEY), time.time()
    )


def from_another_ticket(person: Any) -> bytes:
    return citizens.signed(person, HERS, HER_KEY)


def too_old(person: Any) -> bytes:
    age_s = vouching.REQUEST_GOOD_FOR_S + vouching.CLOCKS_DIFFER_S + 60
    return citizens.signed(person, HIS, HIS_KEY, at_s=time.time() - age_s)


def her_signature_on_his_request(person: Any) -> bytes:
    hers = citizens.signed(person, HIS, HER_KEY)
    return hers[:72] + citizens.sealed(person, HIS, HIS_KEY)


@pytest.mark.parametrize(
    "forge",
    [
        lambda person: citizens.sealed(person, HIS, HIS_KEY),
        his_own_key,
        from_another_ticket,
        her_signature_on_his_request,
        too_old,
        lambda _person: b"",
        lambda _person: b"\xff" * 4_000,
    ],
    ids=["not signed", "own key", "of another ticket", "another's signature", "too old", "empty", "rubbish"],
)
def test_request_that_web_did_not_sign_is_not_opened(
    desk: Any, line: Line, somebody: Any, server: Any, caplog: Any, forge: Any
) -> None:
    person = somebody()
    citizens.stand_in_line(line, HIS, b"anything")
    line.client.set(line.keys.sealed(HIS), forge(person))
    calls, before = server.stats()["calls"], forged_so_far()
    desk.serve("test", HIS)
    assert_nothing_came_of_it(line, server, HIS, calls)
    assert forged_so_far() == before + 1
    assert person.document_number not in caplog.text and person.family_name not in caplog.text


def test_what_web_signed_is_served(desk: Any, line: Line, somebody: Any) -> None:
    """Or all of the above would prove nothing."""
    citizens.stand_in_line(line, HERS, citizens.signed(somebody(), HERS, HER_KEY))
    desk.serve("test", HERS)
    assert line.look(HERS).state == "issued"


def test_request_put_back_under_its_own_id_makes_no_passport_for_whoever_put_it_back(
    desk: Any, line: Line, somebody: Any
) -> None:
    """He copies it while it waits, and lets her be served twice. It costs permits, and is locked for her alone."""
    request = citizens.signed(somebody(), HERS, HER_KEY)
    citizens.stand_in_line(line, HERS, request)
    desk.serve("test", HERS)
    line.client.delete(line.keys.outcome(HERS))
    citizens.stand_in_line(line, HERS, request)
    desk.serve("test", HERS)
    assert models.Passport.objects.count() == 1
    [locked] = line.client.hmget(line.keys.outcome(HERS), "document")
    assert documents.pdf_of(sealing.unlock(HER_KEY, "test", HERS, locked)).startswith(b"%PDF")
    with pytest.raises(errors.Unsealable):
        sealing.unlock(HIS_KEY, "test", HERS, locked)


def test_whose_turn_it_is_can_be_changed_and_no_more(desk: Any, line: Line, somebody: Any, server: Any) -> None:
    """The order of the line is numbers in Redis: who writes there may go first, and gets what he would have got."""
    line.join("first")
    request = citizens.signed(somebody("none"), HIS, HIS_KEY)
    line.store.run(line.room.join(HIS, request, tickets.reference(HIS), "somewhere", 100))
    for zset in (line.keys.waiting, line.keys.present):
        line.client.zadd(zset, {HIS: 1})
    line.hold(HIS)
    assert line.call(may_call=1) == [HIS]
    desk.serve("test", HIS)
    assert (line.look(HIS).state, line.look(HIS).reason) == ("refused", "not_eligible")


def test_job_for_somebody_who_was_not_called_does_nothing(desk: Any, line: Line, somebody: Any, server: Any) -> None:
    """Whoever writes to the broker can name tickets to workers."""
    request = citizens.signed(somebody(), HIS, HIS_KEY)
    line.store.run(line.room.join(HIS, request, tickets.reference(HIS), "somewhere", 100))
    line.hold(HIS)
    calls = server.stats()["calls"]
    for room in ("test", "another", "{test}:waiting", ""):
        desk.serve(room, HIS)
    assert line.where(HIS) == {"waiting", "present"}
    assert server.stats()["calls"] == calls
