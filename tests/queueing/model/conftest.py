from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from project.local import watchdog
from tests.queueing.lines import Line
from tests.queueing.model import crew
from tests.queueing.model.play import Play
from tests.queueing.model.scripts import Scripts


@pytest.fixture(scope="session")
def crew_urls(guard: watchdog.Watchdog, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """A server for each process of the crew."""
    with crew.running_servers(guard, tmp_path_factory.mktemp("crew")) as urls:
        yield urls


@pytest.fixture
def scripts(redis_client: redis.Redis) -> Iterator[Scripts]:
    scripts = Scripts(redis_client)
    yield scripts
    scripts.close()


@pytest.fixture
def play(scripts: Scripts) -> Play:
    return Play(scripts)


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    return Line(redis_client)
