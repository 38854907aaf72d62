"""What can go wrong in the waiting room.

WaitingRoomError
├── RoomUnknown            no room of this name is published
├── RoomNotReady           the room's state is not there yet (retry_after_s)
├── RoomClosed             the room takes nobody in (retry_after_s)
├── TooManyJoins           too many joins from one address (retry_after_s)
├── TooBusy                this process has more to do than it can (retry_after_s)
├── IssuingKeyUnknown      no worker opens what would be sealed (retry_after_s)
├── NoTrustList            nobody has published a trust list lately (retry_after_s)
├── TicketInvalid          no ticket, or one that is forged, foreign or unreadable
├── TicketGone             the ticket has lapsed, left or expired (reason)
├── PlaceTaken             this browser already waits with other details
├── ForeignOrigin          the request comes from another site's page
├── BadSettings            a room's settings that cannot be (errors by field)
├── BadLogo                no logo that a page could show
├── Unsealable             a sealed request or document that does not open
├── Forged                 a value in Redis without the signature it must carry
└── Unpressable            a source of the pages that is not written as the press reads it

Messages name ids only, never a person.
"""

from __future__ import annotations


class WaitingRoomError(Exception):
    """Anything this package raises on purpose."""


class RoomUnknown(WaitingRoomError):
    """No room of this name is published."""


class RoomNotReady(WaitingRoomError):
    """The room's state is being made or restored; nobody's place is lost."""

    retry_after_s = 2


class RoomClosed(WaitingRoomError):
    """The room takes nobody in at the moment."""

    retry_after_s = 60


class TooManyJoins(WaitingRoomError):
    """More joins from one address in this minute than allowed."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many joins from one address; again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class TooBusy(WaitingRoomError):
    """More people join at this moment than this process can take."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too busy; again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class IssuingKeyUnknown(WaitingRoomError):
    """Workers are there, and none opens what this process seals and signs."""

    retry_after_s = 30


class NoTrustList(WaitingRoomError):
    """The private tier has published no trust list, or not for so long that the last one has expired."""

    retry_after_s = 60


class TicketInvalid(WaitingRoomError):
    """No ticket, or one that is forged, foreign or unreadable."""


class TicketGone(WaitingRoomError):
    """The ticket has ended without anything to fetch."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the ticket is gone: {reason}")
        self.reason = reason


class PlaceTaken(WaitingRoomError):
    """This browser already waits with other details."""


class ForeignOrigin(WaitingRoomError):
    """The request comes from a page of another site."""


class BadSettings(WaitingRoomError):
    """Settings that a room cannot have."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in errors.items()))
        self.errors = errors


class BadLogo(WaitingRoomError):
    """No logo that a page could show; the message says why, for staff."""


class Unsealable(WaitingRoomError):
    """A sealed request or a locked document that does not open with the keys at hand."""


class Forged(WaitingRoomError):
    """A value in Redis that does not carry the signature it must, or one too old to be meant."""


class Unpressable(WaitingRoomError):
    """A source of the pages in a form that the press does not read."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}:{line}: {reason}")
