"""The page of one room, in each of its phases: what stands on it, and when a browser without scripts looks again."""

from __future__ import annotations

import datetime
import random
import time
from dataclasses import dataclass, field

from queueing import logos, places, wire, wordings
from queueing.pages import entries, handover, languages, look, phases, plain, sentences, words, writing
from queueing.rooms import RoomView

# Long enough to be read, or read aloud, to its end before it is written anew: of voices those of the scripts speak as
# seldom. Good for three times as long.
READ_S = 20
# Whoever reads a question, or a page that says "closed", needs no haste, and the place is kept for longer.
UNHURRIED_S = 60
# After a room should have opened: the usher and this process need up to a second each, and not all come at once.
OPENED_S = (3, 8)
NOTHING_TYPED = entries.Entry({}, None)


@dataclass(frozen=True, slots=True)
class Shown:
    """`entry`: what came with a POST; `trouble`: the text that says why it was not taken, '' for none."""

    view: RoomView
    phase: phases.Phase
    ticket: wire.TicketOut | None = None
    entry: entries.Entry = field(default=NOTHING_TYPED)
    trouble: str = ""


def write(spoken: words.Words, shown: Shown, *, pack: bool = True) -> writing.Written:
    """`pack` False where what somebody has typed stands on it."""
    style = look.css(shown.view.settings)
    page = _page(spoken, shown, style)
    return writing.pack(page, look.source(style)) if pack else writing.Written(page, styles=look.source(style))


def _page(spoken: words.Words, shown: Shown, style: str) -> bytes:
    now_s = time.time()
    settings = shown.view.settings
    title = wordings.title(settings.texts, spoken.language, settings.title)
    room = places.room_shown(shown.view).model_copy(update={"title": title})
    return writing.page(
        "room.html",
        spoken,
        style=style,
        logo=logos.shown(settings.logo),
        offered=languages.offered(settings),
        page=handover.page(spoken, shown.phase, room, shown.ticket, now_s),
        phase=shown.phase,
        room=room,
        ticket=shown.ticket,
        said=sentences.of_page(spoken, shown.phase, room, shown.ticket, now_s, wrong=bool(shown.entry.faults)),
        typed=shown.entry.typed,
        faults=sentences.of_faults(spoken, shown.entry.faults),
        trouble=shown.trouble,
        again=_again(shown, now_s),
        plain_script=plain.script(),
    )


def _again(shown: Shown, now_s: float) -> str:
    """Seconds and address, as a refresh has them; '' where nothing changes by itself."""
    path = f"/rooms/{shown.view.settings.slug}"
    match shown.phase.screen:
        case "waiting":
            return f"{READ_S};url={path}"
        case "serving" if shown.ticket:
            return f"{shown.ticket.poll_after_s};url={path}"
        case "leave":
            return f"{UNHURRIED_S};url={path}"
        case "closed":
            return f"{_until_open_s(shown.view.settings.opens_at, now_s)};url={path}"
        case "issued" if shown.ticket and shown.ticket.expires_at:
            left_s = datetime.datetime.fromisoformat(shown.ticket.expires_at).timestamp() - now_s
            return f"{max(1, round(left_s) + 1)};url={path}?{phases.AFTER}={phases.AFTER_ISSUE}"
        case _:
            return ""


def _until_open_s(opens_at: datetime.datetime | None, now_s: float) -> int:
    """When to look again at a closed room."""
    if opens_at is None:
        return UNHURRIED_S
    left_s = max(0, round(opens_at.timestamp() - now_s))
    return min(UNHURRIED_S, left_s + random.randint(*OPENED_S))  # noqa: S311 no secret
