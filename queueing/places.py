"""A browser and its place: joining, proving the ticket in the cookie, fetching the document."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import cast

from django.conf import settings as configured
from django.http import HttpRequest

from queueing import addresses, answers, cookies, errors, metrics, outcomes, sealing, tickets, vouching, wire
from queueing.claims import Form, Request
from queueing.hub import Hub
from queueing.room import Joined, TicketState, WaitingRoom
from queueing.rooms import RoomView
from queueing.store import Op


@dataclass(frozen=True, slots=True)
class Place:
    """What a join gave: the ticket for the cookie, the state to show, and whether it is a new place."""

    ticket: tickets.Ticket
    shown: wire.TicketOut
    new: bool


async def join(
    hub: Hub, slug: str, form: Form, idempotency_key: str, http: HttpRequest, *, replace: bool = False
) -> Place:
    """Give a new place, or find the one this browser or this idempotency key already has.

    `replace`: a place that this browser has for other details is given up, but not before the new one is certain.
    Raises: RoomUnknown, RoomNotReady, RoomClosed, TooManyJoins, PlaceTaken, TicketGone, IssuingKeyUnknown.
    """
    if hub.draining:
        raise errors.RoomNotReady
    view = await hub.rooms.view(slug)
    secret = configured.SECRET_KEY.encode()
    identity = tickets.identify(secret, slug, idempotency_key, form.details().to_bytes())
    held = await _held(hub, slug, http)
    if held and held[0].details == identity.details and (held[1].in_line or held[1].state == "issued"):
        return Place(held[0], shown(*held, view), new=False)
    old = held[0] if held and held[1].in_line else None
    if old and not replace:
        raise errors.PlaceTaken
    await hub.openers.check(configured.ISSUING_PUBLIC_KEY, configured.WEB_SIGNING_KEY.public_key())
    sealed = _sealed(slug, identity, form)
    joined = await _joined(hub, view, identity, sealed, http)
    state = _place_given(joined)
    raise_if_gone(state)
    ticket = tickets.Ticket(
        room=slug,
        id=identity.id,
        epoch=joined.epoch,
        incarnation=joined.incarnation,
        number=state.number or 0,
        reply_key=identity.reply_key,
        details=identity.details,
        sealed=sealed,
    )
    if old:
        await _leave(hub, old)
    return Place(ticket, shown(ticket, state, view), new=joined.verdict == "joined")


async def _joined(hub: Hub, view: RoomView, identity: tickets.Identity, sealed: bytes, http: HttpRequest) -> Joined:
    slug = view.settings.slug
    joined = await hub.store.run(
        WaitingRoom(slug).join(
            identity.id,
            sealed,
            tickets.reference(identity.id).replace("-", ""),
            addresses.keyed_hash(configured.SECRET_KEY.encode(), _address(http)),
            configured.JOINS_PER_ADDRESS_PER_MIN,
        )
    )
    metrics.joins.labels(slug, joined.verdict).inc()
    if joined.verdict == "closed" and view.settings.state != "closed":
        # Whoever asks why must not be answered with what was a second ago.
        await hub.rooms.refresh(slug)
    return joined


def shown(ticket: tickets.Ticket, state: TicketState, view: RoomView, corrected: bool = False) -> wire.TicketOut:
    """A ticket as its holder sees it. Raises: ValueError for one that is gone."""
    state = outcomes.vouched_for(configured.TIER_VERIFYING_KEYS, ticket.room, ticket.id, state)
    s, ahead, trail = view.settings, view.outlook, view.trail
    return wire.ticket_out(ticket, state, s, view.paused, corrected=corrected, ahead=ahead, trail=trail)


def room_shown(view: RoomView) -> wire.RoomOut:
    """A room as everybody may see it."""
    s = view.settings
    return wire.RoomOut(
        slug=s.slug,
        title=s.title,
        mode=s.mode,
        state=s.state,
        state_reason=s.state_reason or None,
        notice=s.notice or None,
        notice_level=s.notice_level,
        waiting=view.waiting,
        wait_s=wire.wait_s(view.outlook, view.waiting + 1),
        grace_period_s=s.grace_period_s,
        opens_at=wire.instant(round(s.opens_at.timestamp() * 1_000)) if s.opens_at else None,
        theme=wire.theme(s),
        languages=list(s.languages),
    )


async def polled(hub: Hub, slug: str, http: HttpRequest) -> tuple[wire.TicketOut, RoomView]:
    """The ticket of this browser as it stands; a sign of life.

    Raises: RoomUnknown, RoomNotReady, TicketInvalid, TicketGone.
    """
    ticket, view = await ticket_of(hub, slug, http)
    state = await state_of(hub, ticket, WaitingRoom(slug).poll(ticket.id, wire.POLL_GOOD_FOR_MS))
    raise_if_gone(state)
    return shown(ticket, state, view, corrected=view.restored), view


async def leave(hub: Hub, slug: str, http: HttpRequest) -> None:
    """For good; after an outcome it is erased. Raises: RoomUnknown, RoomNotReady, TicketInvalid."""
    ticket, _view = await ticket_of(hub, slug, http)
    await _leave(hub, ticket)


async def _leave(hub: Hub, ticket: tickets.Ticket) -> None:
    await hub.store.run(WaitingRoom(ticket.room).leave(ticket.id))
    hub.tell_of_change(ticket)


async def ticket_of(hub: Hub, slug: str, http: HttpRequest) -> tuple[tickets.Ticket, RoomView]:
    """The ticket in the cookie. Raises: RoomUnknown, RoomNotReady, TicketInvalid."""
    view = await hub.rooms.view(slug)
    ticket = tickets.verify(cookies.read(http, slug), slug, configured.TICKET_KEYS)
    return ticket, view


async def document(hub: Hub, ticket: tickets.Ticket) -> bytes:
    """As documents.py packs it, decrypted with the key in the ticket. Raises: NoPassport, PassportExpired."""
    room = WaitingRoom(ticket.room)
    outcome = await hub.store.client.hmget(room.keys.outcome(ticket.id), "state", "document", "proof")
    state, locked, proof = cast(list[bytes | None], outcome)
    if state == b"issued" and locked:
        keys = configured.TIER_VERIFYING_KEYS
        if not outcomes.is_passport(keys, ticket.room, ticket.id, proof or b"", locked):
            raise answers.NoPassport
        try:
            return sealing.unlock(ticket.reply_key, ticket.room, ticket.id, locked)
        except errors.Unsealable:
            raise answers.NoPassport from None
    if state is None and not (await state_of(hub, ticket, room.look(ticket.id))).in_line:
        raise answers.PassportExpired
    raise answers.NoPassport


async def state_of(hub: Hub, ticket: tickets.Ticket, operation: Op[TicketState]) -> TicketState:
    """What an operation answers; a ticket that Redis has lost is put back first. Raises: RoomNotReady."""
    state = await hub.store.run(operation)
    if state.state != "gone":
        return state
    restored = await hub.store.run(WaitingRoom(ticket.room).restore(ticket))
    if restored.verdict == "unready":
        raise errors.RoomNotReady
    return restored.ticket if restored.verdict == "gone" else await hub.store.run(operation)


def _sealed(slug: str, identity: tickets.Identity, form: Form) -> bytes:
    """For the issuing tier alone to open, and to see that it came from here."""
    sealable = Request(form.details(), identity.reply_key, form.language).to_bytes()
    sealed = sealing.seal(configured.ISSUING_PUBLIC_KEY, slug, identity.id, sealable)
    return vouching.sign_request(configured.WEB_SIGNING_KEY, slug, identity.id, sealed, time.time())


def raise_if_gone(state: TicketState) -> None:
    """Raises: TicketGone."""
    if state.state in ("left", "lapsed", "gone"):
        raise errors.TicketGone(state.reason or state.state)


async def _held(hub: Hub, slug: str, http: HttpRequest) -> tuple[tickets.Ticket, TicketState] | None:
    """The ticket this browser holds, whatever has become of it."""
    try:
        ticket, _view = await ticket_of(hub, slug, http)
    except errors.TicketInvalid:
        return None
    return ticket, await state_of(hub, ticket, WaitingRoom(slug).look(ticket.id))


def _place_given(joined: Joined) -> TicketState:
    match joined.verdict:
        case "unready":
            raise errors.RoomNotReady
        case "closed":
            raise errors.RoomClosed
        case "crowded":
            raise errors.TooManyJoins(joined.retry_after_s)
    if joined.ticket is None:
        raise errors.RoomNotReady
    return joined.ticket


def _address(http: HttpRequest) -> str:
    forwarded_for = http.headers.get("X-Forwarded-For", "")
    return addresses.client_address(http.META.get("REMOTE_ADDR", ""), forwarded_for, configured.TRUSTED_PROXIES)
