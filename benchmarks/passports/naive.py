"""The same facts the usual way: fpdf2, two whole fonts, the code as a PNG of segno. What ours is measured against."""

from __future__ import annotations

import io
from pathlib import Path

import fpdf
import segno

from issuance.fonts import faces
from issuance.paper import facts, words

# Debian's fonts-dejavu-core; where they are missing, our own subsets, which are smaller and so flatter the usual way.
_DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
_OURS = Path(faces.__file__).parent
CODE_MM = 42.0


def fonts() -> tuple[Path, Path]:
    whole = (_DEJAVU / "DejaVuSans.ttf", _DEJAVU / "DejaVuSans-Bold.ttf")
    if all(path.exists() for path in whole):
        return whole
    return _OURS / "european-regular.ttf", _OURS / "european-bold.ttf"


def render(content: facts.Page) -> bytes:
    sheet = fpdf.FPDF(format="A4")
    regular, bold = fonts()
    sheet.add_font("regular", fname=regular)
    sheet.add_font("bold", fname=bold)
    sheet.set_title("Health passport")
    sheet.set_lang("en")
    sheet.set_creation_date(content.issued_at)
    sheet.add_page()
    first, second = words.pair(content.language)
    sheet.set_font("bold", size=24)
    sheet.cell(text=first["title"], new_x="LMARGIN", new_y="NEXT")
    sheet.set_font("regular", size=12)
    sheet.cell(text=second["title"], new_x="LMARGIN", new_y="NEXT")
    sheet.image(_code(content.hc1), x=150, y=20, w=CODE_MM, h=CODE_MM, alt_text=first["code"])
    for fact in [*facts.holder(content), *facts.vaccination(content), *facts.certificate_itself(content)]:
        sheet.set_font("regular", size=8)
        sheet.cell(text=f"{first[fact.key]} · {second[fact.key]}", new_x="LMARGIN", new_y="NEXT")
        sheet.set_font("bold", size=11)
        sheet.multi_cell(120, text=f"{fact.value}  {fact.also}".strip(), new_x="LMARGIN", new_y="NEXT")
    sheet.set_font("regular", size=8)
    for key in ("advice", "warning", "folding"):
        for language in (first, second):
            sheet.multi_cell(180, text=language[key], new_x="LMARGIN", new_y="NEXT")
    return bytes(sheet.output())


def _code(hc1: str) -> io.BytesIO:
    picture = io.BytesIO()
    segno.make_qr(hc1, error="q").save(picture, kind="png", scale=4, border=4)
    picture.seek(0)
    return picture
