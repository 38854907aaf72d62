"""What a person is handed: the PDF and its facts for a web page, of one code, packed into one."""

from __future__ import annotations

from issuance import pdf
from issuance.paper import facts, reading, squares
from queueing import documents


def make(content: facts.Page) -> bytes:
    """The same page gives the same bytes. Raises faces.MissingGlyph."""
    code = squares.of(content.hc1)
    return documents.pack(pdf.render(content, code), reading.view(content, code))
