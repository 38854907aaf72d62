"""Looks for words everywhere a running Vestibule leaves bytes, in every form that they might take."""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path

import redis

from issuance import base45
from project.local.stack import KINDS, Stack

ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
HC1 = re.compile(rb"HC1:[0-9A-Z $%*+\-./:]{50,}")


def forms(word: str) -> dict[str, bytes]:
    """A word as it might be written down; base64 at all three alignments, without the edges neighbours change."""
    written: dict[str, bytes] = {}
    for name, text in (("raw", word), ("upper", word.upper()), ("lower", word.lower()), ("fold", word.casefold())):
        data = text.encode()
        written |= {
            name: data,
            f"{name} utf-16": text.encode("utf-16-be"),
            f"{name} percent": urllib.parse.quote(text).encode(),
            f"{name} form": urllib.parse.quote_plus(text).encode(),
            f"{name} percent, small": urllib.parse.quote(text).lower().encode(),
            f"{name} json": json.dumps(text)[1:-1].encode(),
            f"{name} hex": data.hex().encode(),
            f"{name} HEX": data.hex().upper().encode(),
            f"{name} repr": repr(data)[2:-1].encode(),
        }
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + data)
            inner = encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4]
            if len(inner) >= 8:
                written[f"{name} base64 +{shift}"] = inner
                written[f"{name} base64url +{shift}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    return written


def found(blobs: Iterator[tuple[str, bytes]], words: list[str]) -> list[str]:
    """Where which word stands in which form; empty is good."""
    searched = {(word, form): data for word in words for form, data in forms(word).items()}
    return sorted(
        {
            f"{place}: word {words.index(word)} as {form}"
            for place, blob in blobs
            for layer in layers(blob)
            for (word, form), data in searched.items()
            if data in layer
        }
    )


def layers(blob: bytes) -> Iterator[bytes]:
    """The bytes themselves, and what is compressed or coded in them."""
    yield blob
    for head in ZLIB_HEADS:
        start = blob.find(head)
        while start >= 0:
            yield from _inflated(blob[start:])
            start = blob.find(head, start + 1)
    for code in HC1.findall(blob):
        yield from _decoded(code)


def _inflated(data: bytes) -> Iterator[bytes]:
    try:
        plain = zlib.decompressobj().decompress(data, 10_000_000)
    except zlib.error:
        return
    if plain:
        yield plain
        for code in HC1.findall(plain):
            yield from _decoded(code)


def _decoded(code: bytes) -> Iterator[bytes]:
    try:
        yield zlib.decompress(base45.decode(code[4:].decode()))
    except (ValueError, zlib.error):
        return


def of_redis(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Every key and value of both logical databases."""
    for url in (stack.site.redis_url, stack.site.broker_url):
        with redis.Redis.from_url(url) as client:
            for key in client.scan_iter(count=1_000):
                yield f"redis {url[-1]} {key.decode()[:40]}", key + b"\n" + _value(client, key)


def _value(client: redis.Redis, key: bytes) -> bytes:
    kind = client.type(key).decode()
    if kind == "string":
        return client.get(key) or b""
    if kind == "hash":
        return b"\n".join(part for pair in client.hgetall(key).items() for part in pair)
    if kind == "set":
        return b"\n".join(client.smembers(key))
    if kind == "zset":
        return b"\n".join(client.zrange(key, 0, -1))
    if kind == "list":
        return b"\n".join(client.lrange(key, 0, -1))
    # Gone since it was listed, or a kind that nobody taught us to read.
    assert kind == "none", f"a key of kind {kind} is not searched yet"
    return b""


def of_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Logs, AOF, databases, keys, temporary files: every file below a folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def of_metrics(stack: Stack) -> Iterator[tuple[str, bytes]]:
    for name in KINDS:
        if name != "registry" and stack.processes[name].wanted:
            with urllib.request.urlopen(f"{stack.ops_address(name)}/metrics", timeout=10) as answer:
                yield f"metrics of {name}", answer.read()


def of_processes(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Command lines and environments, as anybody on the machine with the right to look sees them."""
    for name, process in stack.processes.items():
        if process.wanted:
            for what in ("cmdline", "environ"):
                yield f"{what} of {name}", Path(f"/proc/{process.pid}/{what}").read_bytes()
