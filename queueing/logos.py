"""The logo of a room: an SVG or a PNG, kept as the text of a `data:` URI, and what of it a browser is told. Pure."""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import re
import struct
import zlib
from dataclasses import dataclass

from queueing import drawings, errors

# Of the file, before base64 makes a third more of it: a page with it stays within what the slowest network bears.
MAX_BYTES = 8 * 1024
# A few bytes of PNG can be unpacked to any size.
MOST_PIXELS = 1_024
SVG, PNG = "image/svg+xml", "image/png"
# By the number of rooms that one process shows at a time.
REMEMBERED = 200
EXTENSIONS = {SVG: "svg", PNG: "png"}
URI = re.compile(r"data:(image/svg\+xml|image/png);base64,([A-Za-z0-9+/]+={0,2})")
PNG_BEGINS = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Logo:
    """`width` and `height` in its own units, so that the page keeps room for it."""

    content: bytes
    content_type: str
    width: int
    height: int

    @property
    def file_name(self) -> str:
        """Another one for other content, so that caches may keep it."""
        return f"logo-{hashlib.sha256(self.content).hexdigest()[:16]}.{EXTENSIONS[self.content_type]}"


def to_uri(content: bytes) -> str:
    """Of a file. Raises: BadLogo."""
    content_type = PNG if content.startswith(PNG_BEGINS) else SVG
    uri = f"data:{content_type};base64,{base64.b64encode(content).decode()}"
    read(uri)
    return uri


def read(uri: str) -> Logo:
    """Raises: BadLogo."""
    matched = URI.fullmatch(uri)
    if not matched:
        raise errors.BadLogo("must be an SVG or a PNG, written as data:image/…;base64,…")
    try:
        content = base64.b64decode(matched[2], validate=True)
    except binascii.Error:
        raise errors.BadLogo("is not base64") from None
    if len(content) > MAX_BYTES:
        raise errors.BadLogo(f"has {len(content):,} bytes; at most {MAX_BYTES:,} are allowed")
    width, height = _size_of_png(content) if matched[1] == PNG else drawings.size(content)
    if not (1 <= width <= MOST_PIXELS and 1 <= height <= MOST_PIXELS):
        raise errors.BadLogo(f"must be 1 to {MOST_PIXELS:,} wide and high")
    return Logo(content, matched[1], round(width), round(height))


@functools.lru_cache(REMEMBERED)
def shown(uri: str) -> Logo | None:
    """None for '', and where what is kept may not be shown."""
    try:
        return read(uri) if uri else None
    except errors.BadLogo:
        return None


def _size_of_png(content: bytes) -> tuple[int, int]:
    """From the header (PNG, 11.2.1), where whole chunks follow it to the end and nothing comes after them."""
    at, kinds = len(PNG_BEGINS), []
    while at + 12 <= len(content) and content.startswith(PNG_BEGINS):
        (length,) = struct.unpack_from(">I", content, at)
        chunk, crc = content[at + 4 : at + 8 + length], content[at + 8 + length : at + 12 + length]
        if crc != struct.pack(">I", zlib.crc32(chunk)):
            break
        kinds.append(chunk[:4])
        at += 12 + length
    if at != len(content) or kinds[:1] != [b"IHDR"] or kinds[-1] != b"IEND":
        raise errors.BadLogo("is not a whole PNG")
    width, height = struct.unpack_from(">II", content, 16)
    return width, height
