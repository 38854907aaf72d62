"""Keeps the trust list in Redis, from where web hands it to everybody: a thread of each usher. Owns keys.TRUST_LIST.

Whoever publishes checks first what is there, as any verifier would: one that cannot be believed is replaced, and one
that knows of later changes to the keys stays, so that of two ushers with different copies of the folder the newer wins.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections
from redis.exceptions import RedisError

from issuance import errors, revocations, signing_keys, trust_list
from issuance.trust_list import TrustList
from queueing import keys, store

log = logging.getLogger(__name__)

# A revocation or a change of keys is public this soon.
LOOK_S = 3.0
# Also when nothing changes, so that whoever asks gets a list that is good for nearly two days.
FRESH = timedelta(minutes=10)


def revoked_ids() -> list[str]:
    """As staff have it now. Raises: OSError where the database does not answer."""
    close_old_connections()
    try:
        return revocations.current_ids()
    except DatabaseTrouble as error:
        raise OSError(f"the database does not answer ({type(error).__name__})") from error


class Publisher:
    def __init__(self, client: redis.Redis, directory: Path, revoked_ids: Callable[[], Iterable[str]]) -> None:
        """`revoked_ids` may raise OSError: where the database does not answer, the list stays as it is."""
        self._store = store.Store(client)
        self._directory = directory
        self._revoked_ids = revoked_ids
        self._believed: tuple[bytes, TrustList] | None = None
        self._trouble = ""

    def start(self, stop: threading.Event) -> None:
        threading.Thread(target=self.run, args=(stop,), name="trust-list", daemon=True).start()

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop; what is wrong is said once, and waited for."""
        while True:
            try:
                self.look(datetime.now(UTC))
                self._note("")
            except errors.UnusableKeys as error:
                self._note(str(error))
            except RedisError as error:
                self._note(f"Redis does not answer ({type(error).__name__})")
            except OSError as error:
                self._note(str(error))
            if stop.wait(LOOK_S):
                return

    def look(self, now: datetime) -> bool:
        """Publish where what is there is wrong or old; whether it was. Raises: UnusableKeys, RedisError, OSError."""
        # Before it is asked what is true: who reads later may know more.
        serial = signing_keys.serial(self._directory)
        signer = signing_keys.load_list_signer(self._directory, now)
        certificates = signing_keys.trust_list(self._directory, now)
        revoked = frozenset(self._revoked_ids())
        there = self._published(now)
        if there is not None and (there.serial > serial or _is_good(there, certificates, revoked, signer, serial, now)):
            return False
        made = trust_list.make(certificates, revoked, serial, signer, now)
        lasts_s = int(trust_list.VALIDITY.total_seconds())
        self._store.run(store.write(keys.TRUST_LIST, "SET", made, "EX", lasts_s))
        log.info("published trust list %d: %d signers, %d revoked", serial, len(certificates), len(revoked))
        return True

    def _published(self, now: datetime) -> TrustList | None:
        """What is in Redis, if a verifier would believe it. Verified once."""
        data = self._store.client.get(keys.TRUST_LIST)
        if not isinstance(data, bytes):
            return None
        digest = hashlib.sha256(data).digest()
        if self._believed is None or self._believed[0] != digest:
            try:
                self._believed = digest, trust_list.read(data, signing_keys.authority(self._directory), now)
            except errors.BadTrustList as error:
                log.error("the trust list in Redis is not one of ours, and is replaced: %s", error)
                self._believed = None
        return self._believed[1] if self._believed else None

    def _note(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            log.error("no trust list is published: %s", trouble)
        elif self._trouble and not trouble:
            log.info("trust lists are published again")
        self._trouble = trouble


def _is_good(
    there: TrustList,
    certificates: list[signing_keys.TrustedCertificate],
    revoked: frozenset[str],
    signer: signing_keys.Signer,
    serial: int,
    now: datetime,
) -> bool:
    return (
        there.serial == serial
        and there.signed_by == signer.kid
        and there.certificates == tuple(certificates)
        and there.revoked == {trust_list.revocation_hash(one) for one in revoked}
        and now - there.issued_at < FRESH
    )
