"""Real servers for all tests, started at first use; and no silent skipping."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from project.local import watchdog
from tests import environment, prepare, servers

# Of pytest-django: all others that touch the database lead to one of these.
DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"})


@pytest.fixture(scope="session")
def guard() -> Iterator[watchdog.Watchdog]:
    """Ends the servers of the tests even when pytest is killed."""
    guard = watchdog.Watchdog()
    yield guard
    guard.close()


@pytest.fixture(scope="session")
def valkey(guard: watchdog.Watchdog, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Valkey]:
    """The server that the settings name; shared, so leave it running. Those who kill take `servers.running_valkey`."""
    folder = tmp_path_factory.mktemp("valkey")
    with servers.running_valkey(guard, folder, environment.REDIS_PORT) as server:
        yield server


@pytest.fixture
def redis_url(valkey: servers.Valkey) -> str:
    """An empty server's address, database 0 (settings.REDIS_URL); 1 is the broker's."""
    with redis.Redis.from_url(valkey.url()) as client:
        client.flushall()
    return valkey.url()


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """Of the same, answering in bytes."""
    with redis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture(scope="session")
def postgres_url(guard: watchdog.Watchdog) -> Iterator[str]:
    """A PostgreSQL server's address, for DATABASE_URL."""
    with servers.running_postgres(guard, _needed(prepare.POSTGRES)) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser, for playwright's `executable_path`."""
    return _needed(prepare.CHROMIUM)


@pytest.fixture(scope="session")
def nginx() -> Path:
    return _needed(prepare.NGINX)


@pytest.fixture(scope="session")
def zbar() -> Path:
    """The library that pyzbar loads; ask for it before importing pyzbar."""
    return _needed(prepare.ZBAR)


@pytest.fixture(scope="session")
def npm_packages() -> Path:
    """The folder of those that check pages (tests/tools.py)."""
    return _needed(prepare.TOOLS)


def _needed(need: prepare.Need) -> Path:
    found = need.find()
    if found is None:
        pytest.skip(f"{need.name} is missing")
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for the database by a fixture is one of its tests too: tests.on_postgres picks them by the mark."""
    for item in items:
        if DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """With CI=true a skipped test is a failed one."""
    report = yield
    # Official data is not part of the project: whoever has it not, has it not.
    elsewhere = "official test data not found" in str(report.longrepr)
    if report.skipped and prepare.must_not_skip() and not elsewhere and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI=true forbids: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """From the reports, which come from other processes too."""
    skipped = {str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])}
    for need in prepare.NEEDS:
        if any(f"{need.name} is missing" in why for why in skipped):
            terminalreporter.write_line(prepare.loud([f"Tests were SKIPPED because {need.name} is missing."]), red=True)
