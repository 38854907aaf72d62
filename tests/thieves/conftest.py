"""A worker at a real line, a real registry and a real database, for those who try to cheat them."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from issuance import passports
from issuance.registry.client import Registry
from tests.issuance import desks
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
    return desks.desk(line, registry, tmp_path)
