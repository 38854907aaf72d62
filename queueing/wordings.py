"""The words a room puts in the place of ours, by language and key: which texts it may replace, and by what. Pure.

They are text wherever they appear; nothing in them is markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Texts = Mapping[str, Mapping[str, str]]

TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
LONGEST = 500
# Of all together, as JSON: web reads them with the room's other settings.
MOST_CHARACTERS = 16_000
# The room's name in one more language. All other keys are those of frontend/locales.
TITLE = "room.title"
# What tells people their rights, or what to do not to lose their place, stays ours.
PLACEHOLDERS: dict[str, frozenset[str]] = {
    TITLE: frozenset(),
    "form.title": frozenset(),
    "form.intro": frozenset(),
    "form.wait": frozenset({"wait"}),
    "form.join": frozenset(),
    "waiting.title": frozenset(),
    "waiting.next.turn": frozenset(),
    "serving.title": frozenset(),
    "serving.text": frozenset(),
    "issued.title": frozenset(),
    "issued.text": frozenset(),
    "issued.shared.text": frozenset(),
    "refused.no_record.next": frozenset(),
    "refused.ambiguous_record.next": frozenset(),
    "refused.not_eligible.next": frozenset(),
    "refused.incomplete_record.next": frozenset(),
    "refused.too_many_tries.next": frozenset(),
    "failed.next": frozenset(),
    "failed.registry_unavailable.next": frozenset(),
    "lapsed.next": frozenset(),
    "left.next": frozenset(),
    "expired.next": frozenset(),
    "closed.title": frozenset(),
    "closed.text": frozenset(),
    "closed.opens": frozenset({"date", "time"}),
    "closed.ready": frozenset(),
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def problem(texts: Any) -> str:
    """'' where a room may have them, else what is wrong, for staff."""
    if not isinstance(texts, Mapping) or not all(isinstance(words, Mapping) for words in texts.values()):
        return 'must be JSON such as {"en": {"form.title": "…"}}'
    if len(to_json(texts)) > MOST_CHARACTERS:
        return f"must not be longer than {MOST_CHARACTERS:,} characters together"
    wrong = [f"{tag} is no language tag" for tag in texts if not TAG.fullmatch(str(tag))]
    for tag, words in texts.items():
        wrong += [f"{tag} {key}: {said}" for key, text in words.items() if (said := _problem_of(key, text))]
    return "; ".join(wrong[:5])


def title(texts: Texts, language: str, usual: str) -> str:
    """A room's name in a language; the usual one where it has none of its own there."""
    return texts.get(language, {}).get(TITLE, usual)


def to_json(texts: Texts) -> str:
    """'' for none; the same texts make the same JSON."""
    return json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if texts else ""


def from_json(text: str) -> Texts:
    """What of it may be shown: what a newer version knows besides is left out. Raises: ValueError."""
    read = json.loads(text) if text else {}
    if not isinstance(read, dict):
        raise ValueError("no texts by language")
    known = {tag: words for tag, words in read.items() if TAG.fullmatch(tag) and isinstance(words, dict)}
    return {
        tag: {key: words for key, words in texts.items() if not _problem_of(key, words)} for tag, texts in known.items()
    }


def _problem_of(key: str, text: Any) -> str:
    if key not in PLACEHOLDERS:
        return f"is no text that can be replaced (there are {', '.join(PLACEHOLDERS)})"
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        return f"must be 1 to {LONGEST} characters"
    if _CONTROL.search(text):
        return "must be one paragraph, without control characters"
    found = set(_PLACEHOLDER.findall(text))
    if found != PLACEHOLDERS[key]:
        wanted = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS[key])) or "none"
        return f"must have the placeholders of ours: {wanted}"
    return ""
