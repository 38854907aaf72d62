"""Lets Hypothesis think of histories, always the same ones for the same number; nothing is kept between runs."""

from __future__ import annotations

import itertools
from collections import Counter

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tests.queueing.model.judge import Broken
from tests.queueing.model.machine import Histories
from tests.queueing.model.scripts import Scripts

STEPS = 52
# After some ten histories Hypothesis would rather vary those than think of others: a fresh seed makes it think anew.
ROUND = 12
ROUNDS = 10_000


def explore(
    scripts: Scripts, histories: int, number: int, met: Counter[str] | None = None, shrink: bool = True
) -> Counter[str]:
    """Play so many histories that are long enough, the same ones for the same number; what they met. Raises: Broken."""
    met = Counter() if met is None else met
    broken: list[Broken] = []
    machine = type("Histories", (Histories,), {"scripts": scripts, "met": met, "broken": broken})
    for round_ in itertools.count():
        if met["histories"] >= histories:
            return met
        test = seed(number * ROUNDS + round_)(machine)
        wanted = min(ROUND, histories - met["histories"])
        try:
            run_state_machine_as_test(test, settings=_settings(wanted, shrink))
        except Flaky:
            # Which of many tickets a small budget cleans up is the server's dice: that need not break a second time.
            raise broken[0] from None
    raise AssertionError("unreachable")


def _settings(histories: int, shrink: bool) -> settings:
    return settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
