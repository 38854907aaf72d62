"""What a page weighs on the wire: every answer's body as it is sent, and its headers."""

from __future__ import annotations

import contextlib
import gzip
import http.client
from dataclasses import dataclass
from html.parser import HTMLParser

from queueing.pages import press
from tests.weight.scene import Scene

LIMIT_BYTES = 30_000
LIMIT_REQUESTS = 3
# What a browser asks for before the page is of use, and what that does not wait for.
USEFUL = ("document", "style", "script")
KINDS = (*USEFUL, "logo")
LANGUAGES = sorted(path.stem for path in (press.FRONTEND / "locales").glob("*.json"))


@dataclass(frozen=True)
class Weight:
    """`requests`: before the page is of use."""

    bytes_of: dict[str, int]
    requests: int

    @property
    def total(self) -> int:
        return sum(self.bytes_of.values())

    @property
    def excess(self) -> str:
        """What is too much, in words; empty when nothing is."""
        if self.total > LIMIT_BYTES:
            return f"{self.total:,} bytes, {LIMIT_BYTES:,} are allowed"
        if self.requests > LIMIT_REQUESTS:
            return f"{self.requests} requests, {LIMIT_REQUESTS} are allowed"
        return ""


def weigh(scene: Scene, language: str, encodings: str = "gzip") -> Weight:
    """The page of who waits, in a language, with all that it names."""
    asked = {"Cookie": scene.cookie, "Accept-Language": language, "Accept-Encoding": encodings, "Accept": "text/html"}
    size, body = _fetch(scene.url, scene.page, asked)
    page = _Page()
    page.feed(body.decode())
    assert page.language == language, f"the page speaks {page.language}"
    assert 'id="position"' in body.decode(), "nobody waits on this page"
    weights = dict.fromkeys(KINDS, 0) | {"document": size}
    for kind, path in page.parts:
        weights[kind] = weights.get(kind, 0) + _fetch(scene.url, path, {"Accept-Encoding": encodings})[0]
    return Weight(weights, 1 + sum(kind != "logo" for kind, _path in page.parts))


def _fetch(url: str, path: str, asked: dict[str, str]) -> tuple[int, bytes]:
    """Bytes on the wire, and the body that they unpack to where it is gzip's."""
    with contextlib.closing(http.client.HTTPConnection(url.removeprefix("http://"))) as connection:
        connection.request("GET", path, headers=asked)
        answer = connection.getresponse()
        body = answer.read()
    assert answer.status == 200, f"{path}: {answer.status}"
    head = sum(len(f"{name}: {value}\r\n") for name, value in answer.getheaders()) + len("HTTP/1.1 200 OK\r\n\r\n")
    packed = answer.headers["Content-Encoding"] == "gzip"
    return head + len(body), gzip.decompress(body) if packed else body


class _Page(HTMLParser):
    """What it names that a browser fetches by itself: (kind, path), each path once."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self._kinds: dict[str, str] = {}

    @property
    def parts(self) -> list[tuple[str, str]]:
        return [(kind, path) for path, kind in self._kinds.items()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = told["lang"]
        elif tag == "link":
            self._link(told["rel"], told["href"])
        elif told.get("src"):
            self._kinds.setdefault(told["src"], "logo" if tag == "img" else tag)

    def _link(self, rel: str, href: str) -> None:
        if rel == "stylesheet":
            self._kinds.setdefault(href, "style")
        elif not href.startswith("data:"):
            self._kinds.setdefault(href, rel)
