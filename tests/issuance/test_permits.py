import functools
import itertools
import time
import uuid

import pytest
import redis

from issuance import errors, permits
from tests.queueing import processes

CONTRACT_PER_S = 50


def reserve(store, _number, name, count):
    bucket = permits.Permits(store.client, CONTRACT_PER_S, name, max_sleep_ms=600_000)
    return [bucket.reserve().slot_us for _ in range(count)]


def give_back_half(store, _number, name, count):
    bucket = permits.Permits(store.client, CONTRACT_PER_S, name, max_sleep_ms=600_000)
    kept = []
    for turn in range(count):
        slot = bucket.reserve().slot_us
        if turn % 2 and bucket.give_back(slot):
            bucket.give_back(slot)
        else:
            kept.append(slot)
    return kept


def call_at_once(store, _number, name, count):
    """The most calls under way that each of so many saw."""
    bucket = permits.Permits(store.client, 1_000, name, at_once=3)
    seen = []
    while len(seen) < count:
        try:
            ended = bucket.take()
        except errors.NoPermit:
            continue
        seen.append(store.client.zcard(f"{{permit:{name}}}:under_way"))
        time.sleep(0.005)
        ended()
    return max(seen)


def pause(store, number, name):
    bucket = permits.Permits(store.client, 10, name)
    return [bucket.pause(100 + number + step) for step in range(20)]


@pytest.fixture(scope="module")
def crowd():
    with processes.running_crowd() as crowd:
        yield crowd


@pytest.fixture
def at_once(crowd, redis_url):
    """What each of eight processes returns that do so at the same time."""
    return functools.partial(crowd.at_once, redis_url)


@pytest.fixture
def client(redis_url):
    with redis.Redis.from_url(redis_url) as connection:
        yield connection


@pytest.fixture
def name():
    return uuid.uuid4().hex


def warmed(client, name, rate_per_s=CONTRACT_PER_S, **options):
    """A bucket that was there before: its first slot, which is now, is taken."""
    client.mset({f"{{permit:{name}}}:tat": 1, f"{{permit:{name}}}:run": client.info("server")["run_id"]})
    bucket = permits.Permits(client, rate_per_s, name, **options)
    bucket.reserve()
    return bucket


def test_eight_processes_never_hold_more_slots_in_a_second_than_the_contract(at_once, client, name):
    warmed(client, name)
    answers = at_once(reserve, name, 100)

    slots = sorted(slot for answer in answers for slot in answer)
    interval_us = permits.Permits(client, CONTRACT_PER_S, name).interval_us
    assert len(slots) == 100 * processes.PROCESSES
    assert min(later - earlier for earlier, later in itertools.pairwise(slots)) >= interval_us
    assert all(
        sum(start <= slot < start + 1_000_000 for slot in slots) <= permits.SHARE_OF_CONTRACT * CONTRACT_PER_S
        for start in slots
    )


def test_eight_processes_that_give_back_half_of_their_slots_share_none(at_once, client, name):
    warmed(client, name)
    answers = at_once(give_back_half, name, 100)

    slots = sorted(slot for answer in answers for slot in answer)
    interval_us = permits.Permits(client, CONTRACT_PER_S, name).interval_us
    gaps_us = [later - earlier for earlier, later in itertools.pairwise(slots)]
    assert min(gaps_us) >= interval_us
    # Nearly all that were given back were used by somebody.
    assert sum(gap_us > 1.5 * interval_us for gap_us in gaps_us) < len(slots) / 10


def test_the_longest_of_many_concurrent_pauses_counts(at_once, client, name):
    at_once(pause, name)

    left_s = permits.Permits(client, 10, name).pause(0)
    longest_s = 100 + processes.PROCESSES - 1 + 19
    assert longest_s - 60 < left_s <= longest_s


def test_a_slot_beyond_the_longest_sleep_is_not_taken(client, name):
    bucket = warmed(client, name, rate_per_s=1, max_sleep_ms=0)

    first, second = bucket.reserve(), bucket.reserve()

    assert first.later_ms > second.later_ms > 0
    assert (first.slot_us, first.sleep_ms) == (0, 0)


