"""When keys end: what staff see in a list, what metrics and the log say in time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509

from issuance import certificate, errors, key_files, signing_keys
from issuance.signing_keys import Kind
from queueing import metrics

log = logging.getLogger(__name__)

# Time for a ceremony: the authority's key has to be fetched from where it lies.
WARNING = timedelta(days=30)
LOOK_S = 60.0
# The log repeats itself no more often.
REMIND = timedelta(days=1)

State = Literal["signing", "coming", "valid", "retired", "expired", "distrusted"]


@dataclass(frozen=True, slots=True)
class Dated:
    """One certificate. `kid` is hex; `full_until`: a signer's later passports live shorter than others."""

    kind: Literal["authority"] | Kind
    kid: str
    state: State
    valid_from: datetime
    valid_until: datetime
    full_until: datetime
    has_private_key: bool

    def days_left(self, now: datetime) -> int:
        return (self.valid_until - now).days

    def is_urgent(self, now: datetime) -> bool:
        """Whether somebody should act: of those at work, and within 30 days."""
        return self.state == "signing" and self.full_until - now < WARNING


def overview(directory: Path, now: datetime) -> list[Dated]:
    """The authority, signers, signers of trust lists, those distrusted; each oldest first. Raises: UnusableKeys."""
    authority = _dated("authority", directory / signing_keys.AUTHORITY, now, newest=None)
    return [
        authority,
        *_signers(directory, "signer", now),
        *_signers(directory, "list", now),
        *sorted(_distrusted(directory, now), key=lambda one: one.valid_from),
    ]


def _signers(directory: Path, kind: Kind, now: datetime) -> list[Dated]:
    newest = signing_keys.newest_valid(signing_keys.usable(directory, kind)[0], now)
    folders = key_files.folders(directory / signing_keys.FOLDERS[kind])
    dated = [_dated(kind, folder, now, newest) for folder in folders]
    return sorted(dated, key=lambda one: one.valid_from)


def _distrusted(directory: Path, now: datetime) -> Iterator[Dated]:
    for folder in key_files.folders(directory / signing_keys.DISTRUSTED):
        yield _dated("signer", folder, now, newest=None, distrusted=True)


def _dated(
    kind: Literal["authority"] | Kind,
    folder: Path,
    now: datetime,
    newest: signing_keys.Signer | None,
    distrusted: bool = False,
) -> Dated:
    found = key_files.read_certificate(folder)
    kid = signing_keys.key_id(found)
    has_private_key = key_files.has_private_key(folder)
    until = found.not_valid_after_utc
    return Dated(
        kind=kind,
        kid=kid.hex(),
        state="distrusted" if distrusted else _state(kind, found, now, has_private_key, newest),
        valid_from=found.not_valid_before_utc,
        valid_until=until,
        full_until=until - certificate.VALIDITY if kind == "signer" else until,
        has_private_key=has_private_key,
    )


def _state(
    kind: str, found: x509.Certificate, now: datetime, has_private_key: bool, newest: signing_keys.Signer | None
) -> State:
    if now >= found.not_valid_after_utc:
        return "expired"
    if kind == "authority":
        return "signing"
    if not has_private_key:
        return "retired"
    if now < found.not_valid_before_utc:
        return "coming"
    return "signing" if newest and newest.kid == signing_keys.key_id(found) else "valid"


class Watch:
    """Keeps the metrics true and warns in the log, from 30 days on, once a day a key."""

    def __init__(self, directory: Path, kinds: tuple[str, ...]) -> None:
        """`kinds`: those this process has to do with."""
        self._directory = directory
        self._kinds = kinds
        self._warned: dict[str, datetime] = {}

    def start(self, stop: threading.Event) -> None:
        threading.Thread(target=self._run, args=(stop,), name="key-dates", daemon=True).start()

    def look(self, now: datetime) -> None:
        """Raises: nothing; keys that cannot be read count as expired."""
        try:
            dated = overview(self._directory, now)
        except errors.UnusableKeys as error:
            self._warn("", now, str(error))
            dated = []
        for kind in self._kinds:
            at_work = [one for one in dated if one.kind == kind and one.state == "signing"]
            left_s = max((one.valid_until - now).total_seconds() for one in at_work) if at_work else 0.0
            metrics.key_expires_seconds.labels(kind).set(left_s)
            for one in at_work:
                if one.is_urgent(now):
                    self._warn(one.kid, now, warning(one, now))

    def _run(self, stop: threading.Event) -> None:
        while True:
            self.look(datetime.now(UTC))
            if stop.wait(LOOK_S):
                return

    def _warn(self, kid: str, now: datetime, message: str) -> None:
        if now - self._warned.get(kid, datetime.min.replace(tzinfo=UTC)) >= REMIND:
            self._warned[kid] = now
            log.warning("%s", message)


def warning(one: Dated, now: datetime) -> str:
    """In words, what will happen when, and what helps."""
    name = {"authority": "The authority", "signer": "Signer", "list": "The signer of trust lists"}[one.kind]
    ends = f"{name} {one.kid} ends on {one.valid_until:%Y-%m-%d}, in {one.days_left(now)} days"
    if one.kind == "authority":
        return f"{ends}: then no passport and no trust list is valid any more. A new authority has to reach verifiers."
    shorter = f"; passports live shorter from {one.full_until:%Y-%m-%d} on" if one.kind == "signer" else ""
    return f"{ends}{shorter}: rotate (manage.py signing_keys rotate)."
