"""Where one stack keeps its data, logs and keys: `var/`, for its owner alone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

# The checkout: the folder of manage.py and Procfile.
ROOT = Path(__file__).resolve().parents[2]
DEFAULT = ROOT / "var"


@dataclass(frozen=True, slots=True)
class Folders:
    """The names under one directory."""

    top: Path

    @property
    def data(self) -> Path:
        """The database, and Valkey's append-only file."""
        return self.top / "data"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def logs(self) -> Path:
        return self.top / "logs"

    @property
    def public_keys(self) -> Path:
        """All that the public tier may read."""
        return self.top / "keys" / "public"

    @property
    def private_keys(self) -> Path:
        return self.top / "keys" / "private"

    @property
    def signing_keys(self) -> Path:
        """The certificate authority and the signers."""
        return self.private_keys / "signing"

    @property
    def console_password(self) -> Path:
        """The demo account's."""
        return self.private_keys / "console_password"

    @property
    def redis_users(self) -> Path:
        """Who may do what in the server that `make up` starts."""
        return self.private_keys / "redis_users.acl"

    def redis_url(self, user: str) -> Path:
        """The touch point as one user sees it."""
        return (self.public_keys if user == "web" else self.private_keys) / f"redis_url_{user}"

    def broker_url(self, process: str) -> Path:
        return self.private_keys / f"broker_url_{process}"

    @property
    def lock(self) -> Path:
        return self.top / "lock"

    @property
    def environment(self) -> Path:
        """The private tier's environment, for commands typed in a second terminal."""
        return self.private_keys / "environment"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def make(self) -> None:
        """Safe to repeat; closes folders that were left open to others."""
        private = (
            self.top,
            self.data,
            self.valkey,
            self.logs,
            self.top / "keys",
            self.public_keys,
            self.private_keys,
        )
        for folder in private:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)

    def turn_logs(self) -> None:
        """Keep the logs of the run before, as `<name>.log.1`, and begin anew."""
        for log in self.logs.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
