"""The live view of a room for a terminal: who is connected where, who waits, what happens per minute."""

from __future__ import annotations

import time

import redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.live import Live
from rich.text import Text

from queueing import stats


def lines(now: stats.Stats) -> list[str]:
    """What staff want to see first, first."""
    outcomes = "  ".join(f"{name} {now.minute.get(name, 0)}" for name in stats.OUTCOMES if now.minute.get(name))
    standing = {None: "no usher is at work", "": "calling"}.get(now.pulse, f"calling nobody: {now.pulse}")
    return [
        f"connected sockets  {now.sockets:>7}   {standing}",
        *(f"  web {name}  {count:>5}" for name, count in sorted(now.servers.items())),
        f"waiting            {now.waiting:>7}   present {now.present}, away {now.away}",
        f"serving            {now.serving:>7}",
        f"calls per minute   {now.calls_last_minute:>7}   joined {now.minute.get('joined', 0)}",
        f"outcomes per minute        {outcomes or 'none'}",
    ]


def run(client: redis.Redis, slug: str, every_s: float, once: bool = False) -> None:
    """Draw until interrupted. A Redis that does not answer is said and waited for."""
    console = Console()
    if once:
        console.print("\n".join(lines(stats.read(client, slug))), highlight=False)
        return
    with Live(console=console, auto_refresh=False) as live:
        try:
            while True:
                live.update(Text("\n".join([f"room {slug}", *_lines_or_trouble(client, slug)])), refresh=True)
                time.sleep(every_s)
        except KeyboardInterrupt:
            return


def _lines_or_trouble(client: redis.Redis, slug: str) -> list[str]:
    try:
        return lines(stats.read(client, slug))
    except (RedisError, OSError):
        return ["Redis does not answer; trying again"]
