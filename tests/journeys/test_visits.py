"""Whole visits on real parts: web, Valkey, usher, worker and the simulated registry, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pypdfium2
import pytest
import redis

from issuance import issuing_keys, signing_keys
from issuance.registry import people
from project.local import keys
from project.local.stack import Stack
from queueing import sealing
from tests.journeys.verifiers import Inspector, Verifier
from tests.journeys.visitors import details, somebody, visitor

# Of those that `vestibule` comes with: what is shown here, the database has no part in.
one_database_is_enough = pytest.mark.parametrize("vestibule", ["sqlite"], indirect=True)


async def test_citizen_gets_a_passport_and_nobody_else_does(vestibule: Stack) -> None:
    person = somebody("vaccinated")
    async with visitor(vestibule.address()) as citizen, visitor(vestibule.address()) as stranger:
        status, state = await citizen.join(details(person))
        assert (status, state["state"]) == (201, "waiting")
        outcome = await citizen.outcome()
        assert outcome["outcome"] == "issued"
        assert citizen.frames[0]["type"] == "state"
        assert "called" in [frame["type"] for frame in citizen.frames]
        status, passport = await citizen.get("passport")
        assert status == 200
        page = pypdfium2.PdfDocument(passport)[0].get_textpage().get_text_range()
        assert person.family_name in page
        assert (await stranger.get("passport"))[0] == 404
        assert await citizen.leave() == 204
        assert (await citizen.get("passport"))[0] == 404


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("none", "not_eligible"), ("partial", "not_eligible"), ("twice", "ambiguous_record")],
)
async def test_refusals_are_told_with_their_reason(vestibule: Stack, kind: str, reason: str) -> None:
    async with visitor(vestibule.address()) as citizen:
        await citizen.join(details(somebody(kind)))
        outcome = await citizen.outcome()
        assert (outcome["outcome"], outcome["reason"]) == ("refused", reason)
        assert (await citizen.get("passport"))[0] == 404
        state = json.loads((await citizen.get("ticket"))[1])
        assert (state["state"], state["reason"]) == ("refused", reason)


@pytest.mark.parametrize("field", ["given_names", "family_name", "date_of_birth", "document_number"])
async def test_guesser_learns_nothing_from_a_wrong_detail(vestibule: Stack, field: str) -> None:
    other = details(somebody("vaccinated", skip=40))
    wrong = {
        "given_names": "Zyx",
        "family_name": "Wvut",
        "date_of_birth": "1931-01-31",
        "document_number": "ZZ00000000",
    }
    async with visitor(vestibule.address()) as guesser:
        await guesser.join(other | {field: wrong[field]})
        outcome = await guesser.outcome()
        assert (outcome["outcome"], outcome["reason"]) == ("refused", "no_record")


async def test_two_clicks_are_one_visit(vestibule: Stack) -> None:
    person = somebody("vaccinated", skip=80)
    async with visitor(vestibule.address()) as first, visitor(vestibule.address()) as second:
        (one, state), (two, again) = await asyncio.gather(
            first.join(details(person), key="k" * 22), second.join(details(person), key="k" * 22)
        )
        assert sorted([one, two]) == [200, 201]
        assert state["reference"] == again["reference"]
        assert (await first.outcome())["outcome"] == "issued"
        assert (await second.get("passport"))[0] == 200


async def test_whoever_leaves_is_not_asked_about(vestibule: Stack) -> None:
    vestibule.manage("rooms", "pause", "passport")
    try:
        async with visitor(vestibule.address()) as citizen:
            person = somebody("vaccinated", skip=120)
            await citizen.join(details(person))
            assert await citizen.leave() == 204
            vestibule.manage("rooms", "resume", "passport")
            async with visitor(vestibule.address()) as after:
                await after.join(details(somebody("vaccinated", skip=121)))
                assert (await after.outcome())["outcome"] == "issued"
            asked = vestibule.site.registry_calls.read_text()
            assert f'"person":{person.number}' not in asked.replace(" ", "")
    finally:
        vestibule.manage("rooms", "resume", "passport")


@one_database_is_enough
async def test_stranger_believes_a_passport_by_the_list_alone_through_rotation_and_revocation(vestibule: Stack) -> None:
    """Verifiers have the authority's certificate; signers change and passports are revoked while people are served."""
    folder = vestibule.site.folders.signing_keys
    stranger = Verifier(vestibule.address(), signing_keys.authority(folder))
    stranger.fetch()
    before, first = stranger.judge(await passport_of(vestibule, somebody("vaccinated", skip=160)))
    assert before.valid
    vestibule.manage("signing_keys", "rotate", "--in-hours", "0")
    made = signing_keys.load_signer(folder).kid
    assert made != before.kid
    stranger.fetch(lambda listed: listed.certificate(made) is not None)
    after, _second = stranger.judge(await passport_of(vestibule, somebody("vaccinated", skip=200)))
    assert after.valid and after.kid == made
    assert not stranger.fetch().revokes(first.certificate_id)
    vestibule.manage("revoke", first.certificate_id, "--reason", "misused", "--by", "ada")
    assert stranger.fetch(lambda listed: bool(listed.revoked)).revokes(first.certificate_id)
    assert "revokes 1 certificates" in vestibule.manage("signing_keys", "trust-list")
    vestibule.manage("signing_keys", "retire", made.hex(), "--compromised", "--yes")
    assert len(stranger.fetch(lambda listed: listed.certificate(made) is None).certificates) == 1
    again, _third = stranger.judge(await passport_of(vestibule, somebody("vaccinated", skip=240)))
    assert again.valid and again.kid == before.kid


