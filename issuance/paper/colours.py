"""The colours of the page, and what they mean on every screen and printer: an ICC profile of sRGB.

Every pair of ink and paper keeps its contrast where a machine prints grey.
Sources: IEC 61966-2-1 (sRGB), ICC.1:2001-04 (profiles of version 2).
"""

from __future__ import annotations

import struct

Colour = tuple[float, float, float]

INK: Colour = (0.09, 0.12, 0.17)
QUIET: Colour = (0.33, 0.37, 0.43)
STATE: Colour = (0.07, 0.22, 0.38)
WARNING: Colour = (0.68, 0.08, 0.12)
PAPER: Colour = (1.0, 1.0, 1.0)
# Ornament lies under text: never darker than this.
FINE: Colour = (0.80, 0.87, 0.91)
FINE_WARM: Colour = (0.91, 0.86, 0.78)
RULE: Colour = (0.62, 0.69, 0.76)
WATERMARK: Colour = (0.94, 0.94, 0.95)

# The primaries and the white of sRGB, as seen by daylight of 5000 K, which profiles count by.
_WHITE = (0.9642, 1.0, 0.8249)
_PRIMARIES = {b"rXYZ": (0.43607, 0.22249, 0.01392), b"gXYZ": (0.38515, 0.71687, 0.09708)}
_PRIMARIES |= {b"bXYZ": (0.14307, 0.06061, 0.71410)}
# As many as keep the curve within a quarter of a step of 8 bits.
_CURVE_POINTS = 128


def profile() -> bytes:
    """An sRGB profile of under 1 kB, always the same bytes."""
    tags = {b"desc": _description(b"sRGB"), b"cprt": _tagged(b"text", b"No rights reserved\0")}
    tags |= {name: _tagged(b"XYZ ", _fixed(*values)) for name, values in {b"wtpt": _WHITE, **_PRIMARIES}.items()}
    curve = _tagged(b"curv", struct.pack(f">I{_CURVE_POINTS}H", _CURVE_POINTS, *map(_linear, range(_CURVE_POINTS))))
    at, directory, body = 128 + 4 + 12 * (len(tags) + 3), [], []
    for name, data in [*tags.items(), (b"rTRC", curve)]:
        directory.append(struct.pack(">4sII", name, at, len(data)))
        body.append(data + bytes(-len(data) % 4))
        if data is curve:
            directory += [struct.pack(">4sII", name, at, len(data)) for name in (b"gTRC", b"bTRC")]
        at += len(body[-1])
    header = struct.pack(">I4xI4s4s4s6H", at, 0x02100000, b"mntr", b"RGB ", b"XYZ ", 2000, 1, 1, 0, 0, 0)
    header += b"acsp" + bytes(28) + _fixed(*_WHITE)
    return b"".join([header + bytes(128 - len(header)), struct.pack(">I", len(directory)), *directory, *body])


def _linear(point: int) -> int:
    signal = point / (_CURVE_POINTS - 1)
    light = signal / 12.92 if signal <= 0.04045 else ((signal + 0.055) / 1.055) ** 2.4
    return round(light * 65535)


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _tagged(kind: bytes, data: bytes) -> bytes:
    return kind + bytes(4) + data


def _description(text: bytes) -> bytes:
    ascii_text = text + b"\0"
    return _tagged(b"desc", struct.pack(">I", len(ascii_text)) + ascii_text + bytes(4 + 4 + 2 + 1 + 67))
