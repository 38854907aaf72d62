"""Font files for documents: some glyphs of a face, under the numbers they have. Nothing is parsed, only copied."""

from __future__ import annotations

import array
import struct
import sys
from collections.abc import Iterable, Mapping

from issuance.fonts import faces


def program(face: faces.Face, glyphs: Iterable[int]) -> bytes:
    """A font file with these glyphs and no others.

    Source: ISO 32000-1, 9.9: which tables a font program in a PDF needs.
    """
    head = face.tables["head"]
    used = sorted({0, *glyphs})
    count = used[-1] + 1
    outlines = [face.outlines[number] + bytes(-len(face.outlines[number]) % 4) for number in used]
    places, metrics = array.array("H", [0]), bytearray(4 * count)
    for number, outline in zip(used, outlines, strict=True):
        # What lies between two used glyphs is empty: it begins where it ends.
        places.extend([places[-1]] * (number + 1 - len(places)))
        places.append(places[-1] + len(outline) // 2)
        struct.pack_into(">Hh", metrics, 4 * number, face.widths[number], face.bearings[number])
    if sys.byteorder == "little":
        places.byteswap()
    return _file(
        {
            # Long after the other fields: places are counted in pairs of bytes, 16 bits each.
            "head": head[:8] + bytes(4) + head[12:50] + struct.pack(">hh", 0, 0),
            "hhea": face.tables["hhea"][:34] + struct.pack(">H", count),
            "maxp": face.tables["maxp"][:4] + struct.pack(">H", count) + face.tables["maxp"][6:],
            "hmtx": bytes(metrics),
            "loca": places.tobytes(),
            "glyf": b"".join(outlines),
        }
    )


def _file(tables: Mapping[str, bytes]) -> bytes:
    """Source: OpenType specification, table directory and `head`: a sum over the file as it is without that sum."""
    log = len(tables).bit_length() - 1
    header = struct.pack(">IHHHH", 0x00010000, len(tables), 16 << log, log, 16 * len(tables) - (16 << log))
    at, directory, body = 12 + 16 * len(tables), [], []
    for tag, data in sorted(tables.items()):
        padded = data + bytes(-len(data) % 4)
        directory.append(struct.pack(">4sIII", tag.encode(), _checksum(padded), at, len(data)))
        body.append(padded)
        at += len(padded)
    file = b"".join([header, *directory, *body])
    adjustment = struct.pack(">I", (0xB1B0AFBA - _checksum(file)) & 0xFFFFFFFF)
    head = 12 + 16 * len(tables) + sum(len(part) for part in body[: sorted(tables).index("head")]) + 8
    return file[:head] + adjustment + file[head + 4 :]


def _checksum(padded: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
