"""One worker's desk against a real line, a real registry over HTTP and a real database."""

from __future__ import annotations

import dataclasses
import datetime
import threading
import time
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import redis
import zxingcpp
from django.db import connection

from issuance import (
    actors,
    breaker,
    hashes,
    inquiries,
    issued,
    models,
    passports,
    permits,
    probing,
    revocations,
    tries,
)
from issuance.registry import people
from issuance.registry.client import Registry
from project.local import ports
from queueing import claims, documents, sealing, store, tickets, vouching
from queueing import keys as queue_keys
from queueing.attendance import Attendance
from queueing.room import Lease
from tests.issuance import desks
from tests.queueing.lines import Line

PRIVATE, PUBLIC = sealing.new_key_pair()
WEB_SIGNING, WEB_VERIFYING = vouching.new_key_pair()
REPLY_KEY = bytes(range(32))
TICKET, AGAIN, ONCE_MORE = "T" * 22, "U" * 22, "V" * 22

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    return Line(redis_client)


@pytest.fixture
def desk(line: Line, registry: Registry, tmp_path: Path) -> passports.Desk:
    """A worker's, whose registry allows more calls than any test makes."""
    keys = {"web_keys": (vouching.verifying_key(WEB_VERIFYING),), "opening_keys": (sealing.private_key(PRIVATE),)}
    return desks.desk(line, registry, tmp_path, tries_limit=tries.Limit(2, datetime.timedelta(hours=24)), **keys)


def join(line: Line, person: people.Person, ticket: str = TICKET, language: str = "en", **changed: Any) -> None:
    """A citizen in line with a socket open, and called."""
    details = {
        "given_names": person.given_names,
        "family_name": person.family_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "document_number": person.document_number,
    }
    request = claims.Request(claims.Claims.model_validate(details | changed), REPLY_KEY, language).to_bytes()
    sealed = sealing.seal(sealing.public_key(PUBLIC), "test", ticket, request)
    signed = vouching.sign_request(vouching.signing_key(WEB_SIGNING), "test", ticket, sealed, time.time())
    line.store.run(line.room.join(ticket, signed, tickets.reference(ticket), "somewhere", 100))
    line.hold(ticket)
    assert ticket in line.call()


def document(line: Line, ticket: str = TICKET) -> bytes:
    locked = line.client.hget(line.keys.outcome(ticket), "document")
    assert locked is not None
    return documents.pdf_of(sealing.unlock(REPLY_KEY, "test", ticket, locked))


def serve_apart(desk: passports.Desk) -> None:
    """In a thread of its own, which leaves no connection behind."""
    try:
        desk.serve("test", TICKET)
    finally:
        connection.close()


def codes(pdf: bytes) -> list[str]:
    page = pypdfium2.PdfDocument(pdf)[0]
    return [found.text for found in zxingcpp.read_barcodes(page.render(scale=2).to_pil())]


def test_called_citizen_gets_a_passport_and_one_row_that_names_nobody(desk: Any, line: Line, somebody: Any) -> None:
    person = somebody()
    join(line, person)
    desk.serve("test", TICKET)
    assert line.look(TICKET).state == "issued"
    assert document(line).startswith(b"%PDF")
    [row] = models.Passport.objects.values_list()
    shown = repr(row)
    assert TICKET in shown
    for word in (*person.family_name.split(), *person.given_names.split(), person.document_number):
        assert word.lower() not in shown.lower()


def test_passport_is_written_in_the_language_of_the_page(desk: Any, line: Line, somebody: Any) -> None:
    join(line, somebody(), language="el")
    desk.serve("test", TICKET)
    written = pypdfium2.PdfDocument(document(line))[0].get_textpage().get_text_range()
    assert "Health passport" in written
    assert "Υγειονομικό διαβατήριο" in written


@pytest.mark.parametrize(
    ("kind", "reason"), [("none", "not_eligible"), ("partial", "not_eligible"), ("twice", "ambiguous_record")]
)
def test_refusals_carry_their_reason_and_leave_no_row(
    desk: Any, line: Line, somebody: Any, kind: str, reason: str
) -> None:
    join(line, somebody(kind))
    desk.serve("test", TICKET)
    assert (line.look(TICKET).state, line.look(TICKET).reason) == ("refused", reason)
    assert not models.Passport.objects.exists()


