"""What is printed beside the facts, in seven languages: plain JSON files, one a language, all with the same keys.

A passport carries two of them, English and a second one; who reads English gets French, as in travel documents.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "languages"
FIRST = "en"
SECOND = "fr"


@dataclass(frozen=True, slots=True)
class Language:
    """`words` by key."""

    tag: str
    words: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.words[key]


def _read(path: Path) -> Language:
    words = json.loads(path.read_text(encoding="utf-8"))
    return Language(path.stem, {key: text for key, text in words.items() if key != "_"})


_BY_TAG = {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.json"))}
LANGUAGES = tuple(_BY_TAG)


def pair(tag: str) -> tuple[Language, Language]:
    """English and the second language of whoever reads `tag`; a language that we do not have is French."""
    second = tag if tag in _BY_TAG and tag != FIRST else SECOND
    return _BY_TAG[FIRST], _BY_TAG[second]
