"""A font inside a document: the glyphs it shows, their widths, and which letters they stand for.

Source: ISO 32000-1, 9.7 (composite fonts) and 9.10.3 (ToUnicode). Glyphs keep their numbers, so the numbers in the
text are those of the font.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from issuance.fonts import faces, programs
from issuance.paper import objects

_TO_UNICODE = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def /CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000><FFFF> endcodespacerange
{blocks}
endcmap CMapName currentdict /CMap defineresource pop end end"""
# A block of a character map holds no more (Adobe technical note 5411).
_BLOCK = 100
# Symbolic: its letters are known by number, not by name.
_SYMBOLIC = 4
_STEMS = {"regular": 88, "bold": 148}


def embed(file: objects.File, face: faces.Face, letters: Mapping[int, str]) -> int:
    """The number of the font, for a page's resources."""
    glyphs = sorted(letters)
    name = f"{_tag(glyphs)}+{face.postscript_name}"
    data = programs.program(face, glyphs)
    program = file.add(objects.Stream.of(data, f"/Length1 {len(data)}"))
    descriptor = file.add(
        f"<</Type/FontDescriptor/FontName/{name}/Flags {_SYMBOLIC}/FontBBox[{_listed(face.box)}]/ItalicAngle 0"
        f"/Ascent {face.ascent}/Descent {face.descent}/CapHeight {face.cap_height}"
        f"/StemV {_STEMS['regular' if face.name.endswith('regular') else 'bold']}/FontFile2 {program} 0 R>>"
    )
    descendant = file.add(
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        f"/Supplement 0>>/CIDToGIDMap/Identity/FontDescriptor {descriptor} 0 R/W[{_widths(face, glyphs)}]>>"
    )
    to_unicode = file.add(objects.Stream.of(_character_map(letters).encode()))
    return file.add(
        f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]"
        f"/ToUnicode {to_unicode} 0 R>>"
    )


def _tag(glyphs: Iterable[int]) -> str:
    """Six letters that differ where the glyphs do (9.6.4)."""
    digest = hashlib.sha256(_listed(glyphs).encode()).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _widths(face: faces.Face, glyphs: list[int]) -> str:
    return "".join(f"{first}[{_listed(face.widths[n] for n in run)}]" for first, run in _runs([0, *glyphs]))


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run[0], run
            run = []
        run.append(number)
    yield run[0], run


def _character_map(letters: Mapping[int, str]) -> str:
    lines = [f"<{glyph:04X}><{text.encode('utf-16-be').hex().upper()}>" for glyph, text in sorted(letters.items())]
    blocks = [f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar" for block in _blocks(lines)]
    return _TO_UNICODE.format(blocks="\n".join(blocks))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    return (lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK))


def _listed(values: Iterable[int]) -> str:
    return " ".join(map(str, values))
