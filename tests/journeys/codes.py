"""Reads codes from pictures with ZBar, which shares nothing with what draws ours. Ask for the fixture `zbar` first."""

from __future__ import annotations

import importlib

from PIL import Image


def read_codes(picture: Image.Image) -> list[str]:
    """pyzbar looks for its library when it is imported, so that is left until somebody reads."""
    pyzbar = importlib.import_module("pyzbar.pyzbar")
    return [found.data.decode() for found in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])]
