"""One passport, from a called ticket to its outcome: claim, open, permit, ask, certify, record, render, lock, report.

Whatever happens in between, the ticket ends with an outcome or goes back to its place; the lease covers what crashes.
Personal data lives in this process' memory for as long as one ticket is served, and nowhere else.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import Error as DatabaseTrouble

from issuance import certificate, eligibility, errors, handout, hashes, issued, pdf, tries
from issuance.breaker import Breaker
from issuance.inquiries import Inquiry
from issuance.keyring import Keyring
from issuance.paper import facts
from issuance.permits import Permits
from issuance.registry import records
from issuance.registry.client import Registry
from issuance.stages import Meter, Stopwatch
from queueing import claims, events, metrics, sealing, vouching
from queueing.attendance import Attendance
from queueing.errors import Forged, Unsealable
from queueing.room import Claim, Ended, WaitingRoom
from queueing.store import Store

log = logging.getLogger(__name__)

# Between two tries at a database that does not take a row, or at keys that are not there.
HAND_BACK_PAUSE_S = 3.0


class LeaseLost(Exception):
    """Another attempt has the ticket, or the person has left: nothing that is done now may count."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a worker process needs to serve; made once, shared by its threads."""

    store: Store
    attendance: Attendance
    permits: Permits
    breaker: Breaker
    registry: Registry
    keyring: Keyring
    web_keys: tuple[Ed25519PublicKey, ...]
    opening_keys: tuple[X25519PrivateKey, ...]
    tier_key: Ed25519PrivateKey
    record_key: bytes
    tries_limit: tries.Limit
    teller: events.Teller
    meter: Meter = field(default_factory=Meter)
    make: Callable[[facts.Page], bytes] = handout.make

    def serve(self, slug: str, ticket_id: str) -> None:
        """Serve a called ticket; one that is not (or no longer) ours to serve is left alone. Safe to repeat."""
        watch = Stopwatch("claim")
        claim = self.store.run(WaitingRoom(slug).claim(ticket_id))
        if claim is None:
            return
        with self.meter.busy(), self.attendance.serving(slug, ticket_id, claim.attempt):
            _Visit(self, slug, ticket_id, claim, watch).run()
        spent_s = watch.stop()
        self.meter.visited(slug, spent_s)
        metrics.serving_seconds.labels(slug).observe(sum(spent_s.values()))


