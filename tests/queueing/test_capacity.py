"""How much one process takes: by count, and by how late its event loop runs."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from queueing import capacity
from queueing.capacity import Capacity


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time passes when it is told to."""

    now_s = 100.0
    due: Callable[[], Any]

    def time(self) -> float:
        return self.now_s

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> Any:
        self.due = callback

    def passes(self, seconds: float, looked: bool = True) -> None:
        self.now_s += seconds
        if looked:
            self.due()


@pytest.fixture
def clock() -> Any:
    loop = Clock()
    yield loop
    loop.close()


def test_socket_beyond_the_most_is_asked_to_come_back(clock: Clock) -> None:
    process = Capacity(clock, most_sockets=2)
    with ExitStack() as open_sockets:
        for _ in range(2):
            open_sockets.enter_context(process.one_more_socket())
            assert process.may_connect()
        with process.one_more_socket():
            assert not process.may_connect()
        assert process.may_connect()
    assert process.sockets == 0


def test_no_more_than_a_second_s_work_is_taken_on(clock: Clock) -> None:
    process = Capacity(clock, most_sockets=100_000)
    with ExitStack() as stack:
        for _ in range(capacity.MOST_CONNECTING):
            assert process.may_connect()
            stack.enter_context(process.one_more_connecting())
        assert not process.may_connect()
        assert process.may_join()
        for _ in range(capacity.MOST_JOINING):
            stack.enter_context(process.one_more_joining())
        assert not process.may_join()
    assert process.may_connect() and process.may_join()


def test_who_is_late_lets_only_few_in_and_places_go_before_newcomers(clock: Clock) -> None:
    process = Capacity(clock, most_sockets=100_000)
    with ExitStack() as stack:
        for _ in range(capacity.FEW):
            stack.enter_context(process.one_more_connecting())
            stack.enter_context(process.one_more_joining())
        clock.passes(capacity.LOOK_S + capacity.TOO_LATE_TO_JOIN_S)
        assert (process.may_connect(), process.may_join()) == (True, False)
        clock.passes(capacity.LOOK_S + capacity.TOO_LATE_TO_CONNECT_S)
        assert (process.may_connect(), process.may_join()) == (False, False)
        clock.passes(capacity.LOOK_S)
        assert (process.may_connect(), process.may_join()) == (True, True)
    clock.passes(capacity.LOOK_S + 60)
    assert process.may_connect() and process.may_join()


def test_being_late_shows_before_the_loop_comes_round(clock: Clock) -> None:
    process = Capacity(clock, most_sockets=100_000)
    clock.passes(capacity.LOOK_S + 3, looked=False)
    assert process.late_s() == pytest.approx(3)


async def test_loop_that_is_on_time_is_not_late() -> None:
    process = Capacity(asyncio.get_running_loop(), most_sockets=1)
    assert process.late_s() <= 0


def test_crowd_is_asked_back_spread_out() -> None:
    asked = [capacity.come_back_after_s() for _ in range(1_000)]
    assert (min(asked), max(asked)) == (capacity.SOONEST_S, capacity.LATEST_S)


def test_as_many_sockets_as_files_leave_room_for_unless_somebody_says_otherwise() -> None:
    files, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert capacity.most_sockets(7) == 7
    assert 0.9 * files <= capacity.most_sockets(0) < files
