"""The judge of the faults finds what is broken, and nothing where all is well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.faults import judge
from tests.journeys.calls import Call

SECOND = 1_000_000
# A room time like any other.
START = 1_795_000_000 * SECOND


def at(seconds: float) -> int:
    return START + round(seconds * SECOND)


def person(number: int, **changed: Any) -> judge.Person:
    """Number n joins at n seconds, sits until called at 100 + n, and is issued a certificate."""
    called = at(100 + number)
    usual = judge.Person(
        number=number,
        ticket=f"ticket{number}",
        joined_us=at(number),
        end="issued",
        expected="issued",
        calls=frozenset({called}),
        seated=((at(number + 0.1), called + 50_000),),
        certificates=(f"URN:{number}", f"URN:{number}"),
    )
    return replace(usual, **changed)


def evidence(*people: judge.Person, **changed: Any) -> judge.Evidence:
    people = people or tuple(person(number) for number in range(1, 6))
    usual = judge.Evidence(
        people=people,
        before={one.ticket: one.joined_us for one in people},
        after={one.ticket: one.joined_us for one in people[2:]},
        observed=frozenset((one.ticket, at_us) for one in people for at_us in one.calls),
        most_serving=2,
        rows=[(one.ticket, one.certificates[0], f"hash{one.number}") for one in people if one.end == "issued"],
        asked=[Call((at(100.1 + one.number)) * 1_000, 200, one.number) for one in people],
        searched=[one.number for one in people],
        limits=judge.Limits(active=2, per_minute=((0, 5),), registry_per_s=1),
    )
    return replace(usual, **changed)


def verdict(*people: judge.Person, **changed: Any) -> set[str]:
    return {text.partition(":")[0] for text in judge.broken_promises(evidence(*people, **changed))}


def test_nothing_is_broken_where_all_is_well() -> None:
    assert judge.broken_promises(evidence()) == []


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"faults": ("place_lost",), "end": "lapsed"}, {"places_lost", "not_ended"}),
        ({"end": "lapsed"}, {"places_lost", "not_ended"}),
        ({"faults": ("joined_at_changed",)}, {"places_lost"}),
        ({"end": None}, {"not_ended"}),
        ({"end": "failed"}, {"not_ended"}),
        ({"end": "refused"}, {"not_ended", "documents_differ"}),
        ({"end": "left"}, {"not_ended"}),
        ({"certificates": ("URN:1", "URN:8")}, {"documents_differ"}),
        ({"certificates": ("URN:1",), "joined_us": at(1.5)}, {"numbers_changed"}),
        ({"left_us": at(60)}, {"called_after_leaving"}),
    ],
)
def test_what_happened_to_one_person_is_found(changed: dict[str, Any], broken: set[str]) -> None:
    people = [person(1, **changed), *(person(number) for number in range(2, 6))]
    rows = [(one.ticket, f"URN:{one.number}", f"hash{one.number}") for one in people]
    assert verdict(*people, rows=rows, before={"ticket1": at(1)}, after={}) == broken


def test_a_leaver_may_leave_and_nobody_else() -> None:
    gone = person(1, end="left", leaves=True, left_us=at(60), calls=frozenset(), certificates=("", ""))
    assert verdict(gone, person(2)) == set()


def test_who_closes_the_page_without_a_word_may_be_called_for_a_moment_longer() -> None:
    for seconds, broken in ((97, set()), (95, {"called_after_leaving"})):
        gone = person(1, end="silent", leaves=True, left_us=at(seconds), seated=((at(1.1), at(seconds)),))
        assert verdict(gone, person(2)) == broken


def test_who_closes_the_page_while_the_web_process_dies_may_be_called_until_that_is_known() -> None:
    for sat_until, known, broken in (
        (95, 102, set()),
        (95, 100, {"called_after_leaving"}),
        (80, 102, {"called_after_leaving"}),
    ):
        gone = person(1, end="silent", leaves=True, left_us=at(sat_until), seated=((at(1.1), at(sat_until)),))
        assert verdict(gone, person(2), unheard=((at(94.5), at(known)),)) == broken


def test_who_is_called_before_somebody_sitting_there_has_overtaken() -> None:
    waits = person(1, calls=frozenset({at(110)}), seated=((at(1.1), at(110.05)),))
    assert verdict(waits, person(2)) == {"overtaken"}


def test_who_came_back_first_must_be_called_first() -> None:
    back = person(1, calls=frozenset({at(110)}), seated=((at(1.1), at(50)), (at(101), at(110.05))))
    assert verdict(back, person(2)) == {"overtaken"}


def test_who_has_not_come_back_yet_is_not_overtaken() -> None:
    back = person(1, calls=frozenset({at(110)}), seated=((at(1.1), at(50)), (at(103), at(110.05))))
    assert verdict(back, person(2)) == set()


def test_who_was_given_back_must_be_called_before_later_ones() -> None:
    calls = frozenset({at(60), at(110)})
    again = person(1, calls=calls, seated=((at(1.1), at(60.05)), (at(90), at(110.05))))
    assert verdict(again, person(2)) == {"overtaken"}
    soon = replace(again, calls=frozenset({at(60), at(101)}), seated=((at(1.1), at(60.05)), (at(90), at(101.05))))
    assert verdict(soon, person(2)) == set()


def test_a_call_counts_from_its_instant_and_not_from_when_it_was_heard() -> None:
    heard_late = person(1, seated=((at(1.1), at(130)),))
    assert verdict(heard_late, person(2)) == set()


def test_of_many_overtakings_three_are_told_and_all_are_counted() -> None:
    waits = person(1, calls=frozenset({at(150)}), seated=((at(1.1), at(150.05)),))
    seen = evidence(waits, *(person(number) for number in range(2, 10)), limits=judge.Limits(2, ((0, 9),), 1))
    told = judge.broken_promises(seen)
    assert len(told) == 4
    assert told[-1] == "overtaken: and 5 more like these"


def test_a_number_that_changed_or_belongs_to_nobody_is_found() -> None:
    assert verdict(after={"ticket3": at(4)}) == {"numbers_changed"}
    assert verdict(after={"ticket99": at(4)}) == {"numbers_changed"}


def test_two_rows_for_a_person_a_ticket_or_a_certificate_are_found() -> None:
    usual = list(evidence().rows)
    for row in (("ticket1", "URN:1", "hash9"), ("ticket9", "URN:9", "hash1")):
        assert "served_twice" in verdict(rows=[*usual, row])


def test_a_row_that_nobody_holds_is_found() -> None:
    assert verdict(rows=[*evidence().rows, ("ticket99", "URN:99", "hash99")]) == {"documents_differ"}


def test_asking_again_is_allowed_for_whom_the_fault_caught_and_once() -> None:
    asked = list(evidence().searched)
    assert verdict(searched=[*asked, 1]) == {"served_twice"}
    assert verdict(searched=[*asked, 1], caught=frozenset({1})) == set()
    assert verdict(searched=[*asked, 2], caught=frozenset({1})) == {"served_twice"}
    assert verdict(searched=[*asked, 1, 1], caught=frozenset({1})) == {"served_twice"}


def test_caps_hold_at_every_instant() -> None:
    assert verdict(most_serving=3) == {"caps_exceeded"}
    limits = evidence().limits
    assert verdict(limits=replace(limits, per_minute=((0, 4),))) == {"caps_exceeded"}
    assert verdict(limits=replace(limits, per_minute=((0, 4), (at(104.5), 5)))) == set()
    assert verdict(limits=replace(limits, per_minute=((0, 4), (at(106), 5)))) == {"caps_exceeded"}


def test_a_call_that_only_the_observer_saw_counts() -> None:
    seen = evidence().observed | {("ticket1", at(90))}
    assert verdict(observed=seen) == {"caps_exceeded"}


def test_a_second_of_the_registry_with_too_many_calls_is_found() -> None:
    asked = [*evidence().asked, Call(at(101.5) * 1_000, 200, None)]
    assert verdict(asked=asked) == {"registry_overrun"}
    assert verdict(asked=[*evidence().asked, Call(at(300) * 1_000, 429, None)]) == {"registry_overrun"}


def test_registry_that_is_ill_may_answer_what_it_likes() -> None:
    asked = [*evidence().asked, Call(at(300) * 1_000, 500, None)]
    assert verdict(asked=asked, ill=((at(299) * 1_000, at(301) * 1_000),)) == set()
    assert verdict(asked=asked, ill=((at(301) * 1_000, at(302) * 1_000),)) == {"registry_overrun"}


@pytest.mark.parametrize(("silent_s", "broken"), [(0.2, set()), (2.0, {"registry_overrun"}), (5.1, set())])
def test_call_into_a_pause_is_found(silent_s: float, broken: set[str]) -> None:
    told = Call(at(300) * 1_000, 429, None, retry_after_s=5)
    after = Call(at(300 + silent_s) * 1_000, 200, None)
    limits = replace(evidence().limits, registry_per_s=2)
    asked = [*evidence().asked, told, after]
    assert verdict(asked=asked, ill=((at(299) * 1_000, at(301) * 1_000),), limits=limits) == broken
