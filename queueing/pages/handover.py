"""What a room's page tells its scripts, so that they need not ask before they are of use: `<script id="page">`."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from queueing import wire
from queueing.pages import sources, words, writing
from queueing.pages.phases import Phase

# Texts that stand in a template and that scripts say too, in the title or aloud.
ALSO_SAID = ("errors.title", "issued.title")
# Of other pages, and of this one without scripts.
ELSEWHERE = ("document.", "down.", "later.", "no_document.", "not_found.", "page.loading", "rooms.")
# Inside a script element nothing may look like its end, or like a comment (HTML, 13.1.3).
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def page(
    spoken: words.Words, phase: Phase, room: wire.RoomOut, ticket: wire.TicketOut | None, now_s: float
) -> SafeString:
    told: dict[str, Any] = {
        "language": spoken.language,
        "now_ms": round(now_s * 1_000),
        "room": room.model_dump(mode="json"),
        "ticket": ticket.model_dump(mode="json") if ticket else None,
        "end": phase.circumstance,
    }
    return mark_safe(f'{_json(told)[:-1]}, "texts": {_texts(spoken)}}}')  # noqa: S308 escaped below


def keys() -> tuple[str, ...]:
    """Every text but those that only pages name: they would be a twelfth of what is sent."""
    literal = writing.literal_keys("room.html")
    told = (key for key in words.catalogue() if not key.startswith(ELSEWHERE))
    return tuple(key for key in told if key not in literal or key in ALSO_SAID)


def _texts(spoken: words.Words) -> str:
    return _json(spoken.for_scripts(keys())) if spoken.own else _usual_texts(spoken.language)


@sources.kept
def _usual_texts(language: str) -> str:
    return _json(words.Words(language).for_scripts(keys()))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
