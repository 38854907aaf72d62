from __future__ import annotations

import random

import msgpack
import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from queueing import ladder
from tests.queueing.lines import Line


def of(numbers: list[int]) -> ladder.Ladder:
    """The ladder of a line, made as lua/ladder.lua makes it."""
    ranks, rank = list(range(1, min(len(numbers), 100) + 1)), 100
    while len(numbers) > 100:
        rank = max(rank + 1, int(rank * 1.01))
        ranks.append(min(rank, len(numbers)))
        if rank >= len(numbers):
            break
    return ladder.Ladder("life", 0, ranks, [numbers[rank - 1] for rank in ranks])


def read(line: Line) -> ladder.Ladder:
    assert line.store.run(line.room.ladder())
    found = ladder.parse(line.client.get(line.keys.ladder))
    assert found is not None
    return found


@given(st.lists(st.integers(1, 1_000_000), min_size=1, max_size=3_000, unique=True))
@settings(max_examples=100, deadline=None)
def test_everybody_is_placed_exactly_in_the_first_hundred_and_within_one_percent_behind(numbers: list[int]) -> None:
    numbers.sort()
    rungs = of(numbers)
    for position, number in enumerate(numbers, start=1):
        assert abs(rungs.position(number) - position) <= (0 if position <= 100 else 0.01 * position)


def test_positions_never_grow_with_smaller_numbers() -> None:
    dice = random.Random(1)
    numbers = sorted(dice.sample(range(10_000_000), 20_000))
    rungs = of(numbers)
    placed = [rungs.position(number) for number in numbers]
    assert placed == sorted(placed)


def test_newcomer_stands_behind_all_and_nobody_before_the_first() -> None:
    rungs = of([10, 20, 30])
    assert (rungs.position(31), rungs.position(30), rungs.position(5), rungs.position(10)) == (4, 3, 1, 1)
    assert of([]).position(7) == 1


@pytest.mark.parametrize("packed", [b"", b"\xc1", b"nonsense", msgpack.packb([1, 2]), msgpack.packb("text")])
def test_ladder_that_cannot_be_read_is_none(packed: bytes) -> None:
    assert ladder.parse(packed) is None
    assert ladder.parse(None) is None


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 102, 5_000])
def test_ladder_of_a_real_line_says_where_everybody_stands(redis_client: redis.Redis, size: int) -> None:
    line = Line(redis_client)
    first = 1_795_358_216_951_998
    numbers = [first + 997 * place for place in range(size)]
    if numbers:
        line.client.zadd(line.keys.waiting, {f"t{number}": number for number in numbers})
    rungs = read(line)
    assert rungs.waiting == size
    assert list(rungs.numbers) == list(of(numbers).numbers)
    for position, number in enumerate(numbers, start=1):
        assert abs(rungs.position(number) - position) <= (0 if position <= 100 else 0.01 * position)


def test_one_of_many_ushers_reads_the_line(redis_client: redis.Redis) -> None:
    line = Line(redis_client)
    assert line.store.run(line.room.ladder()) is True
    assert line.store.run(line.room.ladder()) is False
    line.client.delete(line.keys.ladder, line.keys.incarnation)
    assert line.store.run(line.room.ladder()) is False


def trail_of(*ladders: ladder.Ladder) -> ladder.Trail:
    trail = ladder.Trail()
    for one in ladders:
        trail.add(one)
    return trail


def at(second: float, *numbers: int, life: str = "a") -> ladder.Ladder:
    return ladder.Ladder(life, int(second * 1e6), range(1, len(numbers) + 1), numbers)


def test_trail_says_how_fast_a_place_has_been_falling() -> None:
    trail = trail_of(at(0, *range(100, 200)), at(10, *range(150, 200)))
    assert trail.pace_per_s(190) == 5.0
    assert trail.pace_per_s(150) == 5.0


def test_newcomers_fall_like_the_last_who_was_there_before() -> None:
    trail = trail_of(at(0, *range(100, 200)), at(10, *range(150, 300)))
    assert trail.pace_per_s(299) == 5.0


def test_trail_knows_nothing_at_first_and_after_a_loss() -> None:
    assert ladder.Trail().pace_per_s(1) is None
    assert trail_of(at(0, 100), at(4, 100)).pace_per_s(100) is None
    assert trail_of(at(0, 100, 101), at(10, 101), at(20, 101, life="b")).pace_per_s(101) is None


def test_trail_forgets_what_was_half_a_minute_ago_and_never_rises() -> None:
    trail = trail_of(at(0, *range(100)), at(10, *range(50, 100)), at(40, *range(50, 100)))
    assert trail.pace_per_s(99) == 0.0
    assert trail_of(at(0, 5), at(10, 3, 5)).pace_per_s(5) == 0.0


@pytest.mark.parametrize(("per_s", "then_per_s"), [(10, 0), (10, 30), (50, 25), (4, 0)])
def test_line_that_stops_or_speeds_up_is_noticed_within_seconds(per_s: int, then_per_s: int) -> None:
    trail, first = ladder.Trail(), 0
    for second in range(36):
        trail.add(at(second, *range(first, 3_000)))
        first += per_s if second < 30 else then_per_s
    assert trail.pace_per_s(2_999) == pytest.approx(then_per_s)


def test_chance_alone_does_not_count_as_a_change() -> None:
    trail, first = ladder.Trail(), 0
    for second in range(31):
        trail.add(at(second, *range(first, 3_000)))
        first += 10 if second < 25 else 12
    assert trail.pace_per_s(2_999) == pytest.approx((25 * 10 + 5 * 12) / 30)
