"""Whose pages may speak to us. Browsers name the page's origin on every POST and WebSocket; tools may name none."""

from __future__ import annotations

from django.conf import settings as configured


def is_ours(origin: str) -> bool:
    """True for our own origins and for none at all: a request that no foreign page made.

    Fails open without the header: a ticket travels only where the browser attaches the cookie (SameSite=Lax), and
    browsers that attach it name the origin. "null" is an origin, and foreign.
    """
    return not origin or origin in configured.PUBLIC_ORIGINS
