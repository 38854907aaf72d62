"""Where things stand on the paper: nothing leaves its panel, in any language, for any name."""

from dataclasses import replace

import pypdfium2
import pytest

from issuance import pdf
from issuance.paper import backdrop, words
from tests.issuance import samples

MM = 72 / 25.4
WATERMARK = "SPECIMEN"
# Frames and ornament lie here; columns end before.
FOOT = 285.0


def placed(document):
    """(letter, left, top, right, bottom) in mm from the top left corner, without the watermark, which stands first."""
    with pypdfium2.PdfDocument(document) as opened:
        page = opened[0]
        written = page.get_textpage()
        text = written.get_text_range()
        assert text.startswith(WATERMARK)
        for place in range(len(WATERMARK), written.count_chars()):
            if text[place : place + 1].strip():
                left, bottom, right, top = written.get_charbox(place)
                yield text[place], left / MM, 297 - top / MM, right / MM, 297 - bottom / MM


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("length", [1, 80])
def test_nothing_leaves_its_panel(signer, language, length):
    holder = replace(samples.LATIN, family=("Wolfe " * 80)[:length].strip() or "W", given="M" * length)
    columns = [(x - 0.3, x + backdrop.COLUMN + 0.3) for x in (backdrop.LEFT, backdrop.RIGHT)]
    for letter, left, top, right, bottom in placed(pdf.render(pdf.page(samples.issued(signer, holder), language))):
        where = (letter, round(left), round(top))
        assert any(start <= left and right <= end for start, end in columns), where
        assert bottom < backdrop.FOLD_Y - 8 or top > backdrop.FOLD_Y + 8, where
        assert bottom < FOOT, where


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_stands_on_the_card_keeps_clear_of_the_code(signer, language):
    holder = replace(samples.LATIN, family="Wolfeschlegelsteinhausen " * 3, given="M" * 80)
    code = (backdrop.CODE_X - 2, backdrop.CODE_Y - 2, backdrop.CODE_X + 44, backdrop.CODE_Y + 43)
    for letter, left, top, right, bottom in placed(pdf.render(pdf.page(samples.issued(signer, holder), language))):
        apart = right <= code[0] or left >= code[2] or bottom <= code[1] or top >= code[3]
        assert apart, (letter, round(left), round(top))
