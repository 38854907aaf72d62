"""The document signers of a worker process, as the folder has them at this moment: a rotation needs no restart.

Every answer looks at the folder first (some ten system calls): once a key is retired, nothing more is signed with it.
"""

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path

from issuance import errors, key_files, signing_keys
from issuance.signing_keys import Signer

log = logging.getLogger(__name__)


class Keyring:
    """Shared by the threads of a process."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._guard = threading.Lock()
        self._seen: key_files.Fingerprint | None = None
        self._signers: list[Signer] = []

    def signer(self, now: datetime | None = None) -> Signer:
        """The newest that may sign now. One that is damaged is passed over. Raises: UnusableKeys."""
        signers = self._current()
        newest = signing_keys.newest_valid(signers, now or datetime.now(UTC))
        if newest is None:
            # Says which of the many reasons it is.
            return signing_keys.load_signer(self.directory, now)
        return newest

    def check(self, signer: Signer, now: datetime | None = None) -> None:
        """Whether it may sign still, which somebody else may have ended meanwhile. Raises: UnusableKeys."""
        at = now or datetime.now(UTC)
        if not any(one.kid == signer.kid and one.is_valid(at) for one in self._current()):
            raise errors.UnusableKeys(f"Signer {signer.kid.hex()} may sign no more.")

    def trouble(self, now: datetime | None = None) -> str:
        """'' while somebody may sign, else why not."""
        try:
            self.signer(now)
        except errors.UnusableKeys as error:
            return str(error)
        return ""

    def _current(self) -> list[Signer]:
        with self._guard:
            # Before it is read: what changes meanwhile is seen the next time.
            folders = key_files.folders(self.directory / signing_keys.SIGNERS)
            found = key_files.fingerprint([self.directory / signing_keys.AUTHORITY, *folders])
            if found != self._seen:
                self._read()
                self._seen = found
            return self._signers

    def _read(self) -> None:
        before = {signer.kid for signer in self._signers}
        self._signers, wrong = signing_keys.usable(self.directory)
        for error in wrong:
            log.error("a signer is passed over: %s", error)
        now = {signer.kid for signer in self._signers}
        if before and now != before:
            log.info("signers have changed: %s", ", ".join(sorted(kid.hex() for kid in now)) or "there are none")