def test_take_says_when_to_come_back_instead_of_waiting_long(client, name):
    bucket = warmed(client, name, rate_per_s=0.01)

    with pytest.raises(errors.NoPermit) as caught:
        bucket.take()

    assert 90 < caught.value.retry_after_s < 225


def test_no_slot_lies_inside_a_pause_whoever_asked_for_it(client, redis_url, name):
    bucket = warmed(client, name)
    with redis.Redis.from_url(redis_url) as other:
        permits.Permits(other, CONTRACT_PER_S, name).pause(2)
        ends_at_us = _now_us(client) + client.pttl(f"{{permit:{name}}}:pause") * 1_000

    slots = [bucket.reserve().slot_us for _ in range(5)]

    assert slots[0] >= ends_at_us - 1_000
    assert [later - earlier for earlier, later in itertools.pairwise(slots)] == [bucket.interval_us] * 4


def test_a_pause_longer_than_the_longest_sleep_gives_no_slot(client, name):
    bucket = warmed(client, name)
    bucket.pause(60)

    reservation = bucket.reserve()

    assert reservation.slot_us == 0
    assert 0 < reservation.later_ms <= 60_001 - permits.LONGEST_SLEEP_MS


def test_a_shorter_pause_does_not_shorten_a_longer_one(client, name):
    bucket = permits.Permits(client, CONTRACT_PER_S, name)

    assert bucket.pause(100) == 100
    assert 60 < bucket.pause(1) <= 100


def test_no_header_pauses_for_longer_than_the_cap(client, name):
    assert permits.Permits(client, CONTRACT_PER_S, name).pause(1e9) == errors.LONGEST_RETRY_S


def test_a_pause_of_nothing_is_none(client, name):
    assert permits.Permits(client, CONTRACT_PER_S, name).pause(0) == 0
    assert not client.exists(f"{{permit:{name}}}:pause")


def test_a_pause_that_begins_during_the_sleep_holds_the_sleeper_back(client, name):
    bucket = warmed(client, name, rate_per_s=1)
    asked, seen = [], []

    def meanwhile():
        asked.append(1)
        if len(asked) == 2:
            bucket.pause(1.5)
            seen.append(_now_us(client) + client.pttl(f"{{permit:{name}}}:pause") * 1_000)

    bucket.take(meanwhile)

    assert _now_us(client) >= seen[0]


class Watched(permits.Permits):
    """Tells of every slot; `then` happens once the first is reserved."""

    def __init__(self, *args, then=lambda: None, **options):
        super().__init__(*args, **options)
        self.slots, self.then = [], then

    def reserve(self):
        reservation = super().reserve()
        self.slots.append(reservation.slot_us)
        if len(self.slots) == 1:
            self.then()
        return reservation


def test_an_overslept_slot_is_not_used(client, name):
    warmed(client, name, rate_per_s=4)
    bucket = Watched(client, 4, name)
    asked = []

    def stall():
        asked.append(1)
        if len(asked) == 2:
            time.sleep(1.5)

    bucket.take(stall)

    assert len(bucket.slots) == 2
    assert bucket.slots[1] >= bucket.slots[0] + bucket.interval_us


@pytest.mark.parametrize("is_free_at_once", [False, True])
def test_a_slot_at_which_redis_stood_still_is_not_used(client, name, is_free_at_once):
    warmed(client, name, rate_per_s=1.2)
    if is_free_at_once:
        client.set(f"{{permit:{name}}}:tat", 1)
    # A sleep goes on meanwhile and ends in time: late is the answer behind it.
    bucket = Watched(client, 1.2, name, then=lambda: client.client_pause(200 if is_free_at_once else 1_200))

    bucket.take()

    assert len(bucket.slots) == 2
    assert bucket.slots[1] >= bucket.slots[0] + bucket.interval_us


