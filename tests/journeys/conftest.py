"""The whole of Vestibule as `make up` runs it, on free ports, with its data in a folder of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from project.local import options, stack
from tests.journeys import browsing


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def vestibule(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[stack.Stack]:
    """One stack a module and database; 50 calls per second so that tests need not wait for permits."""
    database_url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    directory = tmp_path_factory.mktemp("vestibule")
    chosen = options.Options(
        directory=directory, database_url=database_url, registry_rate_per_s=50, registry_latency_ms=20
    )
    with stack.running(chosen) as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with browsing.launched(chromium) as browser:
        yield browser


@pytest.fixture
def paused(vestibule: stack.Stack) -> Iterator[stack.Stack]:
    """So that whoever joins stays in line until the room is resumed."""
    vestibule.manage("rooms", "pause", "passport")
    yield vestibule
    vestibule.manage("rooms", "resume", "passport")
