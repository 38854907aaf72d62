"""Which fault is played before which crowd."""

from __future__ import annotations

import asyncio
import json
import math
import shutil
import tempfile
import traceback
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.faults import breaks, run
from tests.faults.scene import Fault

HEADING = f"{'fault':42} {'waiting':>7} {'back s':>7} {'calling s':>9} {'again':>5} {'took s':>6}"
USUAL = run.Size()
# So many calls a minute that whoever must be called again is not kept waiting by the cap.
FREE = replace(USUAL, per_minute=3_000)
# So few calls a minute that a cap forgotten with Redis' memory would show.
TIGHT = replace(USUAL, crowd=690, per_minute=130, called=100)
THOUSANDS = replace(
    USUAL,
    crowd=5_400,
    arrive_per_s=70,
    vaccinated=300,
    population=28_000,
    waiting=5_000,
    per_minute=6_000,
    lifted_per_minute=6_000,
    registry_per_s=200,
)
# Enough for several faults in a row, and soon served.
MORE = replace(FREE, crowd=800, vaccinated=60)
# What waits for a lease waits less where the outages are short.
SHORT_ROOM = {"lease_s": 6}


@dataclass(frozen=True)
class Play:
    """`within_s`, `calling_within_s`: a recovery, or a wait for the next call, that takes longer breaks a promise too.

    `alone`: takes the whole machine.
    """

    fault: Fault
    size: run.Size = USUAL
    within_s: float = math.inf
    calling_within_s: float = math.inf
    alone: bool = False


PLAYS = {
    "web_killed": Play(breaks.web_killed),
    "usher_killed": Play(breaks.usher_killed),
    "worker_killed_in_mid_job": Play(breaks.worker_killed_in_mid_job, FREE),
    "worker_killed_before_it_reported": Play(breaks.worker_killed_before_it_reported, FREE),
    "redis_restarted": Play(breaks.redis_restarted),
    "redis_restarted_without_its_last_second": Play(breaks.redis_restarted_without_its_last_second),
    "redis_restarted_empty": Play(breaks.redis_restarted_empty, TIGHT, within_s=30),
    "redis_restarted_empty_with_5000_waiting": Play(breaks.redis_restarted_empty, THOUSANDS, within_s=30, alone=True),
    "redis_paused": Play(breaks.redis_paused),
    "redis_gone": Play(breaks.redis_gone),
    "edge_cut": Play(breaks.edge_cut),
    "hints_dropped": Play(breaks.hints_dropped),
    "broker_emptied": Play(breaks.broker_emptied, FREE),
    "machine_lost": Play(breaks.machine_lost, FREE),
    "registry_down": Play(breaks.registry_down, FREE, calling_within_s=5),
    "registry_silent": Play(breaks.registry_silent, FREE, calling_within_s=5),
    "registry_talks_nonsense": Play(breaks.registry_talks_nonsense, FREE, calling_within_s=5),
    "registry_searches_fail": Play(breaks.registry_searches_fail, FREE, calling_within_s=5),
    "registry_wants_silence": Play(breaks.registry_wants_silence, FREE),
}
SEVERAL = Play(breaks.one_after_the_other, MORE)


async def play(name: str, directory: Path, short: bool = False) -> run.Report:
    """Raises: AssertionError where the fault could not be brought about, or somebody never came back."""
    chosen = PLAYS.get(name, SEVERAL)
    report = await run.run(chosen.fault, name, directory, chosen.size, short, SHORT_ROOM if short else {})
    if report.back_s > chosen.within_s:
        report = replace(report, broken=(*report.broken, f"recovery took longer than {chosen.within_s:g} s"))
    if report.calling_s > chosen.calling_within_s:
        report = replace(report, broken=(*report.broken, f"nobody was called within {chosen.calling_within_s:g} s"))
    return report


def tell(name: str, keep: Path | None = None, short: bool = False) -> bool:
    """Play it and print what came of it; whether a promise was broken. For a process of its own."""
    directory = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=keep))
    try:
        report = asyncio.run(play(name, directory, short))
    except Exception:  # noqa: BLE001 the other runs go on
        print(f"{name:42} FAILED, logs: {directory}\n{traceback.format_exc()}", flush=True)
        return True
    print("\n".join([line(report), *(f"  BROKEN {text}" for text in report.broken)]), flush=True)
    if report.broken:
        seen = directory / "evidence.json"
        seen.write_text(json.dumps(asdict(report.evidence), default=list, indent=1))
        print(f"  what was seen: {seen}", flush=True)
    elif keep is None:
        shutil.rmtree(directory)
    return bool(report.broken)


def line(report: run.Report) -> str:
    figures = f"{report.waiting:7} {report.back_s:7.1f} {report.calling_s:9.1f} {report.again:5} {report.took_s:6.0f}"
    notes = f"  ({'; '.join(report.notes)})" if report.notes else ""
    return f"{report.fault:42} {figures}{notes}"