def test_message_that_comes_twice_is_served_once(desk: Any, line: Line, somebody: Any, server: Any) -> None:
    join(line, somebody())
    before = server.stats()["calls"]
    threads = [threading.Thread(target=serve_apart, args=(desk,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.serve("test", TICKET)
    assert models.Passport.objects.count() == 1
    assert server.stats()["calls"] - before <= 2
    assert line.look(TICKET).state == "issued"


def test_nobody_is_asked_about_who_has_gone(desk: Any, line: Line, somebody: Any, server: Any) -> None:
    join(line, somebody())
    line.release(TICKET)
    before = server.stats()["calls"]
    desk.serve("test", TICKET)
    assert server.stats()["calls"] == before
    assert line.where(TICKET) == {"waiting", "away"}
    line.hold(TICKET)
    assert line.call() == [TICKET]
    desk.serve("test", TICKET)
    assert line.look(TICKET).state == "issued"


def test_whoever_leaves_while_a_permit_is_awaited_is_not_asked_about(
    desk: Any, line: Line, somebody: Any, server: Any
) -> None:
    join(line, somebody())
    before = server.stats()["calls"]
    desk.permits.pause(1)
    serving = threading.Thread(target=serve_apart, args=(desk,))
    serving.start()
    while not line.client.hget(line.keys.ticket(TICKET), "claimed"):
        threading.Event().wait(0.01)
    line.leave(TICKET)
    serving.join()
    assert server.stats()["calls"] == before
    assert line.look(TICKET).state == "left"
    assert not models.Passport.objects.exists()


def test_worker_that_died_after_the_row_leads_to_the_same_passport_once(desk: Any, line: Line, somebody: Any) -> None:
    join(line, somebody())
    line.claim(TICKET)
    issue = issued.Issue(TICKET, "test", "of the person", "of the facts")
    row = issued.record(issue, desk.keyring.signer(), datetime.datetime.now(datetime.UTC))
    line.let_pass(31)
    line.advance(may_call=0)
    assert line.call() == [TICKET]
    desk.serve("test", TICKET)
    assert line.look(TICKET).state == "issued"
    assert [one.certificate_id for one in models.Passport.objects.all()] == [row.certificate_id]


def test_citizen_who_comes_again_gets_the_same_certificate(desk: Any, line: Line, somebody: Any) -> None:
    person = somebody()
    for ticket in (TICKET, AGAIN):
        join(line, person, ticket)
        desk.serve("test", ticket)
        assert line.look(ticket).state == "issued"
    [first, second] = models.Passport.objects.all()
    for same in ("certificate_id", "kid", "person_hash", "issued_at", "expires_at"):
        assert getattr(first, same) == getattr(second, same), same
    assert codes(document(line)) == codes(document(line, AGAIN)) != []
    revocations.revoke(first.certificate_id, "misused", "ada", datetime.datetime.now(datetime.UTC))
    join(line, person, ONCE_MORE)
    desk.serve("test", ONCE_MORE)
    assert models.Passport.objects.get(ticket_id=ONCE_MORE).certificate_id != first.certificate_id


def test_guesser_has_a_few_tries_and_then_costs_no_call(desk: Any, line: Line, somebody: Any, server: Any) -> None:
    person = somebody()
    for number, ticket in enumerate((TICKET, AGAIN)):
        join(line, person, ticket, family_name=f"Guess {'ab'[number]}")
        desk.serve("test", ticket)
        assert line.look(ticket).reason == "no_record"
    before, permits_before = server.stats()["calls"], line.client.get("{permit:registry}:tat")
    join(line, person, ONCE_MORE)
    desk.serve("test", ONCE_MORE)
    assert (line.look(ONCE_MORE).state, line.look(ONCE_MORE).reason) == ("refused", "too_many_tries")
    assert server.stats()["calls"] == before
    assert line.client.get("{permit:registry}:tat") == permits_before
    [refusal] = models.Refusal.objects.all()
    assert refusal.reference == tickets.reference(ONCE_MORE)
    tries.lift(refusal.reference, "ada", datetime.datetime.now(datetime.UTC))
    join(line, person, "W" * 22)
    desk.serve("test", "W" * 22)
    assert line.look("W" * 22).state == "issued"


def test_number_that_nobody_has_is_refused_as_one_that_somebody_has(desk: Any, line: Line, somebody: Any) -> None:
    reasons = [serve_guess(desk, line, somebody(), f"{ticket:022}", "ZZ 00-00000") for ticket in range(4)]
    assert reasons == ["no_record", "no_record", "too_many_tries", "too_many_tries"]
    assert {row.document_hash for row in models.Try.objects.all()} == {hashes.document(desks.RECORD_KEY, "ZZ0000000")}


def serve_guess(desk: Any, line: Line, person: people.Person, ticket: str, number: str) -> str:
    join(line, person, ticket, document_number=number)
    desk.serve("test", ticket)
    return str(line.look(ticket).reason)


def test_person_who_is_away_before_the_call_has_used_no_try(desk: Any, line: Line, somebody: Any) -> None:
    join(line, somebody())
    line.release(TICKET)
    desk.serve("test", TICKET)
    assert not models.Try.objects.exists()


def test_registry_that_is_down_for_a_moment_costs_nobody_the_turn(
    desk: Any, line: Line, somebody: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiries, "BACK_OFF_S", (0.05,))
    join(line, somebody())
    server.fault(kind="status", status=500, calls=3)
    desk.serve("test", TICKET)
    assert line.look(TICKET).state == "issued"


def test_registry_that_asks_for_a_pause_pauses_every_worker(
    desk: Any, line: Line, somebody: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiries, "BACK_OFF_S", (0.05,))
    join(line, somebody())
    server.fault(kind="status", status=429, retry_after_s=1, retry_after_as="seconds", calls=1)
    desk.serve("test", TICKET)
    assert line.look(TICKET).state == "issued"
    calls = server.lines()
    refused = max(number for number, call in enumerate(calls) if call["status"] == 429)
    assert calls[refused + 1]["time_ns"] - calls[refused]["time_ns"] >= 1_000_000_000


def test_search_that_fails_for_ever_while_others_are_answered_is_said_in_the_end(
    desk: Any, line: Line, somebody: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiries, "BACK_OFF_S", (0.05,))
    desk = dataclasses.replace(desk, breaker=breaker.Breaker(line.client, patience_s=0.2, strikes=2))
    join(line, somebody())
    server.fault(kind="status", status=500, people=[somebody().number])
    serving = threading.Thread(target=serve_apart, args=(desk,))
    serving.start()
    while serving.is_alive():
        desk.breaker.answered("somebody else")
        serving.join(0.02)
    assert (line.look(TICKET).state, line.look(TICKET).reason) == ("failed", "registry_unavailable")


def test_nobody_is_failed_by_a_registry_that_answers_nobody(
    desk: Any, line: Line, somebody: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiries, "BACK_OFF_S", (0.05,))
    desk = dataclasses.replace(desk, breaker=breaker.Breaker(line.client, patience_s=0, strikes=1))
    join(line, somebody())
    number = line.look(TICKET).number
    server.fault(kind="status", status=500)
    serving = threading.Thread(target=serve_apart, args=(desk,))
    serving.start()
    prober = probing.Prober(desk.breaker, desk.permits, desk.registry)
    while serving.is_alive():
        prober.step()
        serving.join(0.02)
    assert desk.breaker.look().state == "open"
    assert line.where(TICKET) == {"waiting", "present"}
    assert line.look(TICKET).number == number
    assert not line.client.hexists(line.keys.ticket(TICKET), "tries")


def test_nobody_is_asked_about_while_the_breaker_is_open(desk: Any, line: Line, somebody: Any, server: Any) -> None:
    join(line, somebody())
    desk.registry.probe(lambda: None)
    for source in ("a", "b", "c"):
        desk.breaker.unanswered(source)
    before = server.stats()["calls"]
    desk.serve("test", TICKET)
    assert server.stats()["calls"] == before
    assert line.where(TICKET) == {"waiting", "present"}
    desk.breaker.probed()
    assert line.call() == [TICKET]
    desk.serve("test", TICKET)
    assert line.look(TICKET).state == "issued"
    assert desk.breaker.look().state == "closed"


def test_long_pause_is_waited_for_in_line(desk: Any, line: Line, somebody: Any, server: Any) -> None:
    join(line, somebody())
    server.fault(kind="status", status=429, retry_after_s=60, calls=1)
    desk.serve("test", TICKET)
    assert line.where(TICKET) == {"waiting", "present"}
    assert line.client.get(queue_keys.UNABLE) == b"registry_unavailable"
    assert 50_000 < line.client.pttl(queue_keys.UNABLE) <= 60_000


def test_what_the_registry_rejects_for_everybody_costs_nobody_a_try(
    desk: Any, line: Line, somebody: Any, server: Any
) -> None:
    join(line, somebody())
    for source in ("a", "b"):
        desk.breaker.unanswered(source)
    server.fault(kind="status", status=401)
    desk.serve("test", TICKET)
    assert line.where(TICKET) == {"waiting", "present"}


@pytest.mark.parametrize("sealed", [b"", b"nonsense", None])
def test_request_that_does_not_open_fails_loudly_and_names_nobody(
    desk: Any, line: Line, somebody: Any, sealed: bytes | None, caplog: Any
) -> None:
    join(line, somebody())
    if sealed is None:
        line.client.delete(line.keys.sealed(TICKET))
    else:
        line.client.set(line.keys.sealed(TICKET), sealed)
    desk.serve("test", TICKET)
    assert (line.look(TICKET).state, line.look(TICKET).reason) == ("failed", "internal")
    assert somebody().family_name not in caplog.text


def test_lost_lease_stops_the_old_attempt_before_it_asks(desk: Any, line: Line, somebody: Any, server: Any) -> None:
    join(line, somebody())
    before = server.stats()["calls"]
    desk.permits.pause(1)
    serving = threading.Thread(target=serve_apart, args=(desk,))
    serving.start()
    while not line.client.hget(line.keys.ticket(TICKET), "claimed"):
        threading.Event().wait(0.01)
    # The worker may look, and so renew its lease, between the two.
    while line.where(TICKET) != {"waiting", "present"}:
        line.let_pass(31)
        line.advance(may_call=0)
    serving.join()
    assert server.stats()["calls"] == before
    assert line.where(TICKET) == {"waiting", "present"}


class SlowOnce(Attendance):
    """Redis stands still the third time it is asked who is there."""

    stalls_s: tuple[float, ...] = (0, 0, 0.3)

    def check(self, room: str, ticket_id: str, attempt: int) -> Lease:
        for stall_s in self.stalls_s[:1]:
            self.stalls_s = self.stalls_s[1:]
            time.sleep(stall_s)
        return super().check(room, ticket_id, attempt)


class Counted(permits.Permits):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.slots: list[int] = []

    def reserve(self) -> permits.Reservation:
        reservation = super().reserve()
        self.slots.append(reservation.slot_us)
        return reservation


def test_permit_that_grew_old_over_the_last_look_is_not_used(desk: Any, line: Line, somebody: Any, server: Any) -> None:
    join(line, somebody())
    before = server.stats()["calls"]
    # Warm: the slot for /metadata is now, the one for the search a quarter of a second ahead.
    run_id = line.client.info("server")["run_id"]
    line.client.mset({"{permit:registry}:tat": 1, "{permit:registry}:run": run_id})
    bucket = Counted(line.client, 4)
    dataclasses.replace(desk, attendance=SlowOnce(line.store, threads=1), permits=bucket).serve("test", TICKET)
    assert line.look(TICKET).state == "issued"
    assert len(bucket.slots) > server.stats()["calls"] - before


def test_message_whose_redis_is_down_costs_no_place(
    desk: Any, line: Line, somebody: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    join(line, somebody())
    down = dataclasses.replace(desk, store=store.Store(redis.Redis(port=ports.free(), retry=None)))
    monkeypatch.setattr(actors, "_open_desk", [down])
    actors.serve_ticket.fn("test", TICKET)
    assert "its lease brings it back" in caplog.text
    line.let_pass(31)
    line.advance(may_call=0)
    assert line.where(TICKET) == {"waiting", "present"}
    assert TICKET in line.call()
