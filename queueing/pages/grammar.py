"""Tells what the words of a script stand for: a variable, a property, or a word of the language.

Reads brackets and their neighbours, not expressions. Where that could not tell, it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from queueing import errors
from queueing.pages.javascript import Token

# Some of these may be names of variables too; such variables keep them.
RESERVED = frozenset((
    *("arguments", "async", "await", "break", "case", "catch", "class", "const", "continue"),
    *("debugger", "default", "delete", "do", "else", "enum", "eval", "export", "extends", "false"),
    *("finally", "for", "function", "get", "if", "implements", "import", "in", "instanceof"),
    *("interface", "let", "new", "null", "of", "package", "private", "protected", "public", "return"),
    *("set", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "undefined", "var"),
    *("void", "while", "with", "yield"),
))  # fmt: skip
_DECLARING = frozenset(("const", "let", "var", "function", "class"))
# Before parentheses that hold no parameters, though a block follows.
_CONTROL = frozenset(("if", "for", "while", "switch", "with", "await"))
# After these a brace opens a block; after other operators and words of the language, an object or a pattern.
_BEFORE_BLOCKS = frozenset(("", ")", ";", "{", "}", "=>", "else", "do", "try", "finally", "catch", "static"))
# What is taken apart into variables: `{ a, b: c }` and `[d, ...e]`.
_PATTERNS = frozenset(("pattern", "elements"))
_BEFORE_TARGETS = frozenset((":", ",", "[", "..."))
_MODIFIERS = frozenset(("static", "async", "get", "set", "*"))


class Grammar:
    """Of tokens without gaps. `name` stands in errors."""

    def __init__(self, tokens: Sequence[Token], name: str) -> None:
        self._tokens = tokens
        self._name = name
        # Of each token the innermost bracket it stands in, -1 for none; of each bracket where it closes.
        self._within: list[int] = []
        self._end: dict[int, int] = {}
        self._pair_brackets()
        self._kinds = {-1: "block"}
        for at in sorted(self._end):
            self._kinds[at] = self._kind(at)
        self._roles = [self._role(at) if token.kind == "word" else "" for at, token in enumerate(tokens)]

    def variables(self) -> Iterator[str]:
        """The word wherever it stands for a variable."""
        for token, role in zip(self._tokens, self._roles, strict=True):
            if role in {"variable", "shorthand"}:
                yield token.text

    def declared(self) -> set[str]:
        """Variables that are known to be the script's own."""
        return {token.text for at, token in enumerate(self._tokens) if self._declares(at)} - RESERVED

    def renamed(self, short: dict[str, str]) -> Iterator[str]:
        """The texts of all tokens, with other names for variables and private members. Properties keep theirs."""
        for token, role in zip(self._tokens, self._roles, strict=True):
            new = short.get(token.text, token.text)
            if role == "shorthand" and new != token.text:
                yield f"{token.text}:{new}"
            else:
                yield new if role == "variable" or token.kind == "private" else token.text

    def _pair_brackets(self) -> None:
        opened: list[int] = []
        for at, token in enumerate(self._tokens):
            if token.closes:
                self._end[opened.pop()] = at
            self._within.append(opened[-1] if opened else -1)
            if token.opens:
                opened.append(at)

    def _text(self, at: int) -> str:
        return self._tokens[at].text if 0 <= at < len(self._tokens) else ""

    def _before(self, at: int) -> str:
        """The text before that token; of several marks those that are one."""
        last = self._text(at - 1)
        if last == ">" and self._text(at - 2) == "=":
            return "=>"
        if last == "." and self._text(at - 2) == ".":
            return "..."
        return last

    def _leads(self, at: int) -> bool:
        """Whether an arrow follows that token."""
        return self._text(at + 1) == "=" and self._text(at + 2) == ">"

    def _kind(self, at: int) -> str:
        text = self._text(at)
        if text == "(":
            return "parameters" if self._takes_parameters(at) else "group"
        if text == "[":
            return "elements" if self._is_pattern(at) else "list"
        if text == "{":
            return self._kind_of_brace(at)
        return "template"

    def _takes_parameters(self, at: int) -> bool:
        end = self._end[at]
        return self._leads(end) or (self._text(end + 1) == "{" and self._before(at) not in _CONTROL)

    def _is_pattern(self, at: int) -> bool:
        around = self._kinds[self._within[at]]
        before = self._before(at)
        if around == "parameters":
            return before in {"(", ",", "..."}
        if around in _PATTERNS and before in _BEFORE_TARGETS:
            return True
        return before in {"const", "let", "var"}

    def _kind_of_brace(self, at: int) -> str:
        before = self._before(at)
        if self._is_class(at):
            return "class"
        if self._is_pattern(at):
            return "pattern"
        if before == ":" and self._kinds[self._within[at]] != "object":
            return "block" if self._ends_case(at) else "object"
        return "block" if before in _BEFORE_BLOCKS or self._is_own_word(at - 1) else "object"

    def _is_own_word(self, at: int) -> bool:
        return at >= 0 and self._tokens[at].kind == "word" and self._text(at) not in RESERVED

    def _is_class(self, at: int) -> bool:
        for text in self._back(at):
            if text in {";", "{", "}", "=", ",", "=>"}:
                return False
            if text == "class":
                return True
        return False

    def _ends_case(self, at: int) -> bool:
        for text in self._back(at):
            if text in {"?", "case", "default"}:
                return text != "?"
        return True

    def _back(self, at: int) -> Iterator[str]:
        """The texts before that token within the same bracket, the nearest first."""
        return (self._text(i) for i in range(at - 1, self._within[at], -1) if self._within[i] == self._within[at])

    def _role(self, at: int) -> str:
        text = self._text(at)
        kind = self._kinds[self._within[at]]
        if self._before(at) == ".":
            return "property"
        if kind == "class" and self._starts_member(at, {"{", "}", ";"}):
            modifies = text in _MODIFIERS and self._text(at + 1) not in {"(", "=", ";", "}"}
            return "language" if modifies else "property"
        if kind in {"object", "pattern"} and self._starts_member(at, {"{", ","}):
            return self._role_of_key(at)
        return "language" if text in RESERVED else "variable"

    def _starts_member(self, at: int, after: set[str]) -> bool:
        """Of a class or an object."""
        first = at
        while self._text(first - 1) in _MODIFIERS:
            first -= 1
        if self._kinds[self._within[at]] == "class":
            self._expect_end_before(first)
        return self._before(first) in after

    def _expect_end_before(self, at: int) -> None:
        """Where a value ends without a semicolon, only a parser knows."""
        last, token = self._tokens[at - 1], self._tokens[at]
        if last.is_value and last.text != "}" and last.line < token.line:
            raise errors.Unpressable(self._name, token.line, "end the member of the class before it with a semicolon")

    def _role_of_key(self, at: int) -> str:
        following = self._text(at + 1)
        if following in {":", "("} or self._text(at - 1) in _MODIFIERS:
            return "property"
        return "shorthand" if following in {",", "}", "="} else "language"

    def _declares(self, at: int) -> bool:
        if self._roles[at] not in {"variable", "shorthand"}:
            return False
        before, kind = self._before(at), self._kinds[self._within[at]]
        if before in _DECLARING or self._leads(at) or (before == "*" and self._text(at - 2) == "function"):
            return True
        if kind == "parameters":
            return before in {"(", ",", "..."}
        return kind in _PATTERNS and (self._roles[at] == "shorthand" or before in _BEFORE_TARGETS)
