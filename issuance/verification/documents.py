"""Codes in documents that people bring: a PDF, a picture, or text. In memory only; nothing of it is written anywhere.

Everything is bounded before it is unpacked: size, pages, pixels. Whoever serves others asks verification.reading, which
runs this in a process of its own: python -m issuance.verification.documents < document
"""

import contextlib
import io
import json
import math
import re
import resource
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from PIL import Image, UnidentifiedImageError

from issuance import base45, errors
from issuance.verification import envelope

LARGEST_BYTES = 5 * 1024 * 1024
MOST_PAGES = 20
MOST_PIXELS = 40_000_000  # a photograph of a telephone has 12 to 24 million
_PICTURES = ("PNG", "JPEG", "WEBP")
_DPI = 200  # a code of 25 mm is read from here on
_POINTS_PER_INCH = 72
_QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_PDF, _PDF_WITHIN_BYTES = b"%PDF-", 1_024  # ISO 32000-1, annex H.3
# What decoders of pictures raise for files that are not what they say.
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    ArithmeticError,
    LookupError,
    TypeError,
    EOFError,
    struct.error,
    zlib.error,
)

_IN_TEXT = re.compile(re.escape(envelope.PREFIX) + f"[{re.escape(base45.ALPHABET)}]+")
# Of the process that reads a stranger's document. Pictures take 40 MB, what PDFium needs for a page a few times that.
MOST_MEMORY_BYTES = 2 * 1024**3
MOST_SECONDS = 20


@dataclass(frozen=True, repr=False)
class Found:
    """What a code says, and on which page (from 1) of a PDF; None elsewhere."""

    text: str
    page: int | None = None


def codes(document: bytes) -> list[Found]:
    """Every certificate's code, or where there is none, whatever codes there are. Raises Unreadable."""
    if len(document) > LARGEST_BYTES:
        raise errors.Unreadable(f"The document is larger than {LARGEST_BYTES // 1024**2} MB.")
    found = list(dict.fromkeys(_all(document)))
    certificates = [one for one in found if one.text.startswith(envelope.PREFIX)]
    if not found:
        raise errors.Unreadable("No code was found in the document.")
    return certificates or found


def _all(document: bytes) -> Iterator[Found]:
    if _PDF in document[:_PDF_WITHIN_BYTES]:
        return _in_pdf(document)
    picture = _picture(document)
    if picture is not None:
        return (Found(text) for text in _in_picture(picture))
    return (Found(text) for text in _in_text(document))


def _in_pdf(document: bytes) -> Iterator[Found]:
    try:
        with pypdfium2.PdfDocument(document) as opened:
            if len(opened) > MOST_PAGES:
                raise errors.Unreadable(f"The PDF has more than {MOST_PAGES} pages.")
            for number in range(len(opened)):
                yield from (Found(text, number + 1) for text in _in_picture(_rendered(opened, number)))
    except pypdfium2.PdfiumError:
        raise errors.Unreadable("The PDF cannot be opened: it is damaged, or locked by a password.") from None


def _rendered(opened: pypdfium2.PdfDocument, number: int) -> Image.Image:
    """The page in grey; a poster in as many dots as may be."""
    with contextlib.closing(opened[number]) as page:
        width, height = page.get_size()
        scale = min(_DPI / _POINTS_PER_INCH, math.sqrt(MOST_PIXELS / max(width * height, 1)))
        with contextlib.closing(page.render(scale=scale, grayscale=True)) as bitmap:
            picture: Image.Image = bitmap.to_pil().copy()
            return picture


def _picture(document: bytes) -> Image.Image | None:
    """None where it is not a picture of a kind we read. Raises Unreadable."""
    try:
        picture = Image.open(io.BytesIO(document), formats=_PICTURES)
    except UnidentifiedImageError:
        return None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise errors.Unreadable("The picture is too large.") from None
    except _BROKEN:
        raise errors.Unreadable("The picture is damaged.") from None
    if picture.width * picture.height > MOST_PIXELS:
        raise errors.Unreadable("The picture is too large.")
    return picture


def _in_picture(picture: Image.Image) -> list[str]:
    try:
        grey = picture.convert("L")
    except _BROKEN:
        raise errors.Unreadable("The picture is damaged.") from None
    return [code.text for code in zxingcpp.read_barcodes(grey, formats=_QR_CODES)]


def _in_text(document: bytes) -> list[str]:
    """A code has a line to itself, or stands between other words; no certificate's last character is a space."""
    return [code.strip() for code in _IN_TEXT.findall(document.decode("utf-8", "replace"))]


def main() -> None:
    """Tells standard output, as JSON: {"codes": [[text, page], …]} or {"unreadable": "why"}."""
    _confine()
    try:
        told: dict[str, object] = {"codes": [[found.text, found.page] for found in codes(sys.stdin.buffer.read())]}
    except errors.Unreadable as unreadable:
        told = {"unreadable": str(unreadable)}
    json.dump(told, sys.stdout)


def _confine() -> None:
    """Not too much memory or time, no file written, no image of the memory left behind."""
    limits = {
        resource.RLIMIT_AS: MOST_MEMORY_BYTES,
        resource.RLIMIT_CPU: MOST_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        # Some systems know no limit of one kind or another.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    main()
