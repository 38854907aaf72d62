from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from benchmarks.room import figures
from benchmarks.room.line import Line
from benchmarks.room.meter import Meter

ROOT = Path(__file__).resolve().parents[2]
PROMISED = {"join_us", "join_bytes", "hold_us", "ladder_ms", "advance_ms", "restore_us"}


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    line = Line(redis_client)
    line.publish()
    line.join(100, addresses=10)
    line.hold_everybody()
    return line


def test_whole_benchmark_of_a_small_room_ends_in_one_json_object() -> None:
    command = [sys.executable, "-m", "benchmarks.room", "--waiting", "2000", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout.splitlines()[-1])
    assert measured.keys() >= PROMISED
    assert all(measured[name] > 0 for name in PROMISED)
    assert measured["join_bytes"] <= 1_300
    assert all(name in done.stdout for name in PROMISED)


def test_meter_counts_what_scripts_cost_and_nothing_else(redis_client: redis.Redis) -> None:
    meter = Meter(redis_client)
    digest = redis_client.script_load("local sum = 0 for i = 1, 100000 do sum = sum + i end return sum")
    assert meter.us(lambda: redis_client.set("plain", "command")) == 0
    assert meter.us(lambda: redis_client.evalsha(digest, 0)) > 0
    assert meter.us(lambda: redis_client.set("plain", "x" * 100_000), "set") > 0


def test_line_is_filled_held_and_lost_through_the_room_itself(line: Line, redis_client: redis.Redis) -> None:
    k = line.keys
    before = redis_client.zrange(k.waiting, 0, -1)
    assert before == [person.id.encode() for person in line.people]
    assert redis_client.zcard(k.present) == 100
    assert redis_client.zcard(k.polling) == 0
    lost = line.people[20:40]
    line.lose(lost)
    assert redis_client.zrange(k.waiting, 0, -1) == before[:20] + before[40:]
    assert not any(redis_client.exists(k.ticket(person.id), k.sealed(person.id)) for person in lost)
    line.restore(lost)
    assert redis_client.zrange(k.waiting, 0, -1) == before
    assert redis_client.scard(k.held(lost[0].hub)) == 100


def test_bare_commands_leave_the_line_as_it_was(line: Line, redis_client: redis.Redis) -> None:
    before = redis_client.dbsize(), redis_client.zcard(line.keys.waiting)
    assert figures.of_bare_commands(line, Meter(redis_client), figures.Scale(2_000)) > 0
    assert (redis_client.dbsize(), redis_client.zcard(line.keys.waiting)) == before


def test_line_whose_work_fails_is_not_measured(line: Line) -> None:
    line.hold(line.people[:1], "another process")
    line.people[0].hub = "one that does not hold it"
    with pytest.raises(RuntimeError, match="not held"):
        line.release(line.people[:1])
    with pytest.raises(RuntimeError, match="not restored: known"):
        line.restore(line.people[:1])
