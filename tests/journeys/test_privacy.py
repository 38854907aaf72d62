"""Names and document numbers are found nowhere but in the passport itself: full visits with canaries."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from issuance import base45
from project.local import options, stack
from project.local.stack import Stack
from tests.journeys import canary
from tests.journeys.visitors import details, somebody, visitor

UNKNOWN = {
    "given_names": "Quetzalina Birgitta",
    "family_name": "Wolkenštejn-Ñandú",
    "date_of_birth": "1937-11-23",
    "document_number": "QQ83650271",
}


@pytest.fixture
def vestibule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """One stack whose temporary files can be searched too, logging all it ever logs."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    chosen = options.Options(directory=tmp_path / "var", registry_rate_per_s=50, common={"LOG_LEVEL": "DEBUG"})
    with stack.running(chosen) as running:
        yield running


def everything(vestibule: Stack, tmp_path: Path) -> Iterator[tuple[str, bytes]]:
    yield from canary.of_redis(vestibule)
    yield from canary.of_files(tmp_path)
    yield from canary.of_metrics(vestibule)
    yield from canary.of_processes(vestibule)


def words(*people: dict[str, str]) -> list[str]:
    """What must not be found: every name and number, and the birth date as written."""
    names = [word for person in people for field in ("given_names", "family_name") for word in person[field].split()]
    return [*names, *(person["document_number"] for person in people), UNKNOWN["date_of_birth"]]


@pytest.mark.timeout(240)
async def test_personal_data_is_nowhere_but_in_the_passport(vestibule: Stack, tmp_path: Path) -> None:
    known = details(somebody("vaccinated", skip=1_500))
    refused = details(somebody("none", skip=150))
    searched = words(known, refused, UNKNOWN)
    async with visitor(vestibule.address()) as citizen, visitor(vestibule.address()) as stranger:
        vestibule.manage("rooms", "pause", "passport")
        await citizen.join(known)
        await stranger.join(UNKNOWN)
        assert canary.found(everything(vestibule, tmp_path), searched) == []
        vestibule.manage("rooms", "resume", "passport")
        assert (await citizen.outcome())["outcome"] == "issued"
        assert (await stranger.outcome())["reason"] == "no_record"
        status, passport = await citizen.get("passport")
        assert status == 200
        assert canary.found(iter([("passport", passport)]), [known["document_number"]]) == []
        assert canary.found(everything(vestibule, tmp_path), searched) == []
    async with visitor(vestibule.address()) as other:
        await other.join(refused)
        assert (await other.outcome())["reason"] == "not_eligible"
    await misbehave(vestibule.address(), UNKNOWN)
    vestibule.kill("worker")
    async with visitor(vestibule.address()) as late:
        await late.join(UNKNOWN)
    assert canary.found(everything(vestibule, tmp_path), searched) == []


async def misbehave(url: str, person: dict[str, str]) -> None:
    """Every way of sending details that the form does not know; none may leave a trace."""
    path = f"{url}/api/rooms/passport/tickets"
    text = " ".join(person.values())
    form = "&".join(f"{name}={value}\x00" for name, value in person.items()).encode()
    attempts: list[tuple[bytes, str, int]] = [
        (b'{"family_name": "' + text.encode(), "application/json", 400),
        (text.encode(), "application/json", 400),
        (text.encode(), "text/plain", 415),
        (text.encode() * 200_000, "application/json", 413),
        (b'{"given_names": "' + text.encode() + b'\\u0000"}', "application/json", 422),
    ]
    attempts += [(form, "application/x-www-form-urlencoded", 422)]
    async with aiohttp.ClientSession() as session:
        for body, kind, status in attempts:
            async with session.post(
                path, data=io.BytesIO(body), headers={"Content-Type": kind, "Origin": url}
            ) as answer:
                shown = await answer.read()
                assert answer.status == status, (kind, answer.status)
                assert canary.found(iter([("answer", shown)]), list(person.values())) == []
        # The page without scripts gives back what was typed, to whoever typed it.
        typed = {"step": "join", **person, "family_name": f"{person['family_name']}\x00"}
        async with session.post(f"{url}/rooms/passport", data=typed, headers={"Origin": url}) as answer:
            assert answer.status == 422
            assert (await answer.text()).count(person["document_number"]) == 1
        async with session.ws_connect(f"{url}/ws/rooms/passport", headers={"Origin": url}) as socket:
            await socket.send_str(text)
            await socket.receive(timeout=10)


@pytest.mark.parametrize(
    "hidden",
    [
        "Wolkenštejn".encode(),
        b"x" + b"Wolken\\u0161tejn" + b"y",
        zlib.compress("… Wolkenštejn …".encode()),
        b"junk" + zlib.compress("Wolkenštejn".encode() * 9) + b"junk",
        b"(HC1:" + base45.encode(zlib.compress(b"0123456789" * 20 + "Wolkenštejn".encode() * 3)).encode() + b")",
        b"q=Wolken%C5%A1tejn&",
        "Wolkenštejn".encode().hex().encode(),
        b"AAAA" + base64.b64encode(b"ab" + "Wolkenštejn".encode() + b"cd"),
        "WOLKENŠTEJN".encode(),
    ],
)
def test_search_finds_what_is_hidden(hidden: bytes) -> None:
    assert canary.found(iter([("here", hidden)]), ["Wolkenštejn"])
