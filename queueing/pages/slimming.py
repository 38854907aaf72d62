"""Leaves out of scripts and styles what only people read: comments, gaps, the length of names."""

from __future__ import annotations

import itertools
import re

from queueing import errors
from queueing.pages import javascript, shortening

# After or before these a statement cannot end, so a new line between them says nothing.
_GOES_ON_AFTER = frozenset("{([;,.:?=+-*/%<>&|^!~")
_GOES_ON_BEFORE = frozenset("}]);,.:?=%<>&|^")
# Stands for a string, so that nothing is changed inside of it.
_STRING = "\0"
_STYLE = re.compile(
    r"""
    (?P<string>"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')
  | (?P<gap>(?:\s|/\*[\s\S]*?\*/)+)
  | (?P<rest>[^"'\s/]+|/)
    """,
    re.VERBOSE,
)


def script(source: str, name: str) -> str:
    """Does what `source` does. `name` stands in errors.

    Raises errors.Unpressable.
    """
    gap = ""
    words: list[javascript.Token] = []
    gaps: list[str] = []
    for token in javascript.tokens(source, name):
        if token.kind == "gap":
            gap = token.text
            continue
        gaps.append(_between(words[-1], token, gap) if words and gap else "")
        words.append(token)
        gap = ""
    return "".join(itertools.chain(*zip(gaps, shortening.shortened(words, name), strict=True)))


def _between(last: javascript.Token, token: javascript.Token, gap: str) -> str:
    """What must be left of a gap."""
    if "\n" in gap and not (_goes_on(last, _GOES_ON_AFTER) or _goes_on(token, _GOES_ON_BEFORE)):
        return "\n"
    before, after = last.text[-1], token.text[0]
    words = _is_of_word(before) and (_is_of_word(after) or after == "#")
    # Two of these would become one mark, or a comment; a number would take the dot into itself.
    merges = (before == after and before in "+-/") or (before == "/" and after == "*")
    return " " if words or merges or (last.kind == "number" and after == ".") else ""


def _goes_on(token: javascript.Token, marks: frozenset[str]) -> bool:
    return token.kind == "mark" and token.text in marks


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character in "_$"


def style(source: str, name: str) -> str:
    """Means what `source` means. `name` stands in errors.

    Raises errors.Unpressable.
    """
    parts = [(match.lastgroup, match[0]) for match in _STYLE.finditer(source)]
    if "".join(text for _kind, text in parts) != source:
        raise errors.Unpressable(name, 1, "a string or a comment is never closed")
    strings = [text for kind, text in parts if kind == "string"]
    # A gap between words or before a colon may be meant, as in `a :hover` and `1 + 2`.
    tight = "".join({"gap": " ", "string": _STRING}.get(kind or "", text) for kind, text in parts).strip()
    tight = re.sub(r" ?([{};,]) ?|(?<=:) ", r"\1", tight).replace(";}", "}")
    return re.sub(_STRING, lambda _match: strings.pop(0), tight)
