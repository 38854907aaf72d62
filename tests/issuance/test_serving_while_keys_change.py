"""One worker's desk while its signers are retired and made, and with issuing keys that are not web's."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from prometheus_client import REGISTRY

from issuance import actors, issued, key_changes, key_files, keyring, models, passports, signing_keys
from issuance.registry.client import Registry
from issuance.verification import documents, trust, verdicts
from queueing import documents as handed
from queueing import sealing
from tests.issuance import desks
from tests.queueing.lines import Line
from tests.thieves import citizens

REPLY_KEY = bytes(range(32))
TICKET = "T" * 22

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    return Line(redis_client)


@pytest.fixture
def desk(line: Line, registry: Registry, tmp_path: Path) -> passports.Desk:
    return desks.desk(line, registry, tmp_path)


@pytest.fixture
def called(line: Line, somebody: Any) -> None:
    citizens.stand_in_line(line, TICKET, citizens.signed(somebody(), TICKET, REPLY_KEY))


def rotated(desk: passports.Desk) -> str:
    return signing_keys.key_id(key_changes.rotate(desk.keyring.directory, "signer")).hex()


def judged(desk: passports.Desk, line: Line) -> verdicts.Verdict:
    """By the signers that are trusted now."""
    locked = line.client.hget(line.keys.outcome(TICKET), "document")
    assert locked is not None
    [found] = documents.codes(handed.pdf_of(sealing.unlock(REPLY_KEY, "test", TICKET, locked)))
    signers = trust.of(signing_keys.certificates(desk.keyring.directory))
    return verdicts.judge(found.text, signers, datetime.datetime.now(datetime.UTC))


@pytest.mark.usefixtures("called")
def test_without_a_signer_nobody_is_asked_about_and_the_place_is_kept(
    desk: passports.Desk, line: Line, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passports, "HAND_BACK_PAUSE_S", 0.0)
    key_changes.retire(desk.keyring.directory, desk.keyring.signer().kid.hex())
    before = server.stats()["calls"]
    desk.serve("test", TICKET)
    assert line.look(TICKET).state == "waiting"
    assert int(line.client.hget(line.keys.ticket(TICKET), "tries") or 0) == 0
    assert server.stats()["calls"] == before
    assert not models.Passport.objects.exists() and not models.Try.objects.exists()
    made = rotated(desk)
    assert line.call() == [TICKET]
    desk.serve("test", TICKET)
    verdict = judged(desk, line)
    assert verdict.valid and verdict.kid == bytes.fromhex(made)


@pytest.mark.usefixtures("called")
def test_rotation_between_two_attempts_leads_to_one_certificate_by_the_new_signer(
    desk: passports.Desk, line: Line
) -> None:
    line.claim(TICKET)
    issue = issued.Issue(TICKET, "test", "of the person", "of the facts")
    row = issued.record(issue, desk.keyring.signer(), datetime.datetime.now(datetime.UTC))
    made = rotated(desk)
    key_changes.retire(desk.keyring.directory, row.kid)
    line.let_pass(31)
    line.advance(may_call=0)
    assert line.call() == [TICKET]
    desk.serve("test", TICKET)
    again = models.Passport.objects.get()
    assert (again.certificate_id, again.kid) == (row.certificate_id, made)
    verdict = judged(desk, line)
    assert verdict.valid and verdict.kid == bytes.fromhex(made)


class RetiredMeanwhile(keyring.Keyring):
    """Its signer is retired by somebody while the row is being written."""

    def check(self, signer: signing_keys.Signer, now: datetime.datetime | None = None) -> None:
        if key_files.has_private_key(self.directory / "signers" / signer.kid.hex()):
            key_changes.rotate(self.directory, "signer")
            key_changes.retire(self.directory, signer.kid.hex())
        super().check(signer, now)


@pytest.mark.usefixtures("called")
def test_signer_that_is_retired_while_the_row_is_written_signs_nothing(
    desk: passports.Desk, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passports, "HAND_BACK_PAUSE_S", 0.0)
    first = desk.keyring.signer().kid
    dataclasses.replace(desk, keyring=RetiredMeanwhile(desk.keyring.directory)).serve("test", TICKET)
    assert line.look(TICKET).state == "waiting"
    row = models.Passport.objects.get()
    assert line.call() == [TICKET]
    desk.serve("test", TICKET)
    verdict = judged(desk, line)
    assert verdict.valid and verdict.kid not in (None, first)
    assert verdict.certificate and verdict.certificate.certificate_id == row.certificate_id


@pytest.mark.usefixtures("called")
def test_request_that_no_key_opens_is_counted_and_told(desk: passports.Desk, line: Line) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("vestibule_unsealable_total", {"room": "test"}) or 0.0

    before = counted()
    other = sealing.private_key(sealing.new_key_pair()[0])
    dataclasses.replace(desk, opening_keys=(other,)).serve("test", TICKET)
    assert (line.look(TICKET).state, line.look(TICKET).reason) == ("failed", "internal")
    assert counted() == before + 1


def test_worker_that_cannot_sign_says_why_it_is_not_ready(
    desk: passports.Desk, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    monkeypatch.setattr(actors, "_open_desk", [desk])
    assert actors._unready() == ""
    key_changes.retire(desk.keyring.directory, desk.keyring.signer().kid.hex())
    assert "There is no document signer" in actors._unready()
