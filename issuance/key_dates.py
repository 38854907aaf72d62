"""When keys end: what staff see in a list, what metrics and the log say in time."""

from __future__ import annotations

import logging
import threading
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

State = Literal["signing", "coming", "valid", "retired", "damaged", "expired", "distrusted"]
PrivateKey = Literal["here", "damaged", "not here"]


@dataclass(frozen=True, slots=True)
class Dated:
    """One certificate. `kid` is hex; `full_until`: a signer's later passports live shorter than others."""

    kind: Literal["authority"] | Kind
    kid: str
    state: State
    valid_from: datetime
    valid_until: datetime
    full_until: datetime
    private_key: PrivateKey

    def days_left(self, now: datetime) -> int:
        return (self.valid_until - now).days

    def is_urgent(self, now: datetime) -> bool:
        """Whether somebody should act: of those at work, and within 30 days."""
        return self.state == "signing" and self.full_until - now < WARNING


def overview(directory: Path, now: datetime) -> list[Dated]:
    """The authority, signers, signers of trust lists, those distrusted; each oldest first. Raises: UnusableKeys."""
    return [
        _authority(directory / signing_keys.AUTHORITY, now),
        *_signers(directory, "signer", now),
        *_signers(directory, "list", now),
        *_distrusted(directory),
    ]


def _authority(folder: Path, now: datetime) -> Dated:
    found = key_files.read_certificate(folder)
    state: State = "signing" if now < found.not_valid_after_utc else "expired"
    return _dated("authority", found, state, "here" if key_files.has_private_key(folder) else "not here")


def _signers(directory: Path, kind: Kind, now: datetime) -> list[Dated]:
    usable = {signer.kid: signer for signer in signing_keys.usable(directory, kind)[0]}
    newest = signing_keys.newest_valid(list(usable.values()), now)
    dated = []
    for folder in key_files.folders(directory / signing_keys.FOLDERS[kind]):
        found = key_files.read_certificate(folder)
        kid = signing_keys.key_id(found)
        key: PrivateKey = "here" if kid in usable else "damaged" if key_files.has_private_key(folder) else "not here"
        signs = newest is not None and newest.kid == kid
        dated.append(_dated(kind, found, _state(found, now, key, signs), key))
    return sorted(dated, key=lambda one: one.valid_from)


def _state(found: x509.Certificate, now: datetime, key: PrivateKey, signs: bool) -> State:
    if now >= found.not_valid_after_utc:
        return "expired"
    if key != "here":
        return "retired" if key == "not here" else "damaged"
    if now < found.not_valid_before_utc:
        return "coming"
    return "signing" if signs else "valid"


def _distrusted(directory: Path) -> list[Dated]:
    folders = key_files.folders(directory / signing_keys.DISTRUSTED)
    dated = [_dated("signer", key_files.read_certificate(folder), "distrusted", "not here") for folder in folders]
    return sorted(dated, key=lambda one: one.valid_from)


def _dated(kind: Literal["authority"] | Kind, found: x509.Certificate, state: State, private_key: PrivateKey) -> Dated:
    until = found.not_valid_after_utc
    return Dated(
        kind=kind,
        kid=signing_keys.key_id(found).hex(),
        state=state,
        valid_from=found.not_valid_before_utc,
        valid_until=until,
        full_until=until - certificate.VALIDITY if kind == "signer" else until,
        private_key=private_key,
    )


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