class _Visit:
    """One attempt at one ticket."""

    def __init__(self, desk: Desk, slug: str, ticket_id: str, claim: Claim, watch: Stopwatch) -> None:
        self.desk = desk
        self.slug = slug
        self.room = WaitingRoom(slug)
        self.ticket_id = ticket_id
        self.claim = claim
        self.watch = watch

    def run(self) -> None:
        try:
            request = self._open()
            record = self._found(request.claims)
            with self.watch.on("render"):
                document = self._document(request, record)
            self._finish("issued", document=document)
        except errors.Refused as refused:
            self._finish("refused", refused.reason)
        except (errors.Retryable, Forged, Unsealable) as error:
            self._give_up(error)
        except DatabaseTrouble as error:
            self._hand_back_slowly(f"the database does not answer ({type(error).__name__})")
        except errors.UnusableKeys as error:
            self._hand_back_slowly(str(error))
        except LeaseLost:
            log.info("ticket %s: another attempt has it, or the person has left", self.ticket_id)

    def _open(self) -> claims.Request:
        """Nothing is opened that web has not sealed. Raises: Forged, Unsealable."""
        room, id_ = self.slug, self.ticket_id
        sealed = vouching.verified_request(self.desk.web_keys, room, id_, self.claim.sealed, time.time())
        opened = sealing.open_sealed(self.desk.opening_keys, room, id_, sealed)
        try:
            return claims.Request.from_bytes(opened)
        except (ValueError, IndexError):
            # Not "from": a parser's message may quote what it could not read.
            raise Unsealable(f"the request of ticket {self.ticket_id} cannot be read") from None

    def _document(self, request: claims.Request, record: records.Record) -> bytes:
        """The finished passport, locked for the browser that waits. Raises: Refused."""
        now = _now()
        dose = eligibility.dose(record.immunizations, now.date())
        person = certificate.person(record)
        # One for all of it, whoever rotates meanwhile.
        signer = self.desk.keyring.signer()
        # Whoever cannot be certified is refused before a row says that something was issued.
        draft = certificate.certify(person, dose, certificate.new_id(bytes(16)), now, signer)
        with self.watch.on("record"):
            row = issued.record(self._issue(request.claims, draft.payload), signer, now)
        # A database takes its time, in which a signer may be retired; the next attempt then signs anew.
        self.desk.keyring.check(signer)
        passport = certificate.certify(person, dose, row.certificate_id, row.issued_at, signer)
        return sealing.lock(
            request.reply_key, self.slug, self.ticket_id, self.desk.make(pdf.page(passport, request.language))
        )

    def _found(self, details: claims.Claims) -> records.Record:
        """The person's record. Nobody is asked about without a signer, and a database that has taken the try."""
        self.desk.keyring.signer()
        number = hashes.document(self.desk.record_key, details.document_number)
        attempt = tries.Attempt(self.ticket_id, self.claim.attempt, number)
        with self.watch.on("try"), tries.one(attempt, self.desk.tries_limit, _now):
            return self._ask(details)

    def _issue(self, details: claims.Claims, payload: Mapping[str, Any]) -> issued.Issue:
        key, number = self.desk.record_key, details.document_number
        person_hash = hashes.person(key, number, details.date_of_birth)
        return issued.Issue(self.ticket_id, self.slug, person_hash, hashes.facts(key, number, payload))

    def _ask(self, details: claims.Claims) -> records.Record:
        """Raises: as Inquiry.record."""
        desk = self.desk
        inquiry = Inquiry(desk.registry, desk.permits, desk.breaker, self.ticket_id, self._look, self.watch)
        with self.watch.on("registry"):
            return inquiry.record(details)

    def _look(self) -> None:
        """Raises: LeaseLost, PersonAway."""
        if self.desk.attendance.stopping:
            raise errors.PersonAway("this worker is stopping; the ticket goes back to its place")
        lease = self.desk.attendance.check(self.slug, self.ticket_id, self.claim.attempt)
        if not lease.held:
            raise LeaseLost
        if not lease.here:
            raise errors.PersonAway("nobody is there")

    def _hand_back_slowly(self, why: str) -> None:
        """Back to the place without a try: the next one will meet the same."""
        log.warning("ticket %s: %s", self.ticket_id, why)
        time.sleep(HAND_BACK_PAUSE_S)
        self._hand_back()

    def _hand_back(self) -> None:
        if self.desk.store.run(self.room.hand_back(self.ticket_id, self.claim.attempt)):
            self.desk.teller.tell(events.changed(self.slug, [self.ticket_id]))

    def _give_up(self, error: Exception) -> None:
        if isinstance(error, (errors.PersonAway, errors.BreakerOpen)):
            self._hand_back()
            return
        if isinstance(error, Unsealable):
            metrics.unsealable.labels(self.slug).inc()
        if isinstance(error, Forged):
            metrics.forged.labels(self.slug, "request").inc()
        log.error("ticket %s failed: %s", self.ticket_id, type(error).__name__)
        self._finish("failed", "registry_unavailable" if isinstance(error, errors.Retryable) else "internal")

    def _finish(self, state: Ended, reason: str = "", document: bytes = b"") -> None:
        id_, attempt = self.ticket_id, self.claim.attempt
        proof = vouching.prove_outcome(self.desk.tier_key, self.slug, id_, state, reason, document)
        with self.watch.on("finish"):
            stands = self.desk.store.run(self.room.finish(id_, attempt, state, reason, document, proof))
        if stands:
            metrics.outcomes.labels(self.slug, state, reason).inc()
            self.desk.teller.tell(events.changed(self.slug, [self.ticket_id]))


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
