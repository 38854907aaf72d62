"""The passport on paper: one A4 page with the code and, in plain words, what the code says.

Holds no state: each page has its own document and fonts (sharing them breaks the next one), so threads may
render at once. Nothing of the person stands in the metadata.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import fpdf
import zxingcpp
from PIL import Image

from issuance import certificate, products
from issuance.fonts import faces

TITLE = "Health passport"
SUBTITLE = "Certificate of vaccination"
SPECIMEN = "SPECIMEN"
LANGUAGE = "en"

CODE_MM = 42.0  # 59 mm across: 35 to 60 are recommended
# Whole pixels a square keep each one exactly square; 1 is blurred by viewers, more than 4 read no better.
_PIXELS_PER_SQUARE = 4
# Level Q is recommended (hcert specification 1.0.8, 4.2). Where a long name makes its squares smaller than this, zbar
# misses them at 100 dpi, and the bigger squares of level M read better.
_LEAST_SQUARE_MM = 0.47

_INK = (24, 33, 48)
_MUTED = (90, 98, 112)
_ACCENT = (16, 62, 112)
_WARNING = (176, 24, 32)
_WATERMARK = (238, 238, 240)

# mm on A4
_LEFT, _RIGHT = 19.8, 190.2
_WIDTH = _RIGHT - _LEFT
_HEAD_Y, _BODY_Y = 20.0, 54.0
_CODE_X = _RIGHT - CODE_MM
_NAME_WIDTH = _CODE_X - _LEFT - 10
_LABEL_WIDTH = 56.0
_LINE = 7.2
_LEADING = 0.45  # mm of line height for each point of size
_NAME_SIZES = (18, 16, 14, 12, 10)  # points; the first that fits one line

# Broken into lines by hand: finding the breaks anew takes a third of the time of a page.
_ADVICE = (
    (
        "The code holds the same facts as this page, signed by the issuer. Whoever checks this passport scans the",
        "code with a reader that knows the issuer's published certificates, and compares name and date of birth",
        "with a passport or identity card. What the code says counts; this page alone proves nothing.",
    ),
    (
        "Specimen: made with demonstration keys for country code XX, which is no country's. It is not a travel",
        "document and entitles nobody to anything.",
    ),
)


@dataclass(frozen=True, repr=False)
class Page:
    """What stands on the page; all as it is printed but the moments."""

    family: str
    given: str
    family_latin: str
    given_latin: str
    birth_date: str
    disease: str
    vaccine: str
    product: str
    holder: str
    dose: str
    given_on: str
    country: str
    issuer: str
    certificate_id: str
    issued_at: datetime
    expires_at: datetime
    hc1: str


def page(issued: certificate.Certificate) -> Page:
    """The page of a certificate, taken from what was signed, so that paper and code cannot disagree.

    A name in a script that no packaged font has stands there in Latin letters, as the code has it too.
    """
    name, vaccination = issued.payload["nam"], issued.payload["v"][0]
    product = products.by_code(vaccination["mp"])
    return Page(
        family=_drawable(name.get("fn", ""), name.get("fnt", "")),
        given=_drawable(name.get("gn", ""), name.get("gnt", "")),
        family_latin=name.get("fnt", "").replace("<", " "),
        given_latin=name.get("gnt", "").replace("<", " "),
        birth_date=issued.payload["dob"],
        disease=products.DISEASES[vaccination["tg"]],
        vaccine=products.VACCINES[vaccination["vp"]],
        product=product.name,
        holder=product.holder,
        dose=f"{vaccination['dn']} of {vaccination['sd']}",
        given_on=vaccination["dt"],
        country=vaccination["co"],
        issuer=vaccination["is"],
        certificate_id=vaccination["ci"],
        issued_at=issued.issued_at,
        expires_at=issued.expires_at,
        hc1=issued.hc1,
    )


def _drawable(name: str, latin: str) -> str:
    return name if faces.can_draw(name) else latin.replace("<", " ")


def render(content: Page) -> bytes:
    """The same page gives the same bytes. Raises faces.MissingGlyph before anything is drawn."""
    sheet = _new_sheet(content)
    _draw_specimen(sheet)
    _draw_head(sheet, content)
    _draw_code(sheet, content.hc1)
    _draw_holder(sheet, content)
    _draw_vaccination(sheet, content)
    _draw_certificate(sheet, content)
    _draw_advice(sheet)
    return bytes(sheet.output())


def _new_sheet(content: Page) -> fpdf.FPDF:
    sheet = fpdf.FPDF(format="A4")
    sheet.set_title(TITLE)
    sheet.set_author(content.issuer)
    sheet.set_creator("Vestibule")
    sheet.set_lang(LANGUAGE)
    sheet.set_creation_date(content.issued_at)
    sheet.set_margins(_LEFT, _HEAD_Y)
    sheet.set_auto_page_break(False)
    # Lossless, and not CCITT: to transcode to that, fpdf2 changes a setting of Pillow for all threads.
    sheet.set_image_filter("FlateDecode")
    sheet.c_margin = 0
    for face in {faces.REGULAR, faces.BOLD, faces.bold(content.family), faces.bold(content.given)}:
        sheet.add_font(face.name, fname=face.path)
    sheet.add_page()
    return sheet


def _draw_specimen(sheet: fpdf.FPDF) -> None:
    """Under the facts and across them, so that no copy loses it; clear of the code."""
    _use(sheet, faces.BOLD, 92, _WATERMARK)
    x, y = (_LEFT + _RIGHT) / 2, 180
    with sheet.rotation(36, x=x, y=y):
        sheet.text(x - sheet.get_string_width(SPECIMEN) / 2, y + 12, SPECIMEN)


def _draw_head(sheet: fpdf.FPDF, content: Page) -> None:
    sheet.set_fill_color(*_ACCENT)
    sheet.rect(_LEFT, _HEAD_Y, 18, 18, style="F")
    _use(sheet, faces.BOLD, 20, (255, 255, 255))
    sheet.set_xy(_LEFT, _HEAD_Y)
    sheet.cell(18, 18, content.country, align="C")
    _put(sheet, (_LEFT + 24, _HEAD_Y + 0.5), TITLE, faces.BOLD, 24, _ACCENT)
    _put(sheet, (_LEFT + 24, _HEAD_Y + 11.5), f"{SUBTITLE} against {content.disease}", faces.REGULAR, 11.5, _INK)
    sheet.set_draw_color(*_WARNING)
    sheet.set_line_width(0.6)
    sheet.set_xy(_CODE_X, _HEAD_Y)
    _use(sheet, faces.BOLD, 15, _WARNING)
    sheet.cell(CODE_MM, 10, SPECIMEN, border=1, align="C")
    sheet.set_draw_color(*_ACCENT)
    sheet.line(_LEFT, _HEAD_Y + 24, _RIGHT, _HEAD_Y + 24)


def _draw_code(sheet: fpdf.FPDF, hc1: str) -> None:
    sheet.set_fill_color(255, 255, 255)
    sheet.rect(_CODE_X - 3, _BODY_Y - 3, CODE_MM + 6, CODE_MM + 6, style="F")
    alternative = "Code with the signed certificate, for readers of EU digital certificates"
    sheet.image(_code(hc1), x=_CODE_X, y=_BODY_Y, w=CODE_MM, h=CODE_MM, alt_text=alternative)


def _code(hc1: str) -> Image.Image:
    """The text's own alphabet makes zxing choose the alphanumeric mode."""
    recommended = _squares(hc1, "Q")
    readable = recommended.width * _LEAST_SQUARE_MM <= CODE_MM * _PIXELS_PER_SQUARE
    return recommended if readable else _squares(hc1, "M")