def test_a_slot_of_a_clock_that_was_set_back_is_not_slept_for(client, name):
    assert permits.Permits(client, CONTRACT_PER_S, name)._fate(_now_us(client) + 3_600_000_000, "call") == "late"


def test_whoever_waits_is_asked_before_a_slot_is_reserved_and_once_more_at_the_slot(client, name):
    bucket = warmed(client, name, rate_per_s=4)
    taken = int(client.get(f"{{permit:{name}}}:tat"))
    asked_us, reserved = [], []

    def look():
        asked_us.append(_now_us(client))
        reserved.append(int(client.get(f"{{permit:{name}}}:tat")) > taken)

    bucket.take(look)

    slot_us = int(client.get(f"{{permit:{name}}}:tat")) - bucket.interval_us
    assert reserved == [False, True, True]
    assert slot_us - 2_000 * permits.STALE_AFTER_MS <= asked_us[-1]


def test_nothing_is_reserved_for_somebody_who_has_gone(client, name):
    bucket = warmed(client, name, rate_per_s=1)
    before = client.get(f"{{permit:{name}}}:tat")

    def gone():
        raise errors.PersonAway("ticket gone")

    with pytest.raises(errors.PersonAway):
        bucket.take(gone)
    assert client.get(f"{{permit:{name}}}:tat") == before


def test_slot_of_somebody_who_goes_is_the_next_ones(client, name):
    warmed(client, name, rate_per_s=2)
    bucket = Watched(client, 2, name)
    asked = []

    def goes():
        asked.append(1)
        if len(asked) == 2:
            raise errors.PersonAway("ticket gone")

    with pytest.raises(errors.PersonAway):
        bucket.take(goes)
    bucket.take()

    assert bucket.slots[1] == bucket.slots[0]


def test_slot_given_back_is_given_once_more_and_never_twice(client, name):
    bucket = warmed(client, name)
    first, second, third = (bucket.reserve().slot_us for _ in range(3))

    assert bucket.give_back(second)
    assert not bucket.give_back(second)
    again = bucket.reserve().slot_us
    # Repeated by a connection whose answer was lost.
    assert not bucket.give_back(second)

    assert (again, bucket.reserve().slot_us) == (second, third + bucket.interval_us)
    assert first < second < third


def test_earliest_of_the_slots_given_back_comes_first(client, name):
    bucket = warmed(client, name)
    slots = [bucket.reserve().slot_us for _ in range(4)]

    for slot in reversed(slots[1:]):
        assert bucket.give_back(slot)

    assert [bucket.reserve().slot_us for _ in range(3)] == slots[1:]


def test_slot_that_has_passed_or_lies_in_a_pause_is_nobodys(client, name):
    bucket = warmed(client, name, rate_per_s=100)
    passed, near = bucket.reserve().slot_us, bucket.reserve().slot_us
    while _now_us(client) <= passed:
        pass
    assert not bucket.give_back(passed)
    bucket.give_back(near)
    bucket.pause(1)
    assert bucket.reserve().slot_us > near + 900_000


def test_slots_given_back_before_a_loss_are_not_given_again(client, name):
    bucket = warmed(client, name)
    slot = bucket.reserve().slot_us
    assert bucket.give_back(slot)

    client.set(f"{{permit:{name}}}:run", "the one before")

    assert bucket.reserve().slot_us >= slot + permits.LONGEST_SLEEP_MS * 900
    assert not client.exists(f"{{permit:{name}}}:free")


def test_slots_given_back_leave_nothing_behind(client, name):
    bucket = warmed(client, name)
    for _ in range(50):
        slot = bucket.reserve().slot_us
        bucket.give_back(slot)

    assert 0 < client.pttl(f"{{permit:{name}}}:free") <= 10 * permits.LONGEST_SLEEP_MS
    assert client.zcard(f"{{permit:{name}}}:free") <= 50


def test_scripts_survive_a_flush(client, name):
    bucket = warmed(client, name)
    client.script_flush()

    assert bucket.reserve().slot_us
    client.script_flush()
    assert bucket.pause(1) == 1


