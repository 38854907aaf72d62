"""The page and the hub count down by one rule, written in two languages: both are asked the same."""

from __future__ import annotations

import json
import math
import random
import subprocess
from pathlib import Path
from typing import Any

from queueing import countdown
from tests.frontend.test_modules import NODE

PAGES = Path(__file__).parents[2] / "frontend" / "static" / "js" / "countdown.js"
ASK = f"""
import {{ readFileSync }} from 'node:fs';
import {{ position }} from '{PAGES.as_uri()}';
const cases = JSON.parse(readFileSync(0, 'utf-8'));
console.log(JSON.stringify(cases.map(([sighting, nowMs, shown]) => position(sighting, nowMs, shown ?? Infinity))));
"""
CASES = 5_000

Case = tuple[dict[str, Any], int, int | None]


def case(dice: random.Random) -> Case:
    """A frame and a look at the page: up to 5 s before it (a clock set back), and until long after it is stale."""
    at_ms, place = dice.randint(0, 10**6), dice.randint(1, 100_000)
    sighting = {
        "position": place,
        "pacePerS": dice.choice([None, 0, dice.uniform(0, 5), dice.uniform(0, 1_000)]),
        "atMs": at_ms,
        "lostAtMs": dice.choice([None, None, at_ms + dice.randint(-3_000, 70_000)]),
    }
    return sighting, at_ms + dice.randint(-5_000, 90_000), dice.choice([None, dice.randint(1, place)])


def ours(sighting: dict[str, Any], now_ms: int, shown: int | None) -> int:
    lost_at_ms = sighting["lostAtMs"]
    return countdown.position(
        countdown.Sighting(sighting["position"], sighting["pacePerS"], sighting["atMs"] / 1_000),
        now_ms / 1_000,
        math.inf if shown is None else shown,
        None if lost_at_ms is None else lost_at_ms / 1_000,
    )


def test_page_and_hub_show_the_same_number_in_thousands_of_cases() -> None:
    dice = random.Random(1)
    cases = [case(dice) for _ in range(CASES)]
    command = [NODE, "--input-type=module", "--eval", ASK]
    answered = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True, check=True)
    different = [
        (one, told) for one, told in zip(cases, json.loads(answered.stdout), strict=True) if told != ours(*one)
    ]
    assert different == []
