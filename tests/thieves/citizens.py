"""What a citizen types, and what web makes of it before it goes to Redis."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings as configured

from issuance.registry import people
from queueing import claims, sealing, tickets, vouching
from tests.queueing.lines import Line


def details(person: people.Person, **changed: Any) -> dict[str, Any]:
    typed = {
        "given_names": person.given_names,
        "family_name": person.family_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "document_number": person.document_number,
    }
    return typed | changed


def sealed(person: people.Person, ticket: str, reply_key: bytes, **changed: Any) -> bytes:
    """Sealed to the issuing tier, as anybody can: the key is public."""
    typed = claims.Claims.model_validate(details(person, **changed))
    return sealing.seal(configured.ISSUING_PUBLIC_KEY, "test", ticket, claims.Request(typed, reply_key).to_bytes())


def signed(person: people.Person, ticket: str, reply_key: bytes, at_s: float | None = None, **changed: Any) -> bytes:
    """As web puts it into Redis."""
    request = sealed(person, ticket, reply_key, **changed)
    return vouching.sign_request(configured.WEB_SIGNING_KEY, "test", ticket, request, at_s or time.time())


def stand_in_line(line: Line, ticket: str, request: bytes) -> None:
    """In line with a socket open, and called."""
    line.store.run(line.room.join(ticket, request, tickets.reference(ticket), "somewhere", 100))
    line.hold(ticket)
    assert ticket in line.call()