def test_a_lost_bucket_starts_behind_every_slot_that_may_have_been_promised(client, name):
    bucket = permits.Permits(client, CONTRACT_PER_S, name)
    before_us = _now_us(client)

    assert bucket.reserve().slot_us >= before_us + permits.LONGEST_SLEEP_MS * 1_000


def test_redis_that_came_back_without_its_last_second_promises_no_slot_twice(client, name):
    bucket = warmed(client, name)
    on_disk = client.get(f"{{permit:{name}}}:tat")
    promised = [bucket.reserve().slot_us for _ in range(20)]

    client.mset({f"{{permit:{name}}}:tat": on_disk, f"{{permit:{name}}}:run": "the one before"})
    again = bucket.reserve().slot_us

    assert again >= promised[-1] + bucket.interval_us
    assert again >= promised[0] - bucket.interval_us + permits.LONGEST_SLEEP_MS * 1_000
    assert int(client.get(f"{{permit:{name}}}:tat")) == again + bucket.interval_us
    assert client.get(f"{{permit:{name}}}:run").decode() == client.info("server")["run_id"]


def test_a_lost_bucket_of_a_slow_contract_gives_slots_in_the_end(client, name):
    bucket = permits.Permits(client, 4, name, max_sleep_ms=100)

    first, second = bucket.reserve(), bucket.reserve()

    assert first.later_ms > second.later_ms > 0


def test_a_clock_set_back_does_not_stop_the_line_for_hours(client, name):
    bucket = permits.Permits(client, CONTRACT_PER_S, name)
    client.set(f"{{permit:{name}}}:tat", _now_us(client) + 3_600_000_000)

    assert 0 < bucket.reserve().sleep_ms <= permits.LONGEST_SLEEP_MS


def test_buckets_of_other_contracts_are_apart(client, name):
    bucket = warmed(client, name)
    bucket.pause(100)

    assert permits.Permits(client, CONTRACT_PER_S, name + "-other").pause(0) == 0


def test_eight_processes_together_never_have_more_calls_under_way_than_may_be(at_once, client, name):
    warmed(client, name, rate_per_s=1_000)

    assert max(at_once(call_at_once, name, 10)) <= 3
    assert client.zcard(f"{{permit:{name}}}:under_way") == 0


def test_call_waits_until_one_has_ended(client, name):
    bucket = warmed(client, name, rate_per_s=1_000, at_once=1)
    ended = bucket.take()

    with pytest.raises(errors.NoPermit, match="one too many"):
        bucket.take()
    ended()

    bucket.take()


def test_call_whose_end_nobody_told_is_taken_for_dead(client, name):
    bucket = warmed(client, name, rate_per_s=1_000, at_once=1)
    bucket.take()
    under_way = f"{{permit:{name}}}:under_way"
    assert 0 < client.pttl(under_way) <= 1_000 * permits.DEAD_AFTER_S
    client.zadd(under_way, dict.fromkeys(client.zrange(under_way, 0, -1), 1))

    bucket.take()


def test_without_a_limit_nothing_is_counted(client, name):
    bucket = warmed(client, name, rate_per_s=1_000)
    bucket.take()

    assert not client.exists(f"{{permit:{name}}}:under_way")


def test_all_keys_share_one_hash_tag(client, name):
    warmed(client, name).pause(10)

    assert {key.decode().split("}")[0] for key in client.keys(f"*{name}*")} == {f"{{permit:{name}"}


def test_without_redis_there_is_no_permit():
    nobody = redis.Redis(port=1, retry=None, socket_connect_timeout=1)

    with nobody, pytest.raises(errors.NoPermit):
        permits.Permits(nobody, CONTRACT_PER_S).take()


def test_a_rate_of_nothing_is_refused(client):
    with pytest.raises(ValueError, match="above 0"):
        permits.Permits(client, 0)


def _now_us(client):
    seconds, microseconds = client.time()
    return seconds * 1_000_000 + microseconds
