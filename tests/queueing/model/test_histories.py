"""The rules, by thousands of random histories; and single ones that once broke a rule, kept for good."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import redis

from tests.queueing.model import batches, planted, scripts
from tests.queueing.model.judge import Broken
from tests.queueing.model.play import USHER, Play

HISTORIES = 2_000


@pytest.mark.timeout(1_800)
def test_two_thousand_random_histories_break_no_rule(crew_urls: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    for progress in batches.played(crew_urls, HISTORIES):
        assert not progress.broken, progress.broken
    assert progress.met["histories"] >= HISTORIES
    with capsys.disabled():
        print(f"\n{progress.met['histories']:,} histories of 50 steps and more in {time.monotonic() - began:.0f} s")


def test_history_that_breaks_is_printed_so_that_it_can_be_played_again(redis_client: redis.Redis) -> None:
    forgetful = scripts.with_change(scripts.sources(), "advance", "total_active_users -", "total_active_users + 1 -")
    broken = scripts.Scripts(redis_client, forgetful)
    with pytest.raises(Broken) as first:
        _too_many(Play(broken))
    printed = [line.strip() for line in str(first.value).splitlines() if line.strip().startswith("play.")]
    with pytest.raises(Broken) as second:
        exec("\n".join(printed), {"play": Play(broken)})  # noqa: S102 what was printed is what is tested
    assert len(printed) == 11
    assert second.value.problem.split("called")[0] == first.value.problem.split("called")[0]
    broken.close()


def _too_many(play: Play) -> None:
    play.heartbeat("red")
    for ticket in "abcd":
        play.join(ticket)
        play.hold(ticket, "red")
    play.look("a")
    play.advance()


def test_every_planted_bug_names_a_rule() -> None:
    names = [bug.name for bug in planted.bugs()]
    assert len(names) == len(set(names)) >= 25
    assert {bug.rule for bug in planted.bugs()} == set(range(1, 10))


def test_every_planted_bug_stands_in_the_document() -> None:
    document = (Path(__file__).parents[3] / "docs" / "promises.md").read_text(encoding="utf-8")
    assert f"{len(planted.bugs())} deliberate bugs" in document
    assert not [bug.name for bug in planted.bugs() if f"{bug.name} (`{bug.file}`, " not in document]


@pytest.mark.timeout(1_800)
def test_every_planted_bug_is_found(crew_urls: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    searches = list(planted.searched(crew_urls))
    assert not [str(search) for search in searches if not search.found]
    slowest = max(search.histories for search in searches)
    took_s = time.monotonic() - began
    with capsys.disabled():
        print(f"\n{len(searches)} planted bugs found, each within {slowest} histories, in {took_s:.0f} s")


def test_attempt_that_was_given_back_has_the_ticket_no_more(play: Play) -> None:
    play.join("a")
    play.poll("a", 77)
    play.advance()
    play.claim("a")
    play.pass_time(3, USHER)
    play.pass_time(1)
    play.advance()
    (dead,) = play.attempts["a"]
    play.renew("a", dead)
    play.hand_back("a", dead)
    play.finish("a", dead, "refused", "no_record")
    play.claim("a")
    play.finish("a", play.attempts["a"][-1], "refused", "no_record")


def test_lapsed_lease_is_not_taken_over_before_it_is_counted(play: Play) -> None:
    play.join("a")
    play.poll("a", 196)
    play.advance()
    for _crash in range(3):
        play.claim("a")
        play.pass_time(3, USHER)
        play.pass_time(1)
        play.claim("a")
        play.advance()
    assert play.line.look("a").reason == "internal"


def test_nobody_of_a_line_that_has_ended_is_called_however_long_its_cleaning_up_takes(play: Play) -> None:
    for ticket in "abcde":
        play.join(ticket)
    play.publish(epoch=2)
    play.join("f")
    play.advance(100, 0)
    assert play.line.serving() == ["f"]


def test_ticket_given_back_after_the_end_of_its_line_is_not_called_again(play: Play) -> None:
    play.join("a")
    play.poll("a", 77)
    play.advance()
    play.publish(epoch=2)
    play.pass_time(3, USHER)
    play.pass_time(1)
    play.advance()
    play.advance()
    assert play.line.look("a").reason == "line_ended"


def test_clock_that_is_set_back_makes_nobody_absent(play: Play) -> None:
    play.heartbeat("red")
    play.join("a")
    play.hold("a", "red")
    play.clock_falls_back(3_600)
    play.join("b")
    play.advance()
    assert play.line.serving() == ["a", "b"]


def test_ticket_called_twice_counts_twice_while_the_clock_is_behind(play: Play) -> None:
    play.join("a")
    play.clock_falls_back(3_600)
    for _again in range(5):
        play.advance()
        play.claim("a")
        play.hand_back("a", play.attempts["a"][-1])
    play.advance()
    assert play.line.serving() == []


def test_ticket_held_by_a_process_that_never_gives_a_sign_of_life_is_found_absent(play: Play) -> None:
    play.publish(state="paused")
    play.join("a")
    play.hold("a", "red")
    play.pass_time(110, USHER)
    assert play.line.look("a").reason == "away_too_long"


def test_order_is_as_before_for_those_who_return_after_a_loss_in_any_order(play: Play) -> None:
    for ticket in "abc":
        play.join(ticket)
    play.lose()
    for ticket in "cab":
        play.restore(ticket, "red")
    play.heartbeat("red")
    play.advance()
    assert (play.line.waiting(), play.line.serving()) == (["a", "b", "c"], [])
    play.pass_time(12, "red", USHER)
    play.advance(1)
    assert play.line.serving() == ["a"]


def test_nobody_is_told_gone_before_a_restart_is_noticed(play: Play) -> None:
    play.advance()
    play.reach_the_disk()
    play.join("a")
    play.restart()
    play.restore("a")
    assert play.met["restore: unready"] == 1
    play.advance()
    play.restore("a")
    assert play.line.waiting() == ["a"]


def test_repeats_are_answered_as_the_first_time(play: Play) -> None:
    play.pass_time(4, USHER)
    play.heartbeat("red")
    play.again()
    play.join("a")
    play.hold("a", "red")
    play.advance()
    play.claim("a")
    play.again()
    play.renew("a", play.attempts["a"][-1])
    play.release("a", "red")
    play.again()
    assert play.line.serving() == ["a"]


def test_polls_of_before_a_standstill_count_until_everybody_could_poll_again(play: Play) -> None:
    play.heartbeat("red")
    play.join("a")
    play.poll("a", 26)
    play.join("b")
    play.hold("b", "red")
    play.advance(0)
    play.pass_time(20)
    play.advance()
    play.pass_time(4, "red", USHER)
    play.advance(1)
    assert play.line.serving() == ["a"]


def test_clock_set_back_to_before_a_birth_stops_nobody(play: Play) -> None:
    play.heartbeat("red")
    play.join("a")
    play.lose()
    play.restore("a", "red")
    play.heartbeat("red")
    play.clock_falls_behind_the_birth(3_600)
    play.advance()
    assert play.line.serving() == ["a"]


def test_outcome_that_ran_out_while_redis_was_away_is_no_lost_ticket(play: Play) -> None:
    play.pass_time(72)
    play.join("a")
    play.advance(0)
    play.leave("a")
    play.pass_time(8)
    play.restart()
    play.advance()
    play.restore("a", "red")
    assert play.met["restore: gone"] == 1


def test_instants_of_calls_rise_while_the_clock_is_behind(play: Play) -> None:
    for ticket in "ab":
        play.join(ticket)
    play.clock_falls_back(3_600)
    play.advance(1)
    play.advance(1)
    assert play.line.tickets["a"].called_us < play.line.tickets["b"].called_us


def test_line_that_was_never_advanced_has_stood_still_since_its_birth(play: Play) -> None:
    play.heartbeat("red")
    play.join("a")
    play.hold("a", "red")
    play.release("a", "red")
    play.pass_time(72)
    play.heartbeat("red")
    play.advance()
    assert play.line.waiting() == ["a"]
