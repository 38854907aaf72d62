"""A worker at a real line, a real registry and a real database, for those who try to cheat them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import redis
from django.conf import settings as configured

from issuance import passports, permits, tries
from issuance.registry.client import Registry
from queueing import events
from queueing.attendance import Attendance
from tests.issuance import samples
from tests.issuance.conftest import open_registry, registry, server, shared_server, somebody, start
from tests.queueing.conftest import served
from tests.queueing.lines import Line

__all__ = ["open_registry", "registry", "served", "server", "shared_server", "somebody", "start"]


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    return Line(redis_client)


@pytest.fixture
def desk(line: Line, registry: Registry, tmp_path: Path) -> passports.Desk:
    """A worker's, with the keys that the private tier has; the public tier of this process has the others."""
    return passports.Desk(
        store=line.store,
        attendance=Attendance(line.store, threads=1),
        permits=permits.Permits(line.client, 10_000, max_sleep_ms=10),
        registry=registry,
        signer=samples.signer(tmp_path, datetime.datetime.now(datetime.UTC)),
        web_keys=tuple(configured.WEB_VERIFYING_KEYS),
        opening_keys=tuple(configured.ISSUING_PRIVATE_KEYS),
        record_key=b"only for tests",
        tries_limit=tries.Limit(5, datetime.timedelta(hours=24)),
        teller=events.Teller(),
    )
