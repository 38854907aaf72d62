"""Errors of the issuing tier, and messages that never name a person. Three families decide what becomes of a ticket:
Retryable, Refused, and the rest.

IssuanceError
├── Retryable                the ticket goes back to its place; `retry_after_s`: when another try makes sense
│   ├── NoPermit             no permit within reach: nothing was sent
│   ├── PersonAway           nobody is there to receive it: nothing was sent, no try is counted
│   ├── BreakerOpen          the registry is known to be down, or wants silence: nothing was sent, no try is counted
│   ├── RegistryPaused       the registry asked all of us to wait
│   └── RegistryUnavailable  the registry did not answer, or not with sense
├── Refused                  the answer is no, with a reason that people are told
├── Unverified               a code that somebody shows is not to be trusted, and why
├── Unreadable               a document that somebody shows has no code to be read
├── UnusableKeys             there is no key here to sign with
│   └── KeysRefused          a change to keys that was asked for and must not be made
├── PressBroken              a page could not be made: crashes loudly, and the lease brings the ticket back
├── BadTrustList             a trust list that a verifier must not believe
└── RegistryRejected         a fault of ours (token, URL, search): crashes loudly
"""

from typing import Literal, get_args

Reason = Literal["no_record", "ambiguous_record", "not_eligible", "incomplete_record", "too_many_tries"]
REASONS: tuple[Reason, ...] = get_args(Reason)

Fault = Literal[
    "not_hc1",
    "malformed",
    "unknown_issuer",
    "bad_signature",
    "wrong_contents",
    "not_yet_valid",
    "expired",
    "outside_signer_validity",
    "wrong_key_usage",
    "revoked",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)

LONGEST_RETRY_S = 600.0
"""No header of the registry stops a country for longer than this; then one call asks again."""


class IssuanceError(Exception):
    """Whatever the issuing tier raises on purpose."""


class Retryable(IssuanceError):
    """Not now: the person keeps the place and is served later."""

    def __init__(self, message: str, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after_s = min(max(retry_after_s, 0.0), LONGEST_RETRY_S)


class NoPermit(Retryable):
    """No permit is to be had within the longest sleep, or Redis could not say: fails closed."""


class PersonAway(Retryable):
    """The person is not there: raised by a caller's `before_call`, so that no call is made for an absent one."""


class BreakerOpen(Retryable):
    """Nobody is asked about just now, for the registry does not answer anybody."""


class RegistryPaused(Retryable):
    """The registry answered 429, or 503 with a time to come back."""


class RegistryUnavailable(Retryable):
    """The registry timed out, dropped the connection, failed, or answered with something that is not FHIR."""


class Refused(IssuanceError):
    """No passport for this person, for a reason of the protocol."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Unverified(IssuanceError):
    """A code that is not to be trusted; never says what stands in it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class Unreadable(IssuanceError):
    """A document in which no code can be looked for, or none is found; the message is for people."""


class RegistryRejected(IssuanceError):
    """The registry does not accept our request: only a change on our side helps."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the registry rejected our request with status {status}")
        self.status = status


class UnusableKeys(IssuanceError):
    """There is no key here to sign with; the message says what is wrong and with which folder."""


class KeysRefused(UnusableKeys):
    """The change to keys that was asked for cannot or must not be made; nothing was changed."""


class PressBroken(IssuanceError):
    """A page could not be made, by two processes or for a fault of ours; says the kind of fault and nothing else."""


class BadTrustList(IssuanceError):
    """The trust list is forged, too old, or not one at all; the message says which."""
