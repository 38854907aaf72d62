"""A PDF file as numbered objects: written once, in order, the same objects to the same bytes.

Source: ISO 32000-1, 7.3 (objects) and 7.5 (file structure). Nothing in here knows what stands on the page.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass

# Files that hold bytes say so in their second line (7.5.2).
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
# The last step of compression takes as long again as all before, for 1 % of the size.
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Stream:
    """A finished stream, to be used by any number of files: compressed once."""

    body: bytes

    @classmethod
    def of(cls, data: bytes, entries: str = "", compress: bool = True) -> Stream:
        if compress:
            data, entries = zlib.compress(data, _LEVEL), f"{entries}/Filter/FlateDecode"
        return cls(b"<<%s/Length %d>>stream\n%s\nendstream" % (entries.encode(), len(data), data))


class File:
    """Objects of one document."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []
        self._packed: list[int] = []

    def reserve(self) -> int:
        """A number for an object that others name before it is known."""
        self._bodies.append(b"")
        return len(self._bodies)

    def put(self, number: int, body: str | Stream) -> None:
        if isinstance(body, Stream):
            self._bodies[number - 1] = body.body
        else:
            self._bodies[number - 1] = body.encode("latin-1")
            self._packed.append(number)

    def add(self, body: str | Stream) -> int:
        number = self.reserve()
        self.put(number, body)
        return number

    def finish(self, catalog: int, information: int) -> bytes:
        """Everything but streams goes into one stream, compressed together (7.5.7)."""
        pack = self._pack()
        parts, at = [_HEADER], len(_HEADER)
        entries = {number: (2, pack, place) for place, number in enumerate(self._packed)}
        for number, body in enumerate(self._bodies, start=1):
            if number not in entries:
                parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
                entries[number] = (1, at, 0)
                at += len(parts[-1])
        table = self.reserve()
        entries |= {0: (0, 0, 65535), table: (1, at, 0)}
        # Two documents are the same one if their bytes are (14.4).
        identity = hashlib.sha256(b"".join(parts)).hexdigest()[:32]
        named = f"/Root {catalog} 0 R/Info {information} 0 R/ID[<{identity}><{identity}>]"
        rows = b"".join(struct.pack(">BIH", *entries[number]) for number in range(table + 1))
        references = Stream.of(rows, f"/Type/XRef/Size {table + 1}/W[1 4 2]{named}")
        parts.append(b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, references.body, at))
        return b"".join(parts)

    def _pack(self) -> int:
        places, at = [], 0
        for number in self._packed:
            places.append(f"{number} {at}")
            at += len(self._bodies[number - 1]) + 1
        head = " ".join(places).encode() + b"\n"
        body = b"\n".join(self._bodies[number - 1] for number in self._packed)
        entries = f"/Type/ObjStm/N {len(self._packed)}/First {len(head)}"
        self._bodies.append(Stream.of(head + body, entries).body)
        return len(self._bodies)


def text(words: str) -> str:
    """A text string (7.9.2.2) that needs no escapes, in any language."""
    return f"<{(chr(0xFEFF) + words).encode('utf-16-be').hex().upper()}>"
