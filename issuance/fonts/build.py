"""How the fonts beside this file were made: subsets of DejaVu Sans 2.37, small to parse and to embed.

    python -m issuance.fonts.build FOLDER

FOLDER holds DejaVuSans.ttf and DejaVuSans-Bold.ttf, here those of npm's dejavu-fonts-ttf 2.37.3, with their
LICENSE.txt. The same input gives the same bytes.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import scaleUpem

HERE = Path(__file__).parent

# What almost everybody who writes Latin letters needs: parsing takes time by the glyph.
LATIN = (
    (0x0020, 0x007E),
    (0x00A0, 0x017F),  # Latin-1 and Extended-A: the languages of Europe
    (0x01A0, 0x01A1),  # Vietnamese
    (0x01AF, 0x01B0),
    (0x0218, 0x021B),  # Romanian
    (0x1E80, 0x1E85),  # Welsh
    (0x1E9E, 0x1E9E),
    (0x1EA0, 0x1EF9),  # Vietnamese
    (0x2010, 0x2026),
)
OTHER_SCRIPTS = (
    (0x0180, 0x024F),  # the rest of Latin
    (0x1E00, 0x1EFF),
    (0x02B0, 0x036F),  # modifier letters, combining marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic
    (0x0531, 0x058A),  # Armenian
    (0x0591, 0x05F4),  # Hebrew
    (0x0600, 0x06FF),  # Arabic
    (0x0750, 0x077F),
    (0x10A0, 0x10FF),  # Georgian
    (0x1F00, 0x1FFF),  # Greek Extended
    (0x200C, 0x200F),  # joiners and direction marks
    (0x2D00, 0x2D2F),
    (0xFB13, 0xFB4F),  # Armenian and Hebrew ligatures
)
# What joins and places letters; kerning and ornaments stay out. The Latin subsets are set letter by letter.
SHAPING = ("ccmp", "locl", "isol", "init", "medi", "fina", "rlig", "liga", "calt", "mark", "mkmk")
# What a PDF counts in. Shaped in other units, widths are rounded differently in page and font, and fpdf2 then places
# each letter by itself: such text cannot be searched or copied.
UNITS_PER_EM = 1000


def build(source: Path) -> None:
    _subset(source / "DejaVuSans.ttf", "latin-regular.ttf", LATIN, features=())
    _subset(source / "DejaVuSans-Bold.ttf", "latin-bold.ttf", LATIN, features=())
    _subset(source / "DejaVuSans-Bold.ttf", "wide-bold.ttf", LATIN + OTHER_SCRIPTS, features=SHAPING)


def _subset(source: Path, name: str, ranges: Iterable[tuple[int, int]], features: Iterable[str]) -> None:
    options = subset.Options(hinting=False, layout_features=list(features), name_IDs=["*"], notdef_outline=True)
    if not features:
        options.drop_tables += ["GSUB", "GPOS", "GDEF"]
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    subsetter.subset(font)
    scaleUpem.scale_upem(font, UNITS_PER_EM)
    subset.save_font(font, str(HERE / name), options)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    build(parser.parse_args().folder)
