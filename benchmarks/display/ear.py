"""Counts the commands that Redis is sent, by Redis' own account (MONITOR), scripts by their names.

What a script does inside is part of it and not counted again; neither are connections of the benchmark's own.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from queueing import store

# 1795358216.951998 [0 127.0.0.1:40312] "EVALSHA" "<digest>" …; commands of scripts come from "lua".
LINE = re.compile(rb'^\+[\d.]+ \[\d+ (\S+?)\] "([^"]*)"(?: "([^"]*)")?')
INSIDE = b" lua] "
RECEIVED_BYTES = 1 << 18
AGREED = b"+OK\r\n"


@dataclass
class Heard:
    """`commands`: how often each was sent, while listening for `seconds`."""

    commands: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def per_s(self) -> dict[str, float]:
        return {name: count / self.seconds for name, count in self.commands.most_common()}

    @property
    def total_per_s(self) -> float:
        return sum(self.commands.values()) / self.seconds


@contextlib.contextmanager
def listening(url: str, except_for: set[str]) -> Iterator[Heard]:
    """Complete once this is left. `except_for`: host:port of connections that do not count."""
    heard = Heard()
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(b"MONITOR\r\n")
        if connection.recv(len(AGREED)) != AGREED:
            raise RuntimeError("nobody may listen here")
        thread = threading.Thread(target=_listen, args=(connection, {name.encode() for name in except_for}, heard))
        thread.start()
        began_s = time.monotonic()
        try:
            yield heard
        finally:
            heard.seconds = time.monotonic() - began_s
            # All that was done before it is heard.
            connection.sendall(b"QUIT\r\n")
            thread.join()


def _listen(connection: socket.socket, except_for: set[bytes], heard: Heard) -> None:
    names = {store.digest(path.stem).encode(): path.stem for path in store.LUA.glob("*.lua") if path.stem != "prelude"}
    rest = b""
    while received := connection.recv(RECEIVED_BYTES):
        *lines, rest = (rest + received).split(b"\r\n")
        for line in lines:
            if INSIDE in line[:60]:
                continue
            found = LINE.match(line)
            if found is not None and found[1] not in except_for:
                heard.commands[_name(found[2], found[3], names)] += 1


def _name(command: bytes, argument: bytes | None, scripts: dict[bytes, str]) -> str:
    name = command.decode("latin-1").lower()
    if name == "evalsha":
        return f"script {scripts.get(argument or b'', 'of the channel layer')}"
    return name
