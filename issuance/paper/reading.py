"""The same facts as on paper, for a page on a screen: what web is handed beside the PDF."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterable

from issuance.paper import facts, squares, words
from queueing import documents

# What a screen reader should read a script as, where one language comes first to mind; else the script alone is told.
_LANGUAGES = {"GREEK": "el", "GEORGIAN": "ka", "ARMENIAN": "hy", "HEBREW": "he", "ARABIC": "ar", "CYRILLIC": "und-Cyrl"}

Languages = tuple[words.Language, words.Language]


def view(content: facts.Page, code: squares.Squares) -> documents.View:
    languages = words.pair(content.language)
    first, second = languages
    return documents.View(
        title=_phrases(languages, "title"),
        mark=_phrases(languages, "specimen"),
        issuer=content.issuer,
        code=documents.Code(
            side=code.side, bits=_bits(code), text=content.hc1, alternative=_phrases(languages, "code")
        ),
        sections=(
            _section(languages, "holder", facts.holder(content)),
            _section(languages, "vaccination", facts.vaccination(content)),
            _section(languages, "certificate", facts.certificate_itself(content)),
        ),
        notes=tuple(
            documents.Phrase(text=language[key], language=language.tag)
            for key in ("advice", "warning")
            for language in (first, second)
        ),
    )


def _section(languages: Languages, key: str, of: Iterable[facts.Fact]) -> documents.Section:
    return documents.Section(
        title=_phrases(languages, key),
        facts=tuple(
            documents.Fact(
                label=_phrases(languages, fact.key),
                value=documents.Phrase(text=fact.value, language=_language(fact.value)),
                also=fact.also,
            )
            for fact in of
        ),
    )


def _phrases(languages: Languages, key: str) -> tuple[documents.Phrase, ...]:
    """Once where both languages have the same word."""
    found = {language[key]: language.tag for language in reversed(languages)}
    return tuple(documents.Phrase(text=text, language=tag) for text, tag in reversed(found.items()))


def _language(text: str) -> str | None:
    scripts = (unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha())
    return next((_LANGUAGES[script] for script in scripts if script in _LANGUAGES), None)


def _bits(code: squares.Squares) -> str:
    row = "".join("0" if square else "1" for line in code.rows for square in line)
    return base64.b64encode(int(row.ljust(-(-len(row) // 8) * 8, "0"), 2).to_bytes(-(-len(row) // 8))).decode()
