"""How a page is written: from the templates of frontend/, in a language; packed for the wire where that is safe."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings as configured
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Origin
from django.template.loaders import filesystem

from queueing.pages import encodings, sources, words

# Of the levels, the one after which a page gets hardly smaller and takes much longer.
LEVEL = 5
_PART = re.compile(r'\{%\s*(?:extends|include)\s+"([^"]+)"')
_LITERAL = re.compile(r'\{%\s*text\s+"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Written:
    """`packed` None: not to be compressed. `styles`: source of the `<style>` in it, for the page's policy."""

    plain: bytes
    packed: bytes | None = None
    styles: str = ""


def page(template: str, spoken: words.Words, **known: Any) -> bytes:
    """Django's templates escape whatever they are given."""
    context = Context({"words": spoken, **known})
    return _engine().get_template(template).render(context).encode()


def pack(plain: bytes, styles: str = "") -> Written:
    """Only for pages that show nothing of what somebody sent: compressed, secrets beside it can be guessed (BREACH)."""
    return Written(plain, gzip.compress(plain, LEVEL, mtime=0), styles)


def answer(request: HttpRequest, written: Written, status: int = 200) -> HttpResponse:
    """Kept by no browser: the same address shows something else as soon as the browser has a ticket."""
    if written.packed is not None and "gzip" in encodings.accepted(request.headers.get("Accept-Encoding", "")):
        made = HttpResponse(written.packed, status=status, headers={"Content-Encoding": "gzip"})
    else:
        made = HttpResponse(written.plain, status=status)
    made["Cache-Control"] = "no-store"
    made["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
    return made


@sources.kept
def literal_keys(template: str) -> frozenset[str]:
    """Of the texts that a template names, and those it is made of: they are on its page already."""
    source = (Path(configured.FRONTEND_DIR) / template).read_text(encoding="utf-8")
    parts = (literal_keys(part) for part in _PART.findall(source))
    return frozenset(_LITERAL.findall(source)).union(*parts)


@sources.kept
def _engine() -> Engine:
    slim = [("queueing.pages.writing.Slim", [str(configured.FRONTEND_DIR)])]
    return Engine(loaders=[("django.template.loaders.cached.Loader", slim)], builtins=["queueing.pages.tags"])


class Slim(filesystem.Loader):
    """Leaves out how templates are set in: for who reads them, not for who waits."""

    def get_contents(self, origin: Origin) -> str:
        contents: str = super().get_contents(origin)
        return re.sub(r"\n\s+", "\n", contents)
