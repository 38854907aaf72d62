"""A worker's desk for tests: at a real line, registry and database, with the keys that the tests' settings have."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from django.conf import settings as configured

from issuance import breaker, passports, permits, tries
from issuance.registry.client import Registry
from queueing import events
from queueing.attendance import Attendance
from tests.issuance import samples
from tests.queueing.lines import Line

RECORD_KEY = b"only for tests"


def desk(line: Line, registry: Registry, folder: Path, **changed: Any) -> passports.Desk:
    """Its registry allows more calls than any test makes; `folder`: for its signers, made now."""
    usual = {
        "store": line.store,
        "attendance": Attendance(line.store, threads=1),
        "permits": permits.Permits(line.client, 10_000, max_sleep_ms=10),
        "breaker": breaker.Breaker(line.client),
        "registry": registry,
        "keyring": samples.signers(folder),
        "web_keys": tuple(configured.WEB_VERIFYING_KEYS),
        "opening_keys": tuple(configured.ISSUING_PRIVATE_KEYS),
        "tier_key": configured.TIER_SIGNING_KEY,
        "record_key": RECORD_KEY,
        "tries_limit": tries.Limit(5, datetime.timedelta(hours=24)),
        "teller": events.Teller(),
    }
    return passports.Desk(**usual | changed)
