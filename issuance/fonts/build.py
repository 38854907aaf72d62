"""How the fonts beside this file were made: subsets of Noto, without hints, each glyph complete in itself.

    python -m issuance.fonts.build FOLDER

FOLDER holds the Noto fonts named below, here those of Debian's fonts-noto-core 20201225-1. The same input gives
the same bytes.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent

PUNCTUATION = (
    (0x0020, 0x0020),
    (0x0027, 0x0029),
    (0x002C, 0x002F),
    (0x003A, 0x003B),
    (0x00A0, 0x00A0),
    (0x02BC, 0x02BC),
    (0x2010, 0x2014),
    (0x2018, 0x201F),
)
EUROPEAN = (
    (0x0020, 0x007E),
    (0x00A0, 0x024F),  # Latin-1, Extended-A and -B
    (0x02B0, 0x02FF),  # modifier letters
    (0x0300, 0x0345),  # combining marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin Additional: Welsh, Vietnamese
    (0x1F00, 0x1FFF),  # Greek Extended
    (0x2010, 0x2026),
)
ARMENIAN = ((0x0531, 0x058A), (0xFB13, 0xFB17))
GEORGIAN = ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2D))
HEBREW = ((0x0591, 0x05F4), (0xFB1D, 0xFB4F))
ARABIC = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x200C, 0x200F))
HEADLINES = ((0x0020, 0x007E), (0x00A0, 0x017F), (0x0370, 0x03FF), (0x2010, 0x2026))

# What joins letters, places marks and evens out gaps; ornaments and figures of other shapes stay out.
FEATURES = ("ccmp", "locl", "isol", "init", "medi", "fina", "rlig", "liga", "calt", "kern", "mark", "mkmk", "curs")

SUBSETS = (
    ("NotoSans-Regular.ttf", "european-regular.ttf", EUROPEAN),
    ("NotoSans-Bold.ttf", "european-bold.ttf", EUROPEAN),
    ("NotoSerif-Bold.ttf", "headline.ttf", HEADLINES),
    ("NotoSansArmenian-Bold.ttf", "armenian-bold.ttf", PUNCTUATION + ARMENIAN),
    ("NotoSansGeorgian-Bold.ttf", "georgian-bold.ttf", PUNCTUATION + GEORGIAN),
    ("NotoSansHebrew-Bold.ttf", "hebrew-bold.ttf", PUNCTUATION + HEBREW),
    ("NotoSansArabic-Regular.ttf", "arabic-regular.ttf", PUNCTUATION + ARABIC),
    ("NotoSansArabic-Bold.ttf", "arabic-bold.ttf", PUNCTUATION + ARABIC),
)


def build(source: Path) -> None:
    for original, name, ranges in SUBSETS:
        _subset(source / original, HERE / name, ranges)


def _subset(source: Path, target: Path, ranges: Iterable[tuple[int, int]]) -> None:
    options = subset.Options(hinting=False, layout_features=list(FEATURES), name_IDs=["*"], notdef_outline=True)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    subsetter.subset(font)
    _take_apart(font)
    subset.save_font(font, str(target), options)


def _take_apart(font: TTFont) -> None:
    """A glyph made of others would have to bring them along into each document."""
    outlines, glyphs = font["glyf"], font.getGlyphSet()
    for name in font.getGlyphOrder():
        if outlines[name].isComposite():
            drawn, pen = DecomposingRecordingPen(glyphs), TTGlyphPen(None)
            glyphs[name].draw(drawn)
            drawn.replay(pen)
            outlines[name] = pen.glyph()
            outlines[name].recalcBounds(outlines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    build(parser.parse_args().folder)
