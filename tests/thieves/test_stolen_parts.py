"""A copy of Redis, and all that the public tier has: of a real run, with what somebody would do with them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from project.local import environments, folders, options, stack
from queueing import errors, keys, sealing, vouching
from tests.journeys import canary
from tests.journeys.visitors import details, somebody, visitor

SLUG = "passport"
WAITS = details(somebody("vaccinated", skip=900))
SERVED = details(somebody("vaccinated", skip=901))
SIGNED = vouching.SEALED_AT.size + vouching.SIGNATURE_BYTES
# Everything that the public tier's settings hold, keys as their bytes, as whoever reads its memory has it.
TELL = """
import base64, json
from django.conf import settings
def told(value):
    if isinstance(value, (list, tuple, set)):
        return [word for one in value for word in told(one)]
    if isinstance(value, dict):
        return [word for one in value.values() for word in told(one)]
    if hasattr(value, "private_bytes_raw"):
        return [base64.b64encode(value.private_bytes_raw()).decode(), *told(value.public_key())]
    if hasattr(value, "public_bytes_raw"):
        return [base64.b64encode(value.public_bytes_raw()).decode()]
    return [str(value)]
print(json.dumps([word for name in dir(settings) if name.isupper() for word in told(getattr(settings, name))]))
"""


@dataclass(frozen=True, slots=True)
class Loot:
    """`copy`: Redis' own file, and every key and value; `sealed`, `documents`: by ticket."""

    stack: stack.Stack
    copy: dict[str, bytes]
    sealed: dict[str, bytes]
    documents: dict[str, bytes]


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stack.Stack]:
    chosen = options.Options(directory=tmp_path_factory.mktemp("stolen"), registry_rate_per_s=50)
    with stack.running(chosen) as running:
        yield running


@pytest.fixture(scope="module")
def loot(vestibule: stack.Stack) -> Loot:
    return asyncio.run(stolen_from(vestibule))


async def stolen_from(vestibule: stack.Stack) -> Loot:
    """While one waits and another's passport lies ready."""
    async with visitor(vestibule.address()) as served, visitor(vestibule.address()) as waits:
        assert (await served.join(SERVED))[0] == 201
        assert (await served.outcome())["outcome"] == "issued"
        vestibule.manage("rooms", "pause", SLUG)
        assert (await waits.join(WAITS))[0] == 201
        return taken(vestibule)


def taken(vestibule: stack.Stack) -> Loot:
    room = keys.RoomKeys(SLUG)
    with redis.Redis.from_url(vestibule.site.redis_url) as operator:
        sealed = {_id(key): operator.get(key) or b"" for key in operator.scan_iter(room.sealed_prefix + "*")}
        outcomes = list(operator.scan_iter(room.outcome_prefix + "*"))
        documents = {_id(key): operator.hget(key, "document") or b"" for key in outcomes}
    files = {str(path): path.read_bytes() for path in vestibule.site.folders.valkey.rglob("*") if path.is_file()}
    return Loot(vestibule, files | dict(canary.of_redis(vestibule)), sealed, documents)


def _id(key: bytes) -> str:
    return key.decode().rpartition(":")[2]


def words() -> list[str]:
    names = [word for one in (WAITS, SERVED) for field in ("given_names", "family_name") for word in one[field].split()]
    return [*names, WAITS["document_number"], SERVED["document_number"]]


def of_the_public_tier(vestibule: stack.Stack) -> list[bytes]:
    """32 bytes each: all that it knows, as it is, decoded, and hashed."""
    given = environments.of_process(vestibule.site, "web", 8000, 8001)
    answer = subprocess.run(
        [sys.executable, "-c", TELL], env=given, cwd=folders.ROOT, capture_output=True, text=True, check=True
    )
    texts = json.loads(answer.stdout)
    texts += [path.read_text().strip() for path in Path(vestibule.site.folders.public_keys).iterdir()]
    texts += [word for text in texts for word in re.split(r"[,:@/]", text)]
    return sorted({key for text in set(texts) for key in _as_keys(text)})


def _as_keys(text: str) -> Iterator[bytes]:
    data = text.encode()
    yield hashlib.sha256(data).digest()
    if len(data) >= sealing.KEY_BYTES:
        yield data[: sealing.KEY_BYTES]
    for decode in (base64.b64decode, base64.urlsafe_b64decode):
        try:
            decoded = decode(text + "=" * (-len(text) % 4))
        except ValueError:
            continue
        if len(decoded) >= sealing.KEY_BYTES:
            yield decoded[: sealing.KEY_BYTES]


def opened(loot: Loot, candidates: list[bytes]) -> list[str]:
    """Which requests and documents open with any of these keys."""
    found = []
    readers = [X25519PrivateKey.from_private_bytes(key) for key in candidates]
    for ticket, signed in loot.sealed.items():
        try:
            sealing.open_sealed(readers, SLUG, ticket, signed[SIGNED:])
            found.append(f"request {ticket}")
        except errors.Unsealable:
            continue
    for ticket, locked in loot.documents.items():
        for key in candidates:
            try:
                sealing.unlock(key, SLUG, ticket, locked)
                found.append(f"document {ticket}")
            except errors.Unsealable:
                continue
    return found


def test_copy_of_redis_names_nobody_and_opens_with_nothing_that_is_public(loot: Loot) -> None:
    assert len(loot.sealed) == 1 and len(loot.documents) == 1
    # What is searched is what was written: the tickets stand in the file and in the keys.
    for ticket in (*loot.sealed, *loot.documents):
        assert len(canary.found(iter(loot.copy.items()), [ticket])) > 1
    assert canary.found(iter(loot.copy.items()), words()) == []
    public = (loot.stack.site.folders.public_keys / "issuing_public_key").read_text().strip()
    assert opened(loot, [sealing.key_bytes(public), bytes(32)]) == []


def test_all_that_the_public_tier_has_opens_nothing_that_was_sealed_before(loot: Loot) -> None:
    candidates = of_the_public_tier(loot.stack)
    signing = (loot.stack.site.folders.public_keys / "web_signing_key").read_text().strip()
    assert sealing.key_bytes(signing) in candidates
    assert opened(loot, candidates) == []
    # The way it is tried would open it: with the key that workers alone have it does.
    private = (loot.stack.site.folders.private_keys / "issuing_private_keys").read_text().strip()
    assert len(opened(loot, [sealing.key_bytes(private)])) == 1
