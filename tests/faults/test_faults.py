"""Real processes die before 500 people who wait. The long outages, and each fault for itself: `make faults`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import plays


@pytest.mark.timeout(300)
async def test_whatever_dies_everybody_keeps_the_place_and_is_served_once(tmp_path: Path) -> None:
    report = await plays.play("one_after_the_other", tmp_path, short=True)
    print(plays.line(report))
    assert report.broken == ()
