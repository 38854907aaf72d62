"""Short names for what a module calls by long ones: variables, parameters, functions, classes, private members.

No scope is worked out. Within one module a name gets the same short one wherever it stands for a variable, and no two
names get the same: so whatever it meant, it still means. Not so a name that a module gives to something of its own and
uses for something of the browser's elsewhere: a test compares what TypeScript takes each name for, before and after.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from queueing.pages import grammar, javascript


def shortened(tokens: list[javascript.Token], name: str) -> list[str]:
    """The texts of the tokens, without gaps. `name` stands in errors.

    Raises errors.Unpressable.
    """
    read = grammar.Grammar(tokens, name)
    # What links modules begins with `$` (linking.py).
    ours = {word for word in read.declared() if not word.startswith("$")}
    taken = grammar.RESERVED | set(read.variables()) - ours
    short = _short((word for word in read.variables() if word in ours), "", taken)
    short |= _short((token.text for token in tokens if token.kind == "private"), "#", frozenset())
    return list(read.renamed(short))


def _short(words: Iterable[str], prefix: str, taken: AbstractSet[str]) -> dict[str, str]:
    """In the order of the script: so neighbours look alike everywhere, which packs better than by frequency."""
    free = (prefix + short for short in _shortest() if short not in taken)
    return dict(zip(dict.fromkeys(words), free, strict=False))


def _shortest() -> Iterator[str]:
    for length in itertools.count(1):
        for letters in itertools.product(string.ascii_letters, repeat=length):
            yield "".join(letters)
