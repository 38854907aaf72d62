"""What pages say of numbers before the scripts take over: the same as these say afterwards."""

from __future__ import annotations

import json

import pytest

from project.local import folders
from queueing import wire
from queueing.pages import phases, sentences, words
from tests.queueing.pages import node

FORMATTING = folders.ROOT / "frontend" / "static" / "js" / "formatting.js"
PACES = [0.0001, 0.008, 0.0084, 0.01, 0.155, 0.159, 0.17, 2.31, 7.77, 20.0, 199.9]
ENGLISH = words.Words("en")
ROOM = {"slug": "test", "title": "Passports", "mode": "issue", "notice": None, "notice_level": "info", "waiting": 2}
CALLED = {"state": "open", "state_reason": None, "wait_s": (50, 70), "grace_period_s": 300}


def said(wait_s: tuple[int, int] | None, paused: str | None = None, position: int = 3) -> dict[str, str]:
    known = dict.fromkeys(wire.TicketOut.model_fields) | {"state": "waiting", "reference": "K7F-2QMX"}
    told = {"position": position, "wait_s": wait_s, "paused": paused, "kept_for_s": 120, "poll_after_s": 5}
    return sentences.of_ticket(ENGLISH, wire.TicketOut.model_validate(known | told), now_s=0.0)


@pytest.mark.parametrize(
    ("wait_s", "words"), [((20, 59), "less than a minute"), ((20, 60), "1 minute"), ((50, 70), "1–2 minutes")]
)
def test_wait_that_is_over_within_a_minute_is_told_in_words(wait_s: tuple[int, int], words: str) -> None:
    assert said(wait_s)["wait"] == words


def test_pace_is_that_of_the_wait_where_this_is_a_minute_and_known_and_the_line_moves() -> None:
    assert said((300, 400), position=70)["pace"] == "The line moves by about 12 places a minute"
    assert said((3_000, 4_000), position=5)["pace"] == "The line moves slowly just now"
    assert "pace" not in said(None, position=70)
    assert "pace" not in said((20, 50), position=70)
    assert "pace" not in said((300, 400), "Lunch.", position=70)


@pytest.mark.parametrize(
    ("changes", "sentences_said"),
    [
        ({}, "Expect to wait 1–2 minutes."),
        ({"wait_s": None}, ""),
        (
            {"state": "paused", "state_reason": "Lunch until one."},
            (
                "The line stands still: Lunch until one. You can join it all the same. "
                "Expect to wait 1–2 minutes once the line moves again."
            ),
        ),
        (
            {"state": "paused", "wait_s": None},
            "The line stands still: staff have paused it. You can join it all the same.",
        ),
    ],
)
def test_newcomer_is_told_why_the_line_stands_still_and_from_when_the_wait_counts(
    changes: dict[str, object], sentences_said: str
) -> None:
    room = wire.RoomOut.model_validate(ROOM | CALLED | changes)
    page = sentences.of_page(ENGLISH, phases.Phase("form"), room, None, now_s=0.0)
    assert page["crowd"] == f"2 people are waiting at the moment. {sentences_said}".strip()


def test_page_and_scripts_round_a_pace_alike() -> None:
    ask = f"import {{ perMinute }} from '{FORMATTING.as_uri()}'; console.log(JSON.stringify({PACES}.map(perMinute)))"
    theirs = json.loads(node.run("--input-type=module", "--eval", ask))
    assert [sentences.per_minute(pace) for pace in PACES] == theirs
