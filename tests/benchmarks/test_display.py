from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis

from benchmarks.display import ear
from benchmarks.display.crowd import Person
from benchmarks.display.judge import Judge
from benchmarks.display.office import Desk
from benchmarks.display.page import Page
from queueing import tickets
from tests.queueing.lines import Line

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    return Line(redis_client)


def frame(position: int | None, pace: float | None = None, state: str = "waiting", corrected: str | None = None) -> str:
    told = {"type": "state", "state": state, "position": position, "pace_per_s": pace, "corrected": corrected}
    return json.dumps(told)


def test_whole_benchmark_of_a_small_room_ends_in_one_json_object() -> None:
    small = ["--sizes", "40", "80", "--judged", "80", "--warm", "1", "--counted", "1", "--seconds", "3"]
    command = [sys.executable, "-m", "benchmarks.display", "--json", *small]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout.splitlines()[-1])
    assert measured["redis_commands_per_s"].keys() == {"40", "80"}
    assert all(per_s > 0 for per_s in measured["redis_commands_per_s"].values())
    assert measured["frames_per_person_minute"] > 0
    assert measured["worst_error"] >= 0
    assert measured["rises"] >= 0
    assert measured["told_larger"] >= 0


def test_page_counts_down_between_frames_and_hears_the_next_one_at_what_it_shows() -> None:
    page = Page()
    assert page.look(0.0) is None
    page.hear(frame(100, 2.0), 0.0)
    assert [page.look(at_s) for at_s in (0.0, 1.0, 5.0)] == [100, 98, 90]
    page.hear(frame(95, 2.0), 10.0)
    assert page.look(10.0) == 80
    assert page.look(20.0) == 75
    assert (page.frames, page.rises, page.told_larger) == (2, 0, 1)


def test_number_that_is_larger_on_the_next_page_than_on_the_last_one_has_risen_once(line: Line) -> None:
    person = Person(ticket_of(line, "a"))
    person.page.hear(frame(100, 1.0), 0.0)
    person.page.look(10.0)
    back = Person(person.ticket, person)
    back.page.hear(frame(93, 1.0), 12.0)
    assert [back.page.look(at_s) for at_s in (12.0, 13.0)] == [93, 92]
    assert (person.page.rises, back.page.rises, back.page.told_larger) == (0, 1, 0)


def test_number_that_is_corrected_has_not_risen() -> None:
    page = Page(seen=80)
    page.hear(frame(90, corrected="restored"), 0.0)
    page.hear(frame(95, corrected="restored"), 1.0)
    assert (page.look(1.0), page.rises, page.told_larger) == (95, 0, 0)
    page.hear(frame(99), 2.0)
    assert (page.look(2.0), page.rises, page.told_larger) == (95, 0, 1)


def test_page_of_somebody_called_shows_no_position_and_ends_with_the_outcome() -> None:
    page = Page()
    page.hear(frame(3), 0.0)
    page.hear(json.dumps({"type": "notice", "text": "", "level": "info"}), 0.5)
    assert page.look(0.5) == 3
    page.hear(frame(None, state="serving"), 1.0)
    assert page.look(1.0) is None and not page.ended
    page.hear(frame(None, state="issued"), 2.0)
    assert page.ended


def ticket_of(line: Line, id_: str) -> tickets.Ticket:
    return tickets.Ticket("test", id_, 1, "life", 1, b"", b"", b"")


@pytest.mark.parametrize(
    ("shown", "calls_per_s", "error"),
    [
        (60, 0.0, 0.0),
        (63, 0.0, 3 / 60),
        (63, 1.0, 0.0),
        (90, 5.0, 15 / 60),
        (50, 0.0, 10 / 60),
    ],
)
def test_error_is_what_exceeds_three_seconds_of_pace_by_the_position(
    line: Line, redis_client: redis.Redis, shown: int, calls_per_s: float, error: float
) -> None:
    line.join(*[f"t{place:02}" for place in range(60)])
    person = Person(ticket_of(line, "t59"))
    person.page.hear(frame(shown), 0.0)
    redis_client.zadd(line.keys.calls, {f"{round(10 * calls_per_s)} t00 1": redis_client.time()[0] * 1_000_000})
    crowd: Any = SimpleNamespace(people={person.member: person})
    judge = Judge(redis_client, crowd, "test")
    judge.look()
    assert judge.verdict.worst == pytest.approx(error)
    assert judge.verdict.waiting == [60]
    assert judge.verdict.bands[500].most_places == abs(shown - 60)
    assert bool(judge.verdict.cases) == (error > 0)


def test_near_the_door_one_place_counts_as_one_in_fifty(line: Line, redis_client: redis.Redis) -> None:
    line.join("a", "b", "c")
    person = Person(ticket_of(line, "c"))
    person.page.hear(frame(4), 0.0)
    crowd: Any = SimpleNamespace(people={person.member: person})
    judge = Judge(redis_client, crowd, "test")
    judge.look()
    assert judge.verdict.worst == pytest.approx(1 / 50)


def test_commands_are_counted_as_they_are_sent_and_ours_are_left_out(
    line: Line, redis_url: str, redis_client: redis.Redis
) -> None:
    line.join("a")
    line.look("a")
    with redis.Redis.from_url(redis_url, single_connection_client=True) as own:
        address = str(own.client_info()["addr"])
        with ear.listening(redis_url, except_for={address}) as heard:
            own.get("ours")
            line.look("a")
            redis_client.get("theirs")
            redis_client.get("theirs")
            own.get("ours")
    assert heard.commands == {"script look": 1, "get": 2}
    assert heard.total_per_s == pytest.approx(3 / heard.seconds)


def test_workers_of_the_desk_serve_whom_it_is_handed(line: Line) -> None:
    line.join("a", "b")
    desk = Desk(line.store, "test", lambda _at_s: 1_000.0)
    desk.hand_over("test", line.call())
    assert desk.backlog() == 2
    stop = threading.Event()
    thread = threading.Thread(target=desk.work, args=(stop,))
    thread.start()
    while line.look("b").state != "issued":
        stop.wait(0.01)
    stop.set()
    thread.join()
    assert (desk.backlog(), line.where("a")) == (0, {"outcome"})
