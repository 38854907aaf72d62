"""Whether a claimed name is a recorded one: a comparison that forgives habits of writing, not other names. Pure."""

import unicodedata
from collections.abc import Iterable

# Letters that Unicode does not take apart, as people type them on a keyboard without them.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ŧ": "t"}
)
_APOSTROPHES = frozenset("'’‘`´ʼʻʹ՚׳״.·")


def same_name(given_names: str, family_name: str, recorded: Iterable[tuple[str, str]]) -> bool:
    """True where one of the recorded (given names, family name) pairs is the claimed name.

    Case, accents, apostrophes and hyphens do not count, nor the order of the words or the field they stand in; all
    words must be there. Scripts are not converted: where a registry holds a Latin form, that is another pair.
    """
    claimed = _forms(given_names, family_name)
    return bool(claimed) and any(claimed & _forms(given, family) for given, family in recorded)


def _forms(given_names: str, family_name: str) -> set[str]:
    """The sorted words, and all letters in a row either way round: "O Brien" is "O'Brien"."""
    given, family = _words(given_names), _words(family_name)
    if not given and not family:
        return set()
    return {
        " ".join(sorted(given + family)),
        "".join(given + family),
        "".join(family + given),
    }


def _words(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_PLAIN)
    return "".join(_kept(character) for character in unicodedata.normalize("NFKD", folded)).split()


def _kept(character: str) -> str:
    """Letters and digits stay, marks, apostrophes and invisible characters vanish, the rest parts words."""
    if character in _APOSTROPHES or unicodedata.category(character)[0] in "MC":
        return ""
    return character if character.isalnum() else " "
