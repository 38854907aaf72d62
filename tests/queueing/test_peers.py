"""What went wrong in other waiting rooms, and the traps of Redis scripts: each once, on the real line.

docs/promises.md lists them all, with those that other tests hold off.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import redis
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.conf import settings as django_settings

from issuance.permits import Permits
from queueing.store import Op, digest, source
from tests.queueing.lines import HUB, Line

ROOT = Path(__file__).parents[2]
# Lua's unpack fails from about here on.
TOO_MANY = 9_000
FOLDERS = (ROOT / "queueing" / "lua", ROOT / "issuance" / "lua")
SCRIPTS = sorted(path for folder in FOLDERS for path in folder.glob("*.lua"))
READS_THE_CLOCK = re.compile(r"clock_us|'TIME'")
REPEATS = re.compile(r"\s*(local )?(function|for|while|repeat)\b")


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    return Line(redis_client, new_users_per_minute=1_000_000, total_active_users=100)


def fill(line: Line, count: int) -> list[str]:
    """So many in line, held by the hub."""
    tickets = [f"t{number:05}" for number in range(count)]
    line.store.run_many([line.room.join(ticket, b"x", f"R{ticket}", "somewhere", count) for ticket in tickets])
    line.store.run_many([line.room.hold(ticket, HUB) for ticket in tickets])
    return tickets


def send_and_hear_nothing(line: Line, op: Op[Any]) -> None:
    """Whoever asks is gone before the answer comes."""
    line.client.script_load(source(op.script))
    connection = line.client.connection_pool.get_connection()
    connection.send_command("EVALSHA", digest(op.script), len(op.keys), *op.keys, *op.args)
    connection.disconnect()
    line.client.connection_pool.release(connection)


def until_done(line: Line, op: Op[Any]) -> None:
    """The server has run what was sent: it counts the runs of scripts."""

    def runs() -> int:
        return int(line.client.info("commandstats").get("cmdstat_evalsha", {}).get("calls", 0))

    before = runs()
    send_and_hear_nothing(line, op)
    while runs() == before:
        pass


def test_leaver_at_the_head_stalls_no_free_place(line: Line) -> None:
    tickets = fill(line, 101)
    line.release(tickets[0])
    assert line.call() == tickets[1:]


def test_no_sliding_minute_holds_more_calls_than_the_cap_whenever_it_begins(line: Line) -> None:
    line.publish(new_users_per_minute=60, total_active_users=1_000)
    fill(line, 400)
    called_at: list[int] = []
    for second in range(0, 180, 7):
        for _step in range(3):
            called_at += [second] * len(line.call(may_call=25))
        line.let_pass(7)
    windows = [sum(begin <= at < begin + 60 for at in called_at) for begin in range(180)]
    assert max(windows) == 60
    assert len(called_at) == 180


def test_more_leave_at_once_than_lua_can_unpack(line: Line) -> None:
    fill(line, TOO_MANY)
    line.let_pass(1)
    line.let_pass(20, alive=("another",))
    assert line.advance(may_call=0, budget=2 * TOO_MANY).marked == TOO_MANY
    assert line.call() == []


def test_cleaning_up_renews_nobody_who_has_left(line: Line) -> None:
    line.join("gone", "here")
    line.release("gone")
    for _second in range(125):
        line.let_pass(1)
        line.advance(may_call=0)
    assert line.look("gone").reason == "away_too_long"
    assert line.look("here").position == 1


def test_usher_that_dies_in_the_middle_of_a_step_locks_nobody_out(line: Line) -> None:
    line.publish(total_active_users=4)
    tickets = line.join("a", "b", "c", "d", "e", "f")
    until_done(line, line.room.advance(2))
    assert line.call() == tickets[2:4]
    assert line.call() == []


def test_join_whose_answer_was_lost_costs_no_place(line: Line) -> None:
    until_done(line, line.room.join("a", b"x", "REF", "somewhere", 1))
    again = line.try_to_join("a", allowed=1)
    assert (again.verdict, again.ticket and again.ticket.position) == ("known", 1)


def test_full_redis_takes_nobody_in_and_serves_those_in_line(line: Line) -> None:
    line.join("a", "b", "c")
    full(line, True)
    try:
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            line.try_to_join("late")
        assert line.beat()
        assert line.call() == ["a", "b", "c"]
        attempt = line.claim("a").attempt
        assert line.store.run(line.room.renew("a", attempt)).here
        assert line.finish("a", attempt, document=b"passport")
        assert line.store.run(line.room.hand_back("b", line.claim("b").attempt))
        assert line.release("b")
        assert line.poll("b").position == 1
        assert line.hold("b").position == 1
        assert line.leave("c")
        assert Permits(line.client, rate_per_s=10).reserve().later_ms == 0
    finally:
        full(line, False)


def full(line: Line, is_full: bool) -> None:
    line.client.config_set("maxmemory", "1" if is_full else "0")


def test_all_keys_of_a_room_share_one_hash_tag(line: Line) -> None:
    line.join("a", "b", "c", "d")
    line.call(may_call=2)
    line.finish("a", line.claim("a").attempt, document=b"passport")
    line.release("c")
    line.store.run(line.room.ladder())
    keys = {key.decode() for key in line.client.keys("*")} - {"rooms"}
    assert len(keys) > 15
    assert all(key.startswith("{test}:") for key in keys)


def test_waiting_for_a_hint_does_not_time_out() -> None:
    (host,) = django_settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]
    assert host["socket_timeout"] is None


@pytest.mark.parametrize("name", ["Procfile", "docker-compose.yml"])
def test_sparse_work_does_not_wait_for_a_full_batch(name: str) -> None:
    assert re.search(r"dramatiq_worker_timeout\D{1,3}20\b", (ROOT / name).read_text(encoding="utf-8"))


def test_keys_are_read_when_a_process_starts_and_not_for_each_ticket() -> None:
    assert isinstance(django_settings.ISSUING_PUBLIC_KEY, X25519PublicKey)
    assert all(isinstance(key, X25519PrivateKey) for key in django_settings.ISSUING_PRIVATE_KEYS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_script_reads_the_clock_once_at_most(script: Path) -> None:
    """What is read twice stands in branches that exclude each other: all but the last return."""
    lines = script.read_text(encoding="utf-8").splitlines()
    reads = [index for index, line in enumerate(lines) if READS_THE_CLOCK.search(line)]
    if script.stem == "prelude":
        assert [lines[index] for index in reads] == ["local function clock_us()", "  local time = redis.call('TIME')"]
        return
    for read in reads:
        begins = max(index for index in range(read + 1) if lines[index][:1].strip())
        assert not any(REPEATS.match(line) for line in lines[begins : read + 1])
    for read in reads[:-1]:
        rest_of_branch = itertools.takewhile(lambda line: line.startswith("  "), lines[read:])
        assert any(line.startswith("  return ") for line in rest_of_branch)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_limits_of_scripts_begin_at_the_first(script: Path) -> None:
    """No cursor: one by score would skip some of those with the same."""
    text = script.read_text(encoding="utf-8")
    assert len(re.findall("LIMIT", text)) == len(re.findall(r"'LIMIT', 0, ", text))
