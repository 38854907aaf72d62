"""What a logo may be. That thieves find no way through it: tests/thieves/test_forged_looks.py."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest

from queueing import errors, logos

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40.4"><title>An office (of health)</title>'
    b"<style>.a{fill:#123456}@media (prefers-color-scheme: dark){.a{fill:rgb(255 255 255 / 80%)}}</style>"
    b'<defs><linearGradient id="glow"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
    b'<g transform="translate(2 3)"><path class="a" d="M0 0h10v10z" fill="url(#glow)"/></g></svg>'
)


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int = 1, height: int = 1) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * (width + 1) * height)
    return logos.PNG_BEGINS + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND")


def uri(content: bytes, kind: str = "image/svg+xml") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def test_svg_comes_out_as_it_was_with_the_room_it_needs() -> None:
    logo = logos.read(logos.to_uri(SVG))
    assert (logo.content, logo.content_type) == (SVG, "image/svg+xml")
    assert (logo.width, logo.height) == (120, 40)


def test_png_comes_out_as_it_was_with_the_room_it_needs() -> None:
    logo = logos.read(logos.to_uri(png(30, 20)))
    assert (logo.content, logo.content_type, logo.width, logo.height) == (png(30, 20), "image/png", 30, 20)


def test_name_of_the_file_changes_with_what_it_shows() -> None:
    one, other = logos.read(uri(SVG)), logos.read(uri(SVG.replace(b"#123456", b"#123457")))
    assert one.file_name != other.file_name
    assert one.file_name == logos.read(uri(SVG)).file_name
    assert one.file_name.endswith(".svg")
    assert logos.read(uri(png(), "image/png")).file_name.endswith(".png")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<html></html>",
        b"<svg",
        SVG.decode().encode("utf-16"),
        SVG.replace(b"viewBox", b"viewbox"),
        SVG.replace(b"0 0 120 40.4", b"0 0 0 40"),
        SVG.replace(b"0 0 120 40.4", b"0 0 120000 40"),
        SVG.replace(b' xmlns="http://www.w3.org/2000/svg"', b""),
        SVG.replace(b"</svg>", b"<svg/></svg>"),
        SVG + b"<svg/>",
        png(2_000, 1),
        png()[:-1],
        png() + b"<script>",
        png().replace(b"IDAT", b"IDAU"),
        logos.PNG_BEGINS,
        SVG + b" " * logos.MAX_BYTES,
    ],
)
def test_what_is_no_logo_is_refused(content: bytes) -> None:
    with pytest.raises(errors.BadLogo):
        logos.to_uri(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://elsewhere.example/logo.svg",
        uri(SVG, "image/jpeg"),
        uri(SVG, "text/html"),
        uri(SVG, "image/png"),
        uri(png()),
        uri(SVG) + "\n",
        uri(SVG)[:-3],
        "data:image/svg+xml,<svg/>",
    ],
)
def test_what_is_no_address_of_a_logo_is_refused(text: str) -> None:
    with pytest.raises(errors.BadLogo):
        logos.read(text)
