"""What a room's page says where words depend on numbers: as the components of the scripts say it afterwards."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence

from queueing import wire
from queueing.pages.entries import Fault
from queueing.pages.phases import Phase
from queueing.pages.words import MINUTE_S, Words

EXACT = 10
# As static/js/components/opening.js.
COUNTED_S = 48 * 3_600
HEADINGS = {
    "form": "form.title",
    "closed": "closed.title",
    "conflict": "conflict.title",
    "leave": "leave.title",
    "serving": "serving.title",
    "issued": "issued.title",
}


def of_page(
    words: Words, phase: Phase, room: wire.RoomOut, ticket: wire.TicketOut | None, now_s: float, *, wrong: bool = False
) -> dict[str, str]:
    """`wrong`: something in the form has to be put right."""
    said = {"page": _title(words, phase, room, ticket, wrong), "crowd": _crowd(words, room)}
    if ticket:
        said |= of_ticket(words, ticket, now_s)
    if phase.kind:
        said |= _of_end(words, phase)
    if room.opens_at:
        said |= _of_opening(words, room.opens_at, now_s)
    return said


def of_faults(words: Words, faults: Iterable[Fault]) -> dict[str, dict[str, str]]:
    """By field: the text beside it, and the input to mend."""
    return {
        fault.field: {
            "text": words.first(f"errors.{fault.field}.{fault.code}", f"errors.{fault.code}", "errors.other"),
            "input": fault.input,
        }
        for fault in faults
    }


def _crowd(words: Words, room: wire.RoomOut) -> str:
    """What a newcomer wants to know before joining."""
    parts = [words.get("form.waiting", count=room.waiting)]
    paused = room.state == "paused"
    if paused:
        parts.append(words.get("form.paused", reason=_reason(words, room.state_reason or wire.PAUSED_BY_STAFF)))
    if room.wait_s:
        parts.append(words.get("form.wait", wait=_band(words, room.wait_s, paused)))
    return " ".join(parts)


def of_ticket(words: Words, ticket: wire.TicketOut, now_s: float) -> dict[str, str]:
    said = {"kept": words.get("waiting.next.kept", kept=words.duration(ticket.kept_for_s))}
    if ticket.joined_at_us:
        said["joined"] = words.time(ticket.joined_at_us / 1_000)
    if ticket.paused:
        said["paused"] = words.get("waiting.paused", reason=_reason(words, ticket.paused))
    if ticket.position:
        said["position"] = words.number(ticket.position)
        said["ahead"] = words.get("waiting.ahead", count=ticket.position - 1)
        said["wait"] = _wait(words, ticket)
    if ticket.position and ticket.wait_s and ticket.wait_s[1] >= MINUTE_S and not ticket.paused:
        # As the wait has it: of two figures that contradict each other people believe neither.
        said["pace"] = words.get("waiting.pace", count=per_minute(2 * ticket.position / sum(ticket.wait_s)))
    if ticket.expires_at:
        said["expires"] = _expires(words, ticket.expires_at, now_s)
    return said


def _of_end(words: Words, phase: Phase) -> dict[str, str]:
    said = {}
    for part in ("title", "meaning", "next"):
        said[part] = words.first(f"{phase.kind}.{phase.reason}.{part}", f"{phase.kind}.{part}")
    return said


def _title(words: Words, phase: Phase, room: wire.RoomOut, ticket: wire.TicketOut | None, wrong: bool) -> str:
    if phase.screen == "waiting" and ticket and ticket.position:
        heading = words.get("waiting.page", position=ticket.position)
    elif phase.screen == "ended":
        heading = _of_end(words, phase)["title"]
    elif wrong:
        heading = words.get("errors.title")
    else:
        heading = words.get(HEADINGS.get(phase.screen, "waiting.title"))
    return words.get("page.title", heading=heading, room=room.title)


def _of_opening(words: Words, opens_at: str, now_s: float) -> dict[str, str]:
    """How long that is still is left out where the date says it better, and once it is past."""
    at_s = datetime.datetime.fromisoformat(opens_at).timestamp()
    said = {"opens": words.get("closed.opens", date=words.date(at_s * 1_000), time=words.time(at_s * 1_000))}
    if 0 < at_s - now_s < COUNTED_S:
        said["opens_in"] = words.get("closed.opens_in", left=words.duration(at_s - now_s))
    return said


def _wait(words: Words, ticket: wire.TicketOut) -> str:
    if not ticket.wait_s:
        return words.get("waiting.wait.paused" if ticket.paused else "waiting.wait.unknown")
    return _band(words, ticket.wait_s, bool(ticket.paused))


def _band(words: Words, wait_s: Sequence[int], paused: bool) -> str:
    """A minute or more as a number, anything less in words. While the line stands still: what is left once it moves."""
    wait = words.get("waiting.wait.soon") if wait_s[1] < MINUTE_S else words.band(wait_s)
    return words.get("waiting.wait.frozen", wait=wait) if paused else wait


def per_minute(pace_per_s: float) -> int:
    """To the place up to ten, above to two digits: more is not known."""
    places = pace_per_s * MINUTE_S
    return math.floor(places + 0.5) if places < EXACT else int(float(f"{places:.2g}"))


def _reason(words: Words, reason: str) -> str:
    """Staff write their reasons in words; the room's own are keys."""
    key = f"waiting.paused.{reason}"
    return words.get(key) if words.has(key) else reason


def _expires(words: Words, expires_at: str, now_s: float) -> str:
    at_s = datetime.datetime.fromisoformat(expires_at).timestamp()
    if at_s <= now_s:
        return words.get("issued.due")
    return words.get("issued.expires", time=words.time(at_s * 1_000), left=words.duration(at_s - now_s))
