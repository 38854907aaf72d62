"""The shapes of the wire (docs/protocol.md): what a browser is told of a room and of its ticket. Pure."""

from __future__ import annotations

import datetime
import math
import re
from typing import Literal, cast

from pydantic import BaseModel, Field

from queueing import ladder, logos, outlook, room, settings, tickets

# How often a client without a WebSocket should ask; hidden tabs are woken once a minute by their browser.
POLL_AFTER_S = 5
HIDDEN_TAB_S = 75
POLL_GOOD_FOR_MS = max(HIDDEN_TAB_S * 1_000, POLL_AFTER_S * 2_500)


ShownState = Literal["waiting", "serving", "issued", "refused", "failed", "admitted"]


class ThemeOut(BaseModel):
    """What a room looks like; null for the usual. Contrast was checked when staff saved it."""

    logo: str | None = Field(description="Address on this host; another one for another logo")
    logo_alt: str = Field(description="The logo in words; empty where it only repeats the title")
    accent: str | None = Field(description="Links, buttons and the position on light pages, #rrggbb")
    paper: str | None
    accent_dark: str | None
    paper_dark: str | None


class RoomOut(BaseModel):
    """A room as everybody may see it."""

    slug: str
    title: str
    mode: Literal["issue", "admit"]
    state: Literal["open", "paused", "closed", "prequeue"]
    state_reason: str | None = Field(description="Why it is paused or closed, in words for people")
    notice: str | None
    notice_level: Literal["info", "warning"]
    waiting: int
    wait_s: tuple[int, int] | None = Field(description="Wait of a newcomer in seconds, from and to")
    grace_period_s: int = Field(description="How long the place of somebody who is away is kept")
    opens_at: str | None = Field(default=None, description="When a closed room opens, if that is known")
    theme: ThemeOut | None = Field(default=None, description="Null for the usual look")
    languages: list[str] = Field(
        default=[], description="Languages of the pages, BCP 47, the usual one first; empty for all there are"
    )


class RoomName(BaseModel):
    slug: str
    title: str
    mode: Literal["issue", "admit"]
    state: Literal["open", "paused", "closed", "prequeue"]


class RoomsOut(BaseModel):
    rooms: list[RoomName]


class TicketOut(BaseModel):
    """A ticket as its holder sees it; fields that do not apply are null."""

    state: ShownState
    reference: str = Field(description="Short name for talking to staff")
    position: int | None = Field(description="Tickets in line up to and including this one")
    wait_s: tuple[int, int] | None = Field(
        description="From and to, in seconds, as long as the line moves; where it stands still, counted from its end"
    )
    pace_per_s: float | None = Field(description="How fast the position falls; 0 while the line stands still")
    paused: str | None = Field(description="Why the line stands still")
    corrected: Literal["restored"] | None = Field(
        default=None, description="Why the position may, this once, be larger than the one before"
    )
    kept_for_s: int = Field(description="How long the place is kept once the connection is gone")
    expires_at: str | None
    reason: str | None
    poll_after_s: int
    joined_at_us: int | None
    called_at_us: int | None


class TrustedCertificate(BaseModel):
    kid: str = Field(description="Base64: the first 8 bytes of the SHA-256 of the certificate")
    certificate: str = Field(description="Base64 of DER (X.509)")
    valid_until: str


class TrustListOut(BaseModel):
    """Whose signatures count, made by the private tier. Believe the payload of `signed` alone."""

    serial: int = Field(description="Rises with every change to the keys")
    issued_at: str
    valid_until: str = Field(description="Ask for a newer one before")
    certificates: list[TrustedCertificate]
    revoked: list[str] = Field(description="Base64: the first 16 bytes of the SHA-256 of a certificate's id")
    signed: str = Field(description="Compact JWS (ES256, x5c) whose payload is all the rest")


class Problem(BaseModel):
    """RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: dict[str, list[str]] | None = None
    error_codes: dict[str, list[str]] | None = None
    retry_after_s: int | None = None
    reason: str | None = None


# Why a line stands still: what the usher says (keys.pulse), the words of the staff who paused it, or one of these.
PAUSED_BY_STAFF = "paused"
NO_USHER = "no_usher"
RESTORING = "restoring"
# Ushers give their reasons as codes. Anything else was written by somebody else, who is not to speak to people.
CODE = re.compile(r"[a-z_]{1,40}")


def standstill(published: settings.RoomSettings, pulse: str | None, restoring: bool = False) -> str | None:
    """Why the line stands still, or None. `pulse` as in stats.Stats, `restoring` as in rooms.RoomView."""
    if published.state == "paused":
        return published.state_reason or PAUSED_BY_STAFF
    if restoring:
        return RESTORING
    if pulse is None or not (pulse == "" or CODE.fullmatch(pulse)):
        return NO_USHER
    return pulse or None


def ticket_out(
    ticket: tickets.Ticket,
    state: room.TicketState,
    published: settings.RoomSettings,
    paused: str | None,
    *,
    corrected: bool = False,
    ahead: outlook.Outlook | None = None,
    trail: ladder.Trail | None = None,
) -> TicketOut:
    """Raises: ValueError for a ticket that is gone (left, lapsed, unknown)."""
    if state.state in ("left", "lapsed", "gone"):
        raise ValueError("a ticket that is gone has no state to show")
    return TicketOut(
        state=cast(ShownState, state.state),
        reference=tickets.reference(ticket.id),
        position=state.position,
        wait_s=wait_s(ahead, state.position),
        pace_per_s=pace_per_s(ahead, trail, state, paused),
        paused=paused if state.in_line else None,
        corrected="restored" if corrected and state.state == "waiting" else None,
        kept_for_s=published.grace_period_s,
        expires_at=instant(state.expires_ms),
        reason=state.reason,
        poll_after_s=POLL_AFTER_S,
        joined_at_us=state.number or ticket.number,
        called_at_us=state.called_us,
    )


def wait_s(ahead: outlook.Outlook | None, position: int | None) -> tuple[int, int] | None:
    """Whole seconds that hold the band; None where nobody knows, and for who is not in line.

    While the line stands still nothing is learned, so it says what is left once it moves again.
    """
    if ahead is None or position is None:
        return None
    band = ahead.wait(position)
    return math.floor(band.low_s), math.ceil(band.high_s)


def pace_per_s(
    ahead: outlook.Outlook | None, trail: ladder.Trail | None, state: room.TicketState, paused: str | None
) -> float | None:
    """What the page counts down by: as this place has been falling, else as foretold; 0 while the line stands still."""
    if state.position is None:
        return None
    if paused:
        return 0.0
    seen = trail.pace_per_s(state.number) if trail and state.number else None
    if seen is None and ahead is not None:
        seen = ahead.pace_per_s(state.position)
    return None if seen is None else round(seen, 6)


def theme(published: settings.RoomSettings) -> ThemeOut | None:
    logo = logos.shown(published.logo)
    shown = ThemeOut(
        logo=f"/rooms/{published.slug}/{logo.file_name}" if logo else None,
        logo_alt=published.logo_alt,
        accent=published.accent or None,
        paper=published.paper or None,
        accent_dark=published.accent_dark or None,
        paper_dark=published.paper_dark or None,
    )
    return shown if any(shown.model_dump().values()) else None


def instant(ms: int | None) -> str | None:
    """RFC 3339 in UTC, to the second."""
    if ms is None:
        return None
    return datetime.datetime.fromtimestamp(ms // 1_000, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
