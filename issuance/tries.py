"""Tries of a document number: few in a day, whatever else is typed with it. Owns the tables Try and Refusal.

In the database, not in Redis: whoever can write to Redis must not be able to give himself new ones. A number has as
many places as it has tries; a ticket takes one before a permit is spent, gives it back when the registry found its
person, and leaves it taken when there was no such record. A taken place is free again after the window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction

from issuance import errors
from issuance.models import Refusal, Try
from queueing import tickets


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` without a match per document number in any `window`."""

    tries: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at one ticket, and the number it is about (issuance.hashes.document)."""

    ticket_id: str
    number: int
    document_hash: str


@contextmanager
def one(attempt: Attempt, limit: Limit, clock: Callable[[], datetime]) -> Iterator[None]:
    """A try around a question to the registry: only "there is no such record" uses it up.

    Raises: Refused(`too_many_tries`) before anything was asked, the same for right details, wrong ones and a number
    that nobody has; django.db.Error.
    """
    if not _take(attempt, limit, clock()):
        _refuse(attempt, clock())
        raise errors.Refused("too_many_tries")
    is_used = False
    try:
        yield
    except errors.Refused as refused:
        is_used = refused.reason == "no_record"
        raise
    finally:
        if not is_used:
            _give_back(attempt)


def lift(reference: str, by: str, now: datetime) -> int:
    """Give the numbers of the refused tickets with this reference all their tries again.

    Returns how many refusals were lifted; 0 where none is known. Their rows stay and say who lifted them.
    """
    with transaction.atomic():
        hashes = list(_standing().filter(reference=reference).values_list("document_hash", flat=True))
        return sum(lift_number(each, by, now) for each in set(hashes))


def lift_number(document_hash: str, by: str, now: datetime) -> int:
    with transaction.atomic():
        Try.objects.filter(document_hash=document_hash).delete()
        return _standing().filter(document_hash=document_hash).update(lifted_at=now, lifted_by=by)


def _take(attempt: Attempt, limit: Limit, now: datetime) -> bool:
    """False where every place is taken. Of many callers at once no more succeed than there are places."""
    concerned = models.Q(document_hash=attempt.document_hash) | models.Q(ticket_id=attempt.ticket_id)
    found = list(Try.objects.filter(concerned))
    if any(row.ticket_id == attempt.ticket_id for row in found) and _take_over(attempt, now):
        return True
    taken = {row.place: row for row in found if row.document_hash == attempt.document_hash}
    is_taken = any(_take_place(attempt, place, taken.get(place), limit, now) for place in range(limit.tries))
    # An earlier attempt that was thought dead may have taken a place just now.
    return is_taken or _take_over(attempt, now)


def _take_over(attempt: Attempt, now: datetime) -> bool:
    """The ticket was here before: a worker died, or handed it back. It is still the same try."""
    own = Try.objects.filter(ticket_id=attempt.ticket_id)
    return bool(own.update(attempt=attempt.number, tried_at=now))


def _take_place(attempt: Attempt, place: int, taken: Try | None, limit: Limit, now: datetime) -> bool:
    own = {"ticket_id": attempt.ticket_id, "attempt": attempt.number, "tried_at": now}
    if taken is not None and taken.tried_at > now - limit.window:
        return False
    try:
        with transaction.atomic():
            if taken is None:
                Try.objects.create(document_hash=attempt.document_hash, place=place, **own)
                return True
            same = Try.objects.filter(pk=taken.pk, ticket_id=taken.ticket_id, tried_at=taken.tried_at)
            return bool(same.update(**own))
    except IntegrityError:
        return False


def _give_back(attempt: Attempt) -> None:
    """Not where a later attempt has the ticket: then it is that one's."""
    Try.objects.filter(ticket_id=attempt.ticket_id, attempt=attempt.number).delete()


def _refuse(attempt: Attempt, now: datetime) -> None:
    """Note it for staff: they know the ticket's reference, never the number."""
    Refusal.objects.get_or_create(
        ticket_id=attempt.ticket_id,
        defaults={
            "reference": tickets.reference(attempt.ticket_id),
            "document_hash": attempt.document_hash,
            "refused_at": now,
        },
    )


def _standing() -> models.QuerySet[Refusal]:
    return Refusal.objects.filter(lifted_at=None)