def _squares(hc1: str, level: str) -> Image.Image:
    drawn = zxingcpp.create_barcode(hc1, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    return Image.fromarray(drawn.to_image(scale=_PIXELS_PER_SQUARE, add_quiet_zones=False))


def _draw_holder(sheet: fpdf.FPDF, content: Page) -> None:
    sheet.set_xy(_LEFT, _BODY_Y - 1)
    if content.family:
        _draw_name(sheet, "Surname", content.family, content.family_latin)
    if content.given:
        _draw_name(sheet, "Given names", content.given, content.given_latin)
    _label(sheet, "Date of birth (year-month-day)")
    _line(sheet, content.birth_date, faces.BOLD, 13, _INK)


def _draw_name(sheet: fpdf.FPDF, label: str, name: str, latin: str) -> None:
    _label(sheet, label)
    face = faces.bold(name)
    for size in _NAME_SIZES:
        _use(sheet, face, size, _INK)
        if sheet.get_string_width(name) <= _NAME_WIDTH:
            break
    _text(sheet, name, _NAME_WIDTH, size * _LEADING)
    _use(sheet, faces.REGULAR, 10.5, _INK)
    _text(sheet, latin, _NAME_WIDTH, 10.5 * _LEADING)
    sheet.ln(3)


def _draw_vaccination(sheet: fpdf.FPDF, content: Page) -> None:
    _section(sheet, max(sheet.get_y() + 10, _BODY_Y + CODE_MM + 14), "Vaccination")
    _fact(sheet, "Disease or agent targeted", content.disease)
    _fact(sheet, "Vaccine", content.vaccine)
    _fact(sheet, "Product", content.product)
    _fact(sheet, "Holder of authorisation, or maker", content.holder)
    _fact(sheet, "Dose", content.dose)
    _fact(sheet, "Date of vaccination", content.given_on)
    _fact(sheet, "Country of vaccination", content.country)


def _draw_certificate(sheet: fpdf.FPDF, content: Page) -> None:
    _section(sheet, sheet.get_y() + 10, "Certificate")
    _fact(sheet, "Identifier", content.certificate_id)
    _fact(sheet, "Issuer", f"{content.issuer} ({content.country})")
    _fact(sheet, "Issued", _moment(content.issued_at))
    _fact(sheet, "Valid until", _moment(content.expires_at), faces.BOLD)


def _draw_advice(sheet: fpdf.FPDF) -> None:
    sheet.set_xy(_LEFT, 252)
    sheet.set_draw_color(*_ACCENT)
    sheet.set_line_width(0.25)
    sheet.line(_LEFT, 249, _RIGHT, 249)
    for paragraph in _ADVICE:
        for line in paragraph:
            _line(sheet, line, faces.REGULAR, 8.5, _MUTED)
        sheet.ln(2)


def _section(sheet: fpdf.FPDF, y: float, title: str) -> None:
    _put(sheet, (_LEFT, y), title, faces.BOLD, 12, _ACCENT)
    sheet.set_draw_color(*_ACCENT)
    sheet.set_line_width(0.25)
    sheet.line(_LEFT, y + 6.5, _RIGHT, y + 6.5)
    sheet.set_y(y + 8.5)


def _fact(sheet: fpdf.FPDF, label: str, value: str, face: faces.Face = faces.REGULAR) -> None:
    top = sheet.get_y()
    _use(sheet, faces.REGULAR, 8.5, _MUTED)
    sheet.cell(_LABEL_WIDTH, _LINE, label)
    _use(sheet, face, 10.5, _INK)
    sheet.set_xy(_LEFT + _LABEL_WIDTH, top)
    _text(sheet, value, _WIDTH - _LABEL_WIDTH, _LINE)


def _label(sheet: fpdf.FPDF, text: str) -> None:
    _line(sheet, text, faces.REGULAR, 8.5, _MUTED)


def _line(sheet: fpdf.FPDF, text: str, face: faces.Face, size: float, color: tuple[int, int, int]) -> None:
    _use(sheet, face, size, color)
    sheet.cell(text=text, h=size * _LEADING, new_x="LMARGIN", new_y="NEXT")


def _text(sheet: fpdf.FPDF, text: str, width: float, height: float) -> None:
    """One line where it fits, as it nearly always does: looking for breaks is slow."""
    if sheet.get_string_width(text) <= width:
        sheet.cell(text=text, h=height, new_x="LMARGIN", new_y="NEXT")
    else:
        sheet.multi_cell(width, height, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _put(
    sheet: fpdf.FPDF,
    at: tuple[float, float],
    text: str,
    face: faces.Face,
    size: float,
    color: tuple[int, int, int],
) -> None:
    sheet.set_xy(*at)
    _line(sheet, text, face, size, color)


def _use(sheet: fpdf.FPDF, face: faces.Face, size: float, color: tuple[int, int, int]) -> None:
    sheet.set_font(face.name, size=size)
    sheet.set_text_shaping(face.shaped)
    sheet.set_text_color(*color)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
