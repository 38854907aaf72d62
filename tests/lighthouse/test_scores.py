"""What is read out of Lighthouse's reports."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lighthouse import scores


def report(performance: float, practices: float = 1.0) -> dict[str, Any]:
    """As Lighthouse writes them, cut down to what is read."""
    audits = {
        "speed-index": {"id": "speed-index", "score": performance, "displayValue": "1.2 s"},
        "contrast": {"id": "contrast", "score": 1},
        "unweighted": {"id": "unweighted", "score": 0},
        "errors-in-console": {
            "id": "errors-in-console",
            "score": practices,
            "details": {"items": [{"description": "Failed to load"}]},
        },
    }
    refs = {
        "performance": [{"id": "speed-index", "weight": 10}],
        "accessibility": [{"id": "contrast", "weight": 7}, {"id": "unweighted", "weight": 0}],
        "best-practices": [{"id": "errors-in-console", "weight": 1}],
    }
    marks = {"performance": performance, "accessibility": 1, "best-practices": practices}
    return {
        "audits": audits,
        "categories": {name: {"score": marks[name], "auditRefs": refs[name]} for name in refs},
        "environment": {"benchmarkIndex": 1234.5},
    }


def test_what_cost_a_point_is_named_and_what_cost_none_is_not() -> None:
    seen = scores.read(report(0.93, practices=0.0))
    assert (seen.performance, seen.accessibility, seen.best_practices) == (93, 100, 0)
    assert seen.found == {
        "performance": ["speed-index: 1.2 s"],
        "accessibility": [],
        "best-practices": ["errors-in-console: Failed to load"],
    }


def test_speed_is_the_middle_one_and_the_rest_the_worst() -> None:
    seen = scores.median([scores.read(report(*marks)) for marks in ((0.97, 1.0), (0.3, 1.0), (0.96, 0.5))])
    assert (seen.performance, seen.best_practices) == (96, 50)
    assert seen.found["best-practices"] == ["errors-in-console: Failed to load"]


def test_page_that_could_not_be_looked_at_has_no_marks() -> None:
    with pytest.raises(RuntimeError, match="NO_FCP"):
        scores.read({"runtimeError": {"message": "NO_FCP"}})