@one_database_is_enough
async def test_passport_verifies_by_command_and_in_the_console(vestibule: Stack, tmp_path: Path) -> None:
    person = somebody("vaccinated", skip=440)
    document = tmp_path / "passport.pdf"
    document.write_bytes(await passport_of(vestibule, person))
    published = f"{vestibule.address()}/api/trust-list"
    [told] = json.loads(vestibule.manage("verify", str(document), "--json", "--trust-list", published))
    assert (told["valid"], told["page"], told["kind"]) == (True, 1, "vaccination")
    with Inspector(vestibule.address("console"), vestibule.site.folders.console_password.read_text()) as inspector:
        page = inspector.verify(document.read_bytes())
        assert "The certificate is valid." in page
        assert person.date_of_birth.isoformat() in page
        assert "No code was found" in inspector.verify(b"nothing")
        assert inspector.verify(bytes(7 * 1024 * 1024)) == "Too large: the console takes documents of at most 5 MB.\n"


@one_database_is_enough
async def test_issuing_keys_are_rotated_while_people_wait(vestibule: Stack) -> None:
    """Two web processes seal to two keys; a worker opens both. What none opens, web does not take."""
    place, address = vestibule.site.folders, vestibule.address()
    file = place.private_keys / "issuing_private_keys"
    vestibule.manage("rooms", "pause", "passport")
    async with visitor(address) as early, visitor(address) as late:
        assert (await early.join(details(somebody("vaccinated", skip=280))))[0] == 201
        vestibule.manage("issuing_keys", "--file", str(file), "new")
        restart(vestibule, "worker")
        keys.make(place)
        vestibule.start("web-2")
        vestibule.wait_ready("web-2")
        late.url = vestibule.address("web-2")
        assert (await late.join(details(somebody("vaccinated", skip=320))))[0] == 201
        vestibule.manage("rooms", "resume", "passport")
        for citizen in (early, late):
            assert (await citizen.outcome())["outcome"] == "issued"
    newest = sealing.fingerprint(issuing_keys.read(file)[0].public_key())
    vestibule.manage("issuing_keys", "--file", str(file), "drop", newest, "--yes")
    restart(vestibule, "worker")
    async with visitor(vestibule.address("web-2")) as citizen:
        while (await citizen.join(details(somebody("vaccinated", skip=360))))[0] != 503:
            await citizen.leave()
    vestibule.stop("web-2")
    async with visitor(address) as citizen:
        assert (await citizen.join(details(somebody("vaccinated", skip=400))))[0] == 201
        assert (await citizen.outcome())["outcome"] == "issued"


def restart(vestibule: Stack, name: str) -> None:
    vestibule.stop(name)
    vestibule.start(name)
    vestibule.wait_ready(name)


async def passport_of(vestibule: Stack, person: people.Person) -> bytes:
    async with visitor(vestibule.address()) as citizen:
        await citizen.join(details(person))
        assert (await citizen.outcome())["outcome"] == "issued"
        return (await citizen.get("passport"))[1]


async def test_redis_refuses_nobody_what_belongs_to_his_work(vestibule: Stack) -> None:
    """Its users may do little more than they need (deploy/redis). Of all the visits in this module, too."""
    async with visitor(vestibule.address()) as citizen:
        await citizen.join(details(somebody("vaccinated", skip=60)))
        assert (await citizen.outcome())["outcome"] == "issued"
        assert await citizen.leave() == 204
    vestibule.manage("rooms", "notice", "passport", "Hello.")
    with redis.Redis.from_url(vestibule.site.redis_url) as operator:
        assert operator.execute_command("ACL", "LOG") == []
