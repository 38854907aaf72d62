"""How a browser lets an answer be compressed (RFC 9110, 12.5.3)."""

from __future__ import annotations

import re

REFUSED = re.compile(r"q=0(\.0*)?")


def accepted(header: str) -> set[str]:
    """Of an Accept-Encoding: without those that are named only to be refused, as `br;q=0`."""
    named = (part.replace(" ", "").partition(";") for part in header.split(","))
    return {encoding for encoding, _, weight in named if not REFUSED.fullmatch(weight)}
