import os
import socket
from pathlib import Path

import pytest

from project.local import errors, folders, lock, options, ports, remembered, site, terminal, valkey


@pytest.fixture
def listener():
    with socket.create_server((ports.HOST, 0)) as listening:
        yield listening.getsockname()[1]


def chosen(tmp_path: Path, **more) -> site.Site:
    return site.choose(options.Options(directory=tmp_path, **more))


def test_port_somebody_listens_on_is_taken(listener):
    assert ports.taken(listener)


def test_port_that_is_taken_is_passed_over(listener):
    assert ports.preferred(listener) != listener


def test_free_ports_are_never_given_twice():
    given = [ports.free() for _ in range(50)]

    assert len(set(given)) == 50
    assert not any(ports.taken(port) for port in given[:5])


def test_port_asked_for_and_taken_is_an_error_that_names_it(tmp_path, listener):
    with pytest.raises(errors.PortTaken, match=f"^Port {listener} is in use"):
        chosen(tmp_path, port=listener)


def test_broker_gets_the_next_logical_database(tmp_path):
    assert chosen(tmp_path, redis_url="redis://:secret@cache:6379/4?timeout=1").broker_url == (
        "redis://:secret@cache:6379/5?timeout=1"
    )
    assert chosen(tmp_path, redis_url="rediss://cache").broker_url == "rediss://cache/1"


def test_broker_must_be_named_when_its_database_cannot_be_guessed(tmp_path):
    with pytest.raises(errors.BadOption, match=r"^BROKER_URL must be set"):
        chosen(tmp_path, redis_url="unix:///run/redis.sock")


def test_embedded_server_is_used_when_no_other_is_named(tmp_path):
    place = chosen(tmp_path)

    assert place.valkey_port is not None
    assert place.redis_url == f"redis://127.0.0.1:{place.valkey_port}/0"
    assert place.database_url == f"sqlite:///{tmp_path.resolve()}/data/vestibule.sqlite3"


@pytest.mark.parametrize(("name", "value"), [("PORT", "80000"), ("PORT", "http"), ("REGISTRY_RATE_PER_S", "many")])
def test_senseless_variable_is_named_in_a_sentence(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(errors.LocalError, match=rf"^{name} must be .*\.$"):
        options.from_environment(tmp_path)


def test_variables_of_the_operator_reach_the_processes_they_are_meant_for(tmp_path, monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8")

    found = options.from_environment(tmp_path)

    assert found.common == {"LOG_LEVEL": "DEBUG"}
    assert found.public == {"TRUSTED_PROXIES": "10.0.0.0/8"}


def test_server_that_does_not_answer_is_told_without_its_password():
    trouble = valkey.trouble(f"redis://:very-secret@127.0.0.1:{ports.free()}/0")

    assert trouble
    assert "very-secret" not in trouble
    assert valkey.trouble("http://example.org") == "not a redis:// address"


def test_lock_is_held_by_one_and_tells_the_other_where(tmp_path):
    path = tmp_path / "lock"
    with lock.hold(path) as held:
        held.tell("http://127.0.0.1:8000")

        with pytest.raises(errors.AlreadyRunning, match=r" at http://127\.0\.0\.1:8000: "), lock.hold(path):
            pass


def test_address_of_an_earlier_run_is_forgotten(tmp_path):
    path = tmp_path / "lock"
    path.write_text("http://127.0.0.1:9999")

    with lock.hold(path), pytest.raises(errors.AlreadyRunning) as caught, lock.hold(path):
        pass

    assert "9999" not in str(caught.value)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """With a kept environment, in a process that was given none."""
    for name in ("SECRET_KEY", "SECRET_KEY_FILE", "REDIS_URL", "DATABASE_URL", "DATABASE_URL_FILE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    place = folders.Folders(tmp_path / "var")
    place.make()
    remembered.keep(place, {"REDIS_URL": "redis://kept/0", "DATABASE_URL": "kept", "SECRET_KEY_FILE": "kept"})
    return place


def test_command_in_a_second_terminal_finds_the_running_servers(place):
    remembered.restore(place)

    assert os.environ["REDIS_URL"] == "redis://kept/0"
    assert os.environ["SECRET_KEY_FILE"] == "kept"


def test_what_is_said_by_hand_wins_over_what_was_kept(place, monkeypatch):
    monkeypatch.setenv("DATABASE_URL_FILE", "by hand")

    remembered.restore(place)

    assert "DATABASE_URL" not in os.environ
    assert os.environ["REDIS_URL"] == "redis://kept/0"


def test_process_with_an_environment_of_its_own_is_left_alone(place, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "production's")

    remembered.restore(place)

    assert "REDIS_URL" not in os.environ


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("2026-11-22 14:36:16,909 WARNING queueing.usher: calling nobody", True),
        ("ERROR:    Exception in ASGI application", True),
        ("2026-11-22 14:36:16,909 INFO    queueing.usher: a WARNING that is none", False),
        ("19534:M 22 Nov 2026 14:36:13.531 # WARNING Memory overcommit must be enabled!", False),
    ],
)
def test_terminal_shows_what_an_operator_should_see(line, seen):
    assert bool(terminal.WORTH_SEEING.match(line)) is seen
