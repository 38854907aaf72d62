"""Whether a claimed name is a recorded one: a comparison that forgives habits of writing, not other names. Pure.

Never alone: document number and date of birth have to agree to the letter besides.
"""

import unicodedata
from collections.abc import Iterable

from issuance import transliteration

# Letters that Unicode does not take apart, as people type them on a keyboard without them.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ŧ": "t"}
)
_APOSTROPHES = frozenset("'’‘`´ʼʻʹ՚׳״.·")
# Scripts that write every vowel. Of the others a transliteration is a skeleton that several names share.
_ALPHABETS = ("LATIN", "GREEK", "CYRILLIC", "GEORGIAN", "ARMENIAN", "MODIFIER")


def same_name(given_names: str, family_name: str, recorded: Iterable[tuple[str, str]]) -> bool:
    """True where one of the recorded (given names, family name) pairs is the claimed name.

    Case, accents, apostrophes and hyphens do not count, nor the order of the words or the field they stand in; all
    words must be there. Two scripts are compared by what a passport's machine-readable zone makes of both: "Αθηνά" is
    "Athina", and "Müller" is "Mueller". So that is somebody's name only where every letter of it follows from the rule.
    """
    claimed = _forms(given_names, family_name)
    return bool(claimed) and any(claimed & _forms(given, family) for given, family in recorded)


def _forms(given_names: str, family_name: str) -> set[str]:
    """As it is written, without its marks, and as a machine-readable zone has it."""
    return _in_a_row(_words(given_names), _words(family_name)) | _in_a_row(*_zone(given_names, family_name))


def _in_a_row(given: list[str], family: list[str]) -> set[str]:
    """The sorted words, and all letters in a row either way round: "O Brien" is "O'Brien"."""
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


def _zone(given_names: str, family_name: str) -> tuple[list[str], list[str]]:
    """The words in a to z; none where the name has no such form, or one that is cut off.

    Both at once: letters that only one language has may stand in either.
    """
    whole = f"{given_names} {family_name}"
    letters = (unicodedata.name(character, "") for character in whole if character.isalpha())
    if not all(letter.startswith(_ALPHABETS) for letter in letters):
        return [], []
    try:
        written, given = transliteration.standardise(whole), transliteration.standardise(given_names)
    except transliteration.UnknownLetter:
        return [], []
    if len(written) >= transliteration.MAX_LENGTH:
        return [], []
    words = written.casefold().split("<") if written else []
    of_given = len(given.split("<")) if given else 0
    return words[:of_given], words[of_given:]
