"""One person more, last in line, who asks twice a second: what pages say while the line stands still."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from issuance.registry import people

EVERY_S = 0.5


@dataclass
class Seen:
    """(when, why the line stands still or "") of each answer."""

    reasons: list[tuple[float, str]] = field(default_factory=list)


@contextlib.contextmanager
def waiting(url: str, room: str, number: int) -> Iterator[Seen]:
    seen, over = Seen(), threading.Event()
    thread = threading.Thread(target=_wait, args=(url, room, number, seen, over))
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _wait(url: str, room: str, number: int, seen: Seen, over: threading.Event) -> None:
    person = people.person(number, people.SEED)
    details = {
        "given_names": person.given_names,
        "family_name": person.family_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "document_number": person.document_number,
    }
    with httpx.Client(base_url=f"{url}/api/rooms/{room}/", headers={"Origin": url}, timeout=10) as browser:
        browser.post("tickets", json=details, headers={"Idempotency-Key": secrets.token_urlsafe(16)}).raise_for_status()
        while not over.wait(EVERY_S):
            answer = browser.get("ticket")
            if answer.status_code == httpx.codes.OK:
                seen.reasons.append((time.time(), answer.json().get("paused") or ""))
        browser.delete("ticket")
