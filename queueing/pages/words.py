"""What the pages say, by language and key: one JSON file a language (frontend/locales), read once.

Chooses plural forms and writes numbers, times and durations as the scripts do (static/js/texts.js, formatting.js), so
that a page reads the same before they take over and after.
"""

from __future__ import annotations

import datetime
import functools
import json
import math
import re
from collections import ChainMap
from collections.abc import Mapping, Sequence
from pathlib import Path

from babel import Locale, UnknownLocaleError, dates, localedata, numbers, units
from django.conf import settings as configured

from queueing.pages import sources

Message = str | Mapping[str, str]

SOURCE = "en"
# Keys about the file itself.
ABOUT = "language."
MINUTE_S = 60
HOUR_S = 3_600
NO_BREAK_SPACE = "\u00a0"
# Plural rules take these for many, in every language: no unit is written without its number then.
MANY = 100
# Of an Accept-Language: browsers send fewer and shorter ones.
MOST_TAGS = 20
LONGEST_TAG = 40
# Letters of a script's name: Hant, Latn.
SCRIPT = 4
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_EASTERN_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


class Words:
    """The texts of one language. `region`: the person's own kind of it, for numbers and times (en-GB, ar-EG).

    `own`: what a room says instead of ours.
    """

    def __init__(self, language: str, region: str = "", own: Mapping[str, str] | None = None) -> None:
        self.language = language
        self.own = own or {}
        ours = _messages()[language]
        self._messages: Mapping[str, Message] = ChainMap(dict(own), ours) if own else ours
        self._locale = _locale(region if region.partition("-")[0] == language else language)

    @property
    def name(self) -> str:
        return self.get(f"{ABOUT}name")

    @property
    def direction(self) -> str:
        return self.get(f"{ABOUT}direction")

    def has(self, key: str) -> bool:
        return key in self._messages

    def get(self, key: str, **values: str | int) -> str:
        """Numbers among the values are written as the language does; `count` chooses the form. Raises: KeyError."""
        written = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return _PLACEHOLDER.sub(lambda found: written[found[1]], self._form(key, values.get("count")))

    def first(self, *keys: str) -> str:
        """Of the first of these that has a text; the last one must."""
        return self.get(next((key for key in keys if self.has(key)), keys[-1]))

    def number(self, value: int) -> str:
        return self._digits(numbers.format_decimal(value, locale=self._locale, numbering_system="default"))

    def time(self, at_ms: float) -> str:
        """Clock time in one piece. Nobody has told us where the person is, so it says whose clock it is."""
        at = datetime.datetime.fromtimestamp(at_ms / 1_000, datetime.UTC)
        written = dates.format_time(at, "short", tzinfo=datetime.UTC, locale=self._locale)
        return self._digits(f"{written} UTC").replace(" ", NO_BREAK_SPACE)

    def date(self, at_ms: float) -> str:
        """In full, with the day of the week."""
        at = datetime.datetime.fromtimestamp(at_ms / 1_000, datetime.UTC)
        return self._digits(dates.format_date(at, "full", locale=self._locale))

    def duration(self, seconds: float) -> str:
        """Seconds below two minutes, then whole minutes, from two hours on whole hours: never longer than the truth."""
        whole = max(0, math.floor(seconds))
        if whole < 2 * MINUTE_S:
            return self._unit(whole, "second")
        if whole < 2 * HOUR_S:
            return self._unit(whole // MINUTE_S, "minute")
        return self._unit(whole // HOUR_S, "hour")

    def band(self, wait_s: Sequence[int]) -> str:
        """A band of waiting times in whole minutes that hold it, never "0 minutes"."""
        least = max(1, wait_s[0] // MINUTE_S)
        most = max(1, -(-wait_s[1] // MINUTE_S))
        if least >= most:
            return self._unit(least, "minute")
        both = f"{self.number(least)}–{self.number(most)}"
        # Some languages write small numbers into the word (Arabic: two minutes): those say it as of many.
        shown = next(number for number in (most, MANY) if self.number(number) in self._unit(number, "minute"))
        return self._unit(shown, "minute").replace(self.number(shown), both)

    def for_scripts(self, keys: Sequence[str]) -> dict[str, Message]:
        return {key: self._messages[key] for key in keys if key in self._messages}

    def _form(self, key: str, count: str | int | None) -> str:
        message = self._messages[key]
        if isinstance(message, str):
            return message
        number = int(count or 0)
        if number == 0 and "zero" in message:
            return message["zero"]
        return message.get(self._locale.plural_form(number)) or message["other"]

    def _unit(self, value: int, name: str) -> str:
        return self._digits(
            units.format_unit(value, f"duration-{name}", "long", locale=self._locale, numbering_system="default")
        )

    def _digits(self, text: str) -> str:
        """Babel writes the separators of eastern Arabic numbers, and the digits of western ones."""
        return text.translate(_EASTERN_DIGITS) if self._locale.default_numbering_system == "arab" else text


@sources.kept
def languages() -> tuple[str, ...]:
    """That there are files for, the source first."""
    return tuple(sorted(_messages(), key=lambda language: (language != SOURCE, language)))


@sources.kept
def catalogue() -> tuple[str, ...]:
    """The keys of all texts, as the source has them."""
    return tuple(key for key in _messages()[SOURCE] if not key.startswith(ABOUT))


def negotiate(accepted: str, offered: Sequence[str]) -> tuple[str, str]:
    """(language of `offered`, the person's own kind of it) for an Accept-Language (RFC 9110, 12.5.4).

    Where none is accepted: the first that is offered.
    """
    for tag in _by_preference(accepted):
        primary = tag.partition("-")[0].lower()
        if primary in offered:
            return primary, tag
    return offered[0], offered[0]


def _by_preference(accepted: str) -> list[str]:
    tags: list[tuple[float, str]] = []
    for part in accepted.replace(" ", "").split(",")[:MOST_TAGS]:
        tag, _, quality = part[:LONGEST_TAG].partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if weight > 0:
            tags.append((-weight, tag))
    return [tag for _weight, tag in sorted(tags, key=lambda known: known[0])]


@sources.kept
def _messages() -> dict[str, dict[str, Message]]:
    folder = Path(configured.FRONTEND_DIR) / "locales"
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


@functools.lru_cache(maxsize=1_000)
def _locale(tag: str) -> Locale:
    """Of the nearest kind that is known: of any other Babel keeps the name for ever, or believes that it has a file."""
    while "-" in tag and tag.lower() not in _known():
        tag = tag.rpartition("-")[0]
    try:
        return Locale.parse(tag, sep="-")
    except UnknownLocaleError:
        return Locale.parse(tag.partition("-")[0])


@functools.cache
def _known() -> frozenset[str]:
    """In lower case, also without the script that a region has (zh-tw for zh_Hant_TW)."""
    parts = [name.lower().split("_") for name in localedata.locale_identifiers()]
    short = [[language, *rest] for language, script, *rest in filter(_has_script, parts)]
    return frozenset("-".join(tag) for tag in (*parts, *short))


def _has_script(parts: list[str]) -> bool:
    return len(parts) > 2 and len(parts[1]) == SCRIPT
