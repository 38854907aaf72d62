"""What a crowd looks like while it runs and when it is over: a live table in a terminal, else plain lines."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from time import monotonic

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from benchmarks.crowd import measures
from benchmarks.crowd.crowd import Crowd

LIVE_EVERY_S = 0.5
LINE_EVERY_S = 5.0
# The order in which a visit goes through them.
STAGES = ("joining", "in line", "away", "called")
ENDS = ("issued", "refused", "failed", "admitted", "left", "silent", "lapsed", "turned away")


async def follow(crowd: Crowd, console: Console) -> None:
    """Show the crowd until cancelled."""
    began_s = monotonic()
    if not console.is_terminal:
        while True:
            await asyncio.sleep(LINE_EVERY_S)
            console.print(_line(crowd, monotonic() - began_s), markup=False, highlight=False, soft_wrap=True)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            live.update(_picture(crowd, monotonic() - began_s), refresh=True)
            await asyncio.sleep(LIVE_EVERY_S)


def show_summary(summary: measures.Summary, console: Console) -> None:
    """Print the figures that a person reads; `--json` has them all."""
    table = Table.grid(padding=(0, 2))
    for name, value in _rows(summary):
        table.add_row(Text(name, style="dim"), value)
    console.print(table)


def _line(crowd: Crowd, elapsed_s: float) -> str:
    stages = measures.stages(crowd.records)
    parts = [f"{stages[name]:,} {name}" for name in (*STAGES, *ENDS) if stages[name]]
    return f"{elapsed_s:5.0f} s  {crowd.sockets():,} sockets  " + ", ".join(parts)


def _picture(crowd: Crowd, elapsed_s: float) -> RenderableType:
    stages = measures.stages(crowd.records)
    ended = sum(stages[name] for name in ENDS)
    title = Text(f"Crowd of {len(crowd.records):,} at {crowd.plan.url}, room {crowd.plan.room}", style="bold")
    title.append(f"   {elapsed_s:,.0f} s, {crowd.sockets():,} sockets open", style="dim")
    bar = ProgressBar(total=max(1, len(crowd.records)), completed=ended, width=64)
    hint = Text("Ctrl-C: everybody leaves and the figures follow", style="dim")
    return Group(title, bar, _counts(stages), hint)


def _counts(stages: Counter[str]) -> Table:
    table = Table.grid(padding=(0, 3))
    for stage, end in zip(("to come", *STAGES, *[""] * len(ENDS)), ENDS, strict=False):
        left = (f"{stages[stage]:,}", stage) if stage else ("", "")
        table.add_row(Text(left[0], justify="right"), left[1], Text(f"{stages[end]:,}", justify="right"), end)
    return table


def _rows(summary: measures.Summary) -> list[tuple[str, str | Text]]:
    return [
        ("joined", f"{summary.joined:,} of {summary.size:,}{_rate(summary.joins_per_s, ' joins/s')}"),
        ("issued", f"{summary.issued:,}"),
        ("refused", _kinds(summary.refused)),
        ("failed", _kinds(summary.failed)),
        ("left", f"{summary.left:,}, of them {summary.left_when_called:,} when called"),
        ("gone silent", f"{summary.gone_silent:,}"),
        ("dropped, came back", f"{summary.dropped:,}"),
        ("lapsed", f"{summary.lapsed:,}"),
        ("still waiting", f"{summary.still_waiting:,}"),
        ("not let in, not joined", f"{summary.turned_away:,}, {summary.not_joined:,}"),
        ("wait until called", _spread(summary.wait_s, "s")),
        ("wait foretold", _foretold(summary)),
        ("join", _spread(summary.join_ms, "ms")),
        ("news of the call", _spread(summary.call_news_ms, "ms")),
        ("call to outcome", _spread(summary.outcome_s, "s")),
        ("frames", f"{summary.frames_per_person_minute or 0:g} per person and minute"),
        ("troubles overcome", _kinds(summary.troubles)),
        ("errors", _verdict(_kinds(summary.errors), not summary.errors)),
        ("passed over", _verdict(f"{summary.passed_over:,}", summary.passed_over == 0)),
        ("positions grown", _verdict(f"{summary.positions_grown:,}", summary.positions_grown == 0)),
        ("told more than shown", f"{summary.told_larger:,} times"),
        ("wrong order", _verdict(_judged(summary), summary.wrong_order == 0)),
        ("this process", _effort(summary.effort)),
    ]


def _effort(effort: measures.Effort) -> str:
    cost = f"{effort.cpu_s:g} s of CPU, {effort.memory_mb:g} MB more memory"
    return f"{effort.elapsed_s:g} s, {effort.peak_sockets:,} sockets at most, {cost}"


def _foretold(summary: measures.Summary) -> str:
    error = summary.wait_error
    if error.count == 0 or summary.waits_in_band is None:
        return "none"
    return (
        f"to {error.count:,}, off by p50 {error.p50:.0%}, p90 {error.p90:.0%}; {summary.waits_in_band:.0%} in the band"
    )


def _judged(summary: measures.Summary) -> str:
    return f"{summary.wrong_order:,} pairs among {summary.order_judged:,} there throughout"


def _verdict(text: str, is_good: bool) -> Text:
    return Text(text or "none", style="green" if is_good else "bold red")


def _kinds(kinds: Mapping[str, int]) -> str:
    if not kinds:
        return "0"
    parts = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items()))
    return f"{sum(kinds.values()):,} ({parts})"


def _spread(spread: measures.Spread, unit: str) -> str:
    if spread.count == 0:
        return "none"
    shares = f"p50 {spread.p50:,.1f}, p90 {spread.p90:,.1f}, p99 {spread.p99:,.1f}"
    return f"{shares}, at most {spread.max:,.1f} {unit}"


def _rate(rate: float | None, unit: str) -> str:
    return "" if rate is None else f", {rate:,g}{unit}"
