"""Cuts JavaScript into its words: enough to find imports and exports and to leave out comments, not to understand it.

Where only a parser could tell a division from a regular expression (after `)` and `}`), it is taken for a division:
write such an expression after `=`, `(` or `return`, as is usual.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from queueing import errors

# After these words a value begins, and a slash with it a regular expression.
BEFORE_VALUES = frozenset(
    ("await", "case", "delete", "do", "else", "in", "instanceof", "new", "of", "return", "throw", "typeof", "void")
) | {"yield"}
_OPENING, _CLOSING = frozenset("{(["), frozenset("})]")
_TOKEN = re.compile(
    r"""
    (?P<gap>(?:\s+|//[^\n]*|/\*[\s\S]*?\*/)+)
  | (?P<string>'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*")
  | (?P<number>(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)n?)
  | (?P<word>[\w$]+)
  | (?P<private>\#[\w$]+)
  | (?P<mark>\+\+|--|[-+*/%=<>!&|^~?:;,.(){}\[\]])
    """,
    re.VERBOSE,
)
_EXPRESSION = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
# From a backtick, or from the brace that ends a value in the middle, up to the next value or to the end.
_TEMPLATE = re.compile(r"[`}](?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: gap, string, number, word, private, mark, expression (regular) or template (a piece of one)."""

    kind: str
    text: str
    line: int
    # How many braces, brackets and values of templates are open around it.
    depth: int

    @property
    def is_value(self) -> bool:
        """Whether an operator may follow, and no value."""
        if self.kind == "mark":
            return self.text in {")", "]", "}", "++", "--"}
        if self.kind == "template":
            return self.text.endswith("`")
        return self.text not in BEFORE_VALUES

    @property
    def opens(self) -> bool:
        return self.text in _OPENING if self.kind == "mark" else self.kind == "template" and self.text.endswith("${")

    @property
    def closes(self) -> bool:
        return self.text in _CLOSING if self.kind == "mark" else self.kind == "template" and self.text[0] == "}"


def tokens(source: str, name: str) -> list[Token]:
    """All of it, gaps too: their texts joined are the source. `name` stands in errors.

    Raises errors.Unpressable where it makes no sense.
    """
    found: list[Token] = []
    last: Token | None = None
    opened: list[Token] = []
    at, line = 0, 1
    while at < len(source):
        kind, text = _next(source, at, last, bool(opened) and opened[-1].kind == "template")
        token = Token(kind, text, line, len(opened))
        if not text or (token.closes and not opened):
            raise errors.Unpressable(name, line, f"not understood: {source[at : at + 20].splitlines()[0]}")
        if token.closes:
            opened.pop()
            token = replace(token, depth=len(opened))
        if token.opens:
            opened.append(token)
        found.append(token)
        last = last if kind == "gap" else token
        at, line = at + len(text), line + text.count("\n")
    if opened:
        raise errors.Unpressable(name, opened[-1].line, f"{opened[-1].text[-1]} is never closed")
    return found


def _next(source: str, at: int, last: Token | None, in_template: bool) -> tuple[str, str]:
    """Kind and text of the token there; an empty text when there is none."""
    character = source[at]
    if character == "`" or (character == "}" and in_template):
        match = _TEMPLATE.match(source, at)
        return "template", match[0] if match else ""
    match = _TOKEN.match(source, at)
    if match and match.lastgroup == "mark" and character == "/" and not (last and last.is_value):
        match = _EXPRESSION.match(source, at)
        return "expression", match[0] if match else ""
    return (match.lastgroup or "", match[0]) if match else ("", "")
