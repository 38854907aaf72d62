"""The code: which squares of it are dark. Drawn as an image in print and as a path on a web page."""

from __future__ import annotations

import math
from dataclasses import dataclass

import zxingcpp

from issuance.paper import objects

CODE_MM = 42.0  # 59 mm across: 35 to 60 are recommended
# Whole pixels a square keep each one exactly square; 1 is blurred by viewers, more than 4 read no better.
_PIXELS_PER_SQUARE = 4
# Level Q is recommended (hcert specification 1.0.8, 4.2), but with more than 77 squares a side they are smaller than
# 0.54 mm, and at 100 dpi zbar misses 1 code in 100 with 81 of them, 2 in 5 with 85. A reader forgives a lower level
# sooner than small squares. How many letters 77 squares hold at a level: ISO/IEC 18004, table 7, version 15.
_MOST = {"Q": 426, "M": 600, "L": 758}
_DIGITS = bytes([ord("0")]) + bytes([ord("F")]) * 255


@dataclass(frozen=True, slots=True, repr=False)
class Squares:
    """`rows` of bytes, one a square, 0 where it is dark."""

    rows: tuple[bytes, ...]

    @property
    def side(self) -> int:
        return len(self.rows)


def of(hc1: str) -> Squares:
    """The text's own alphabet makes zxing choose the alphanumeric mode."""
    level = next((level for level, most in _MOST.items() if len(hc1) <= most), "L")
    code = zxingcpp.create_barcode(hc1, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    image = code.to_image(scale=1, add_quiet_zones=False)
    data = memoryview(image).tobytes()  # type: ignore[arg-type]  # its types do not tell that it is a buffer
    side = math.isqrt(len(data))
    return Squares(tuple(data[start : start + side] for start in range(0, len(data), side)))


def image(squares: Squares) -> objects.Stream:
    """One bit a pixel. Four pixels are one hexadecimal digit; a row like the one above it is all zeros (PNG's "up")."""
    pixels = squares.side * _PIXELS_PER_SQUARE
    width = -(-pixels // 8)
    again = (b"\2" + bytes(width)) * (_PIXELS_PER_SQUARE - 1)
    rows = (row.translate(_DIGITS).decode().ljust(width * 2, "0") for row in squares.rows)
    data = b"".join(b"\0" + bytes.fromhex(row) + again for row in rows)
    entries = f"/Type/XObject/Subtype/Image/Width {pixels}/Height {pixels}/ColorSpace/DeviceGray/BitsPerComponent 1"
    return objects.Stream.of(
        data, f"{entries}/DecodeParms<</Predictor 15/Colors 1/BitsPerComponent 1/Columns {pixels}>>"
    )
