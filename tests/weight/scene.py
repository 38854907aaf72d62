"""One person in line, in a room that says all it can say, before a real web process."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import redis

from deploy import make_secrets
from project.local import folders, ports, watchdog
from queueing import publications, settings, store, vouching
from tests.contracts import edges

# Of the samples the one with the largest logo.
THEMES, THEME = folders.ROOT / "queueing" / "staff" / "themes", "orchard"


def look() -> dict[str, str]:
    """Colours and logo of the theme, as a room has them."""
    told = json.loads((THEMES / f"{THEME}.json").read_text(encoding="utf-8"))
    logo = base64.b64encode((THEMES / told["logo"]).read_bytes()).decode()
    return {name: value for name, value in told.items() if name != "about"} | {
        "logo": f"data:image/svg+xml;base64,{logo}"
    }


ROOM = settings.RoomSettings(
    slug="passport",
    title="Health passport of the county of Somewhere",
    notice="The office closes at six today. Whoever is in line by then is served.",
    **look(),
)
PERSON = {
    "given_names": "Ieva Dzidra",
    "family_name": "Ozoliņa",
    "date_of_birth": "1969-03-12",
    "document_number": "XX7720646",
}


@dataclass(frozen=True)
class Scene:
    """`cookie`: the ticket of the person in line, as `name=value`."""

    url: str
    page: str
    cookie: str


@contextlib.contextmanager
def waiting(guard: watchdog.Watchdog, redis_url: str, folder: Path) -> Iterator[Scene]:
    secrets = folder / "secrets"
    make_secrets.make(secrets, ports.HOST)
    _open_room(redis_url, secrets)
    with edges.running_web(guard, redis_url, secrets, folder, secure=False) as url:
        yield Scene(url, f"/rooms/{ROOM.slug}", _join(url))


def _open_room(redis_url: str, secrets: Path) -> None:
    """With an usher about, as far as pages can tell."""
    with redis.Redis.from_url(redis_url) as client:
        key = vouching.signing_key((secrets / "tier_signing_key").read_text().strip())
        publications.publish(store.Store(client), key, ROOM, hold=False)
        client.set(f"{{{ROOM.slug}}}:pulse", "")


def _join(url: str) -> str:
    with contextlib.closing(http.client.HTTPConnection(url.removeprefix("http://"))) as connection:
        asked = {"Content-Type": "application/json", "Origin": url}
        connection.request("POST", f"/api/rooms/{ROOM.slug}/tickets", json.dumps(PERSON), asked)
        answer = connection.getresponse()
        told = answer.read()
    assert answer.status == 201, told
    return str(answer.headers["Set-Cookie"]).partition(";")[0]
