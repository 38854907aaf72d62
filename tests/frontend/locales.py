"""What a language of the pages lacks, said to whoever translates: `python -m tests.frontend.locales [LANGUAGE …]`.

English is the source: every other file answers it key by key. What is right for a language is what CLDR says, by Babel.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import babel

FOLDER = Path(__file__).parents[2] / "frontend" / "locales"
SOURCE = FOLDER / "en.json"

PLACEHOLDER = re.compile(r"\{(\w+)\}")
HTML = re.compile(r"[<>]|&#?\w+;")
NAME = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
# A run of this many words that is the same as in English was forgotten: shorter ones may be the same by right.
FORGOTTEN_WORDS = 3
# As far as one must count to meet every plural form but those of millions.
ENOUGH = 200
# Marks that a keyboard gets wrong, by language: what is looked for, what belongs there.
TYPOGRAPHY = {
    "de": [(r"[\"'“](?=\w)", "opening quotation marks are „"), (r"(?<=\w)'(?=\w)", "the apostrophe is ’")],
    "fr": [
        (r"(?:^|[^\u202f])[;!?»]|«(?!\u202f)", "a narrow no-break space (U+202F) stands before ; ! ? » and after «"),
        (r"(?:^|[^\u00a0]):", "a no-break space (U+00A0) stands before :"),
        (r"[\"']", "the apostrophe is ’, quotation marks are « »"),
    ],
    "es": [
        (r"^[^¿]*\?", "a question opens with ¿"),
        (r"^[^¡]*!", "an exclamation opens with ¡"),
        (r"[\"']", "quotation marks are « »"),
    ],
}

Message = str | dict[str, str]


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.json"))


def faults(path: Path, source: Path = SOURCE) -> list[str]:
    """Sentences that say what to mend in this file; none when it is complete."""
    if not NAME.fullmatch(path.stem):
        return [f"{path.name}: a file is named by its language as in pt, pt-BR or zh-Hant (BCP 47)"]
    try:
        locale = babel.Locale.parse(path.stem, sep="-")
    except (ValueError, babel.UnknownLocaleError):
        return [f"{path.name}: CLDR knows no language {path.stem}"]
    try:
        english, messages = read(source), read(path)
    except ValueError as error:
        return [f"{path.name}: {error}"]
    found = [*of_keys(english, messages), *of_head(messages, locale)]
    for key in english.keys() & messages.keys():
        found += (f"{key}: {fault}" for fault in of_message(english[key], messages[key], locale))
        if path.stem != source.stem:
            found += (f"{key}: {fault}" for fault in forgotten(key, english[key], messages[key]))
    return [f"{path.name}: {fault}" for fault in sorted(found)]


def read(path: Path) -> dict[str, Message]:
    """Raises ValueError for what is no JSON, no texts by key, or has a key twice."""
    messages = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    if not isinstance(messages, dict):
        raise ValueError("must be an object of texts by key")
    return messages


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"has a key twice: {', '.join(twice)}")
    return dict(pairs)


def of_keys(english: dict[str, Message], messages: dict[str, Message]) -> Iterator[str]:
    for key in english.keys() - messages.keys():
        yield f"{key}: is missing; English says {json.dumps(english[key])}"
    for key in messages.keys() - english.keys():
        yield f"{key}: English has no such key"
    in_order = [key for key in english if key in messages]
    misplaced = [
        key for key, due in zip((key for key in messages if key in english), in_order, strict=True) if key != due
    ]
    if misplaced:
        yield f"{misplaced[0]}: stands at another place than in English"


def of_head(messages: dict[str, Message], locale: babel.Locale) -> Iterator[str]:
    if (direction := messages.get("language.direction")) != locale.text_direction:
        yield f"language.direction: is {locale.text_direction} in this language, not {direction}"
    for key in ("language.name", "language.review"):
        if not messages.get(key):
            yield f"{key}: is missing"


def of_message(english: Message, message: Message, locale: babel.Locale) -> Iterator[str]:
    wanted = placeholders(english)
    if isinstance(english, dict):
        yield from of_forms(english, message, locale)
    elif not isinstance(message, str):
        yield "must be one text, as in English"
        return
    for form, text in forms(message):
        where = f"({form}) " if form else ""
        yield from (f"{where}{fault}" for fault in of_text(text, locale))
        optional = {"count"} if form and only_one(form, message, locale) else set()
        for name in sorted(wanted - placeholders(text) - optional):
            yield f"{where}lacks {{{name}}}"
        for name in sorted(placeholders(text) - wanted):
            yield f"{where}has {{{name}}}, which nobody fills in"


def of_forms(english: dict[str, str], message: Message, locale: babel.Locale) -> Iterator[str]:
    wanted = {*locale.plural_form.tags, "other", *(["zero"] if "zero" in english else [])}
    if not isinstance(message, dict):
        yield f"must have the forms {', '.join(sorted(wanted))}"
        return
    for form in sorted(wanted - message.keys()):
        yield f"lacks the form {form!r}, as for {examples(form, locale)}"
    for form in sorted(message.keys() - wanted):
        yield f"has the form {form!r}, which this language does not use"


def of_text(text: object, locale: babel.Locale) -> Iterator[str]:
    if not isinstance(text, str):
        yield "is no text"
        return
    if not text.strip():
        yield "is empty"
    elif text != text.strip():
        yield "begins or ends with a blank"
    if HTML.search(text):
        yield "must be plain text, without HTML"
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        yield "has a brace that belongs to no placeholder"
    for pattern, advice in TYPOGRAPHY.get(locale.language, []):
        if re.search(pattern, text):
            yield f"{advice}: {text}"


def forgotten(key: str, english: Message, message: Message) -> Iterator[str]:
    for form, text in forms(message):
        same = text == (english.get(form) if isinstance(english, dict) else english)
        if same and (key == "language.review" or len(words(text)) >= FORGOTTEN_WORDS):
            yield "is still English"


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", PLACEHOLDER.sub("", text))


def forms(message: Message) -> Iterable[tuple[str, str]]:
    return message.items() if isinstance(message, dict) else [("", message)]


def placeholders(message: object) -> set[str]:
    """Of all forms together; of anything but texts none."""
    if isinstance(message, dict):
        return set().union(*(placeholders(text) for text in message.values()))
    return set(PLACEHOLDER.findall(message)) if isinstance(message, str) else set()


def only_one(form: str, message: Message, locale: babel.Locale) -> bool:
    """Whether the words of this form may say the number themselves: there is but one it stands for."""
    numbers = numbers_of(form, locale) - ({0} if "zero" in message and form != "zero" else set())
    return form == "zero" or len(numbers) == 1


def numbers_of(form: str, locale: babel.Locale) -> set[int]:
    return {number for number in range(ENOUGH + 1) if locale.plural_form(number) == form}


def examples(form: str, locale: babel.Locale) -> str:
    numbers = [0] if form == "zero" else sorted(numbers_of(form, locale))[:4]
    return ", ".join(map(str, numbers)) or ("1.5" if form == "other" else "1000000")


def main(languages: list[str]) -> int:
    chosen = [FOLDER / f"{language}.json" for language in languages] or files()
    found = [fault for path in chosen for fault in faults(path)]
    print("\n".join(found) or f"complete: {', '.join(path.stem for path in chosen)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
