"""A browser that runs no scripts: it sends forms, follows where it is led, and reads what stands there."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse

from tests.queueing.browsers import ORIGIN, Browser

FORM = "application/x-www-form-urlencoded"
ENTRY = {
    "given_names": "Ieva Dzidra",
    "family_name": "Ozoliņa",
    "date_of_birth_day": "12",
    "date_of_birth_month": "3",
    "date_of_birth_year": "1969",
    "document_number": "XX7720646",
}


class Visitor(Browser):
    """`page`: the one looked at last, whose forms are sent."""

    page = ""

    async def look(self, path: str = "/rooms/test", **headers: str) -> HttpResponse:
        answer = await self.client.get(path, headers=headers)
        self.page = answer.content.decode(errors="replace")
        return answer

    async def take(self, step: str, origin: str = ORIGIN, **entry: str) -> HttpResponse:
        reference = re.search(r'name="reference" value="([^"]+)"', self.page)
        hidden = {"reference": reference[1]} if reference else {}
        body = urlencode({"step": step} | hidden | entry)
        return await self.client.post("/rooms/test", body, content_type=FORM, headers={"Origin": origin})

    async def follow(self, answer: HttpResponse) -> HttpResponse:
        assert answer.status_code == 303
        return await self.look(answer["Location"])


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def shown(answer: HttpResponse) -> set[str]:
    """The screens that are not hidden."""
    return set(re.findall(r'<section data-screen="(\w+)"(?![^>]* hidden)[^>]*>', text(answer)))


def value(answer: HttpResponse, name: str) -> str:
    """What an input of the form holds."""
    found = re.search(rf'<input (?:class="\w+" )?id="{name}"[^>]*?value="([^"]*)"', text(answer))
    return found[1] if found else ""


def refresh(answer: HttpResponse) -> Any:
    """(seconds, address) after which it looks again; None where it does not."""
    found = re.search(r'<noscript><meta http-equiv="refresh" content="(\d+);url=([^"]+)">', text(answer))
    return (int(found[1]), found[2]) if found else None
