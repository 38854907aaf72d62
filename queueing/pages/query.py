"""What a page is asked for behind the question mark of its address."""

from __future__ import annotations

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest


def asked(request: HttpRequest, name: str) -> str | None:
    """None where it does not stand there, or too much besides: who follows a campaign's long link gets the page."""
    try:
        return request.GET.get(name)
    except TooManyFieldsSent:
        return None
