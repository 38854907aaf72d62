"""The scripts of the line as the server runs them: as they stand in the tree, or with bugs planted into them.

Nothing of the project is patched: what differs is another source, loaded under another digest, for one connection.
Two facts differ always: what the scripts take for the time is the history's (`time`), so that a history of hours takes
no time and happens in the same way each time; and a mass of people is two, not fifty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import redis

from queueing import store

HERE = Path(__file__).parent
PRELUDE = "prelude"
OWN = ("observe", "lapse", "dump")
# Key of the history's time: hash of s and us.
TIME = "time"
# Each stands exactly once in the scripts.
DIFFERENT = (
    (PRELUDE, "redis.call('TIME')", f"redis.call('HMGET', '{TIME}', 's', 'us')"),
    ("advance", "MASS_LEAST, MASS_MS = 1 / 3, 50, 10000", "MASS_LEAST, MASS_MS = 1 / 3, 2, 10000"),
)


class NotPlanted(Exception):
    """The text to be replaced does not stand exactly once in that file: whoever replaces it must follow the scripts."""


def sources() -> dict[str, str]:
    """What the server is given for each script, the prelude included. Raises: NotPlanted."""
    names = sorted(path.stem for path in store.LUA.glob("*.lua"))
    texts = {name: store.source(name) for name in names if name != PRELUDE}
    for file, old, new in DIFFERENT:
        texts = with_change(texts, file, old, new)
    assert not any("'TIME'" in text for text in texts.values()), "somebody reads another clock"
    return texts


def with_change(texts: Mapping[str, str], file: str, old: str, new: str) -> dict[str, str]:
    """The sources with a text replaced in one file of `queueing/lua/`. Raises: NotPlanted."""
    found = (_prelude() if file == PRELUDE else texts[file]).count(old)
    if found != 1:
        raise NotPlanted(f"{file}.lua has {found} times: {old}")
    return {name: text.replace(old, new, 1) if file in (name, PRELUDE) else text for name, text in texts.items()}


def _prelude() -> str:
    return (store.LUA / f"{PRELUDE}.lua").read_text(encoding="utf-8")


class Scripts:
    """One connection to one server, with one set of sources loaded."""

    def __init__(self, client: redis.Redis, texts: Mapping[str, str] | None = None) -> None:
        self.client = client
        self._texts = dict(texts or sources()) | {name: (HERE / f"{name}.lua").read_text("utf-8") for name in OWN}
        self._digests = {
            name: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest() for name, text in self._texts.items()
        }
        self._connection = client.connection_pool.get_connection()
        for text in self._texts.values():
            client.script_load(text)

    def close(self) -> None:
        self.client.connection_pool.release(self._connection)

    def call(self, ops: Sequence[store.Op[Any]]) -> list[Any]:
        """Raw answers in one round trip, errors among them. A pipeline of redis-py takes twice as long."""
        packed = {id(op): self._packed(op) for op in {id(op): op for op in ops}.values()}
        self._connection.send_packed_command([b"".join(packed[id(op)] for op in ops)])
        return [self._read() for _ in ops]

    def _packed(self, op: store.Op[Any]) -> bytes:
        """The protocol's array of bulk strings."""
        words = [b"EVALSHA", self._digests[op.script], len(op.keys), *op.keys, *op.args]
        texts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        return b"*%d\r\n" % len(texts) + b"".join(b"$%d\r\n%b\r\n" % (len(text), text) for text in texts)

    def _read(self) -> Any:
        try:
            return self._connection.read_response()
        except redis.ResponseError as error:
            return error
