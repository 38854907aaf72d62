"""Whoever writes to Redis, or took a key: web hands on what is there, and a verifier is not fooled."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import AsyncClient

from issuance import errors, key_changes, signing_keys, trust_list, trust_publisher
from queueing import keys, web
from queueing import trust_list as relayed
from tests.queueing.lines import Line

pytestmark = pytest.mark.usefixtures("served")

REVOKED = "URN:UVCI:01:XX:AAAQEAYEAUDAOCAJBIFQYDIOB4#X"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    signing_keys.create(tmp_path / "keys")
    return tmp_path / "keys"


def publish(line: Line, folder: Path, *revoked: str) -> bytes:
    """As an usher does, at once."""
    trust_publisher.Publisher(line.client, folder, lambda: revoked).look(datetime.now(UTC))
    found = line.client.get(keys.TRUST_LIST)
    assert isinstance(found, bytes)
    return found


async def fetched() -> bytes:
    """What everybody gets, from a web process that remembers nothing."""
    web.hub().trust_list = relayed.Relay(web.hub().store)
    answer: Any = await AsyncClient().get("/api/trust-list")
    assert answer.status_code == 200
    return bytes(answer.content)


async def test_list_of_another_authority_fools_nobody_and_is_replaced(line: Line, folder: Path, tmp_path: Path) -> None:
    signing_keys.create(tmp_path / "liar")
    publish(line, tmp_path / "liar")
    with pytest.raises(errors.BadTrustList, match="not issued by the authority"):
        trust_list.read(await fetched(), signing_keys.authority(folder), datetime.now(UTC))
    publish(line, folder)
    assert trust_list.read(await fetched(), signing_keys.authority(folder), datetime.now(UTC))


async def test_revocation_taken_out_of_the_list_is_noticed(line: Line, folder: Path) -> None:
    answer = json.loads(publish(line, folder, REVOKED))
    line.client.set(keys.TRUST_LIST, json.dumps(answer | {"revoked": []}))
    with pytest.raises(errors.BadTrustList, match="differs from what was signed"):
        trust_list.read(await fetched(), signing_keys.authority(folder), datetime.now(UTC))


async def test_old_list_is_good_for_two_days_and_for_nobody_who_has_seen_a_newer_one(line: Line, folder: Path) -> None:
    authority = signing_keys.authority(folder)
    old = publish(line, folder)
    seen = trust_list.read(publish(line, folder, REVOKED), authority, datetime.now(UTC))
    line.client.set(keys.TRUST_LIST, old)
    replayed = await fetched()
    assert not trust_list.read(replayed, authority, datetime.now(UTC)).revokes(REVOKED)
    with pytest.raises(errors.BadTrustList, match="has expired"):
        trust_list.read(replayed, authority, datetime.now(UTC) + trust_list.VALIDITY)
    key_changes.rotate(folder, "list")
    newer = trust_list.read(publish(line, folder, REVOKED), authority, datetime.now(UTC), at_least=seen)
    with pytest.raises(errors.BadTrustList, match="older than one"):
        trust_list.read(replayed, authority, datetime.now(UTC), at_least=newer)


async def test_stolen_signers_key_makes_no_list(line: Line, folder: Path) -> None:
    stolen = signing_keys.load_signer(folder)
    serial = signing_keys.serial(folder)
    made = trust_list.make(signing_keys.trust_list(folder), (), serial, stolen, datetime.now(UTC))
    line.client.set(keys.TRUST_LIST, made)
    with pytest.raises(errors.BadTrustList, match="may not sign trust lists"):
        trust_list.read(await fetched(), signing_keys.authority(folder), datetime.now(UTC))


async def test_stolen_list_key_brings_no_signer_of_the_thiefs_into_it(line: Line, folder: Path, tmp_path: Path) -> None:
    signing_keys.create(tmp_path / "thief")
    listed = [*signing_keys.trust_list(folder), *signing_keys.trust_list(tmp_path / "thief")]
    made = trust_list.make(listed, (), 0, signing_keys.load_list_signer(folder), datetime.now(UTC))
    line.client.set(keys.TRUST_LIST, made)
    with pytest.raises(errors.BadTrustList, match="was not issued by the authority"):
        trust_list.read(await fetched(), signing_keys.authority(folder), datetime.now(UTC))


async def test_nothing_in_the_list_tells_who_was_issued_what(line: Line, folder: Path) -> None:
    """Ids are random, and listed as hashes: a reader learns how many were revoked, and no more."""
    publish(line, folder, REVOKED)
    shown = (await fetched()).decode()
    assert REVOKED not in shown and "URN:UVCI" not in shown
    assert set(json.loads(shown)) == {"serial", "issued_at", "valid_until", "certificates", "revoked", "signed"}
