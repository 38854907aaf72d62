"""A worker with keys that cannot be used does not start, and says what is wrong and with which folder."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from issuance import key_changes, signing_keys
from project.local import folders
from queueing import sealing, vouching


def started(directory, **changed):
    environment = {
        "PATH": os.environ["PATH"],
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "BROKER_URL": "redis://127.0.0.1:1/1",
        "DATABASE_URL": "sqlite:///:memory:",
        "SECRET_KEY": "s" * 50,
        "RECORD_KEY": "r" * 32,
        "ISSUING_PRIVATE_KEYS": sealing.new_key_pair()[0],
        "WEB_VERIFYING_KEYS": vouching.new_key_pair()[1],
        "TIER_SIGNING_KEY": vouching.new_key_pair()[0],
        "REGISTRY_URL": "http://127.0.0.1:1",
        "SIGNING_KEYS_DIR": str(directory),
        **changed,
    }
    command = [sys.executable, "-c", "import project.worker"]
    return subprocess.run(command, env=environment, cwd=folders.ROOT, capture_output=True, text=True, check=False)


def expired(directory):
    shutil.rmtree(directory)
    signing_keys.create(directory, datetime.now(UTC) - timedelta(days=800))


def mismatched(directory):
    old = signing_keys.load_signer(directory).kid.hex()
    new = signing_keys.key_id(key_changes.rotate(directory, "signer")).hex()
    shutil.copy(directory / "signers" / old / "private_key.pem", directory / "signers" / new)


def retired(directory):
    key_changes.retire(directory, signing_keys.load_signer(directory).kid.hex())


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (expired, "No document signer in .* is valid now; the last ends on .*: rotate"),
        (mismatched, "Private key and certificate in .* do not belong together"),
        (retired, "There is no document signer in .*: create one or mount the right folder"),
    ],
)
def test_worker_refuses_keys_that_cannot_be_used(tmp_path, spoil, why):
    signing_keys.create(tmp_path / "keys")
    spoil(tmp_path / "keys")
    ended = started(tmp_path / "keys")
    assert ended.returncode == 1
    [said] = ended.stderr.strip().splitlines()
    assert re.match(f"worker: {why}", said), said


def test_worker_starts_with_good_ones(tmp_path):
    signing_keys.create(tmp_path / "keys")
    assert started(tmp_path / "keys").returncode == 0


def test_worker_without_an_issuing_key_says_so(tmp_path):
    signing_keys.create(tmp_path / "keys")
    ended = started(tmp_path / "keys", ISSUING_PRIVATE_KEYS="")
    assert ended.stderr == "worker: ISSUING_PRIVATE_KEYS is not set (see .env.example)\n"
