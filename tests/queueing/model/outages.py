"""Silence that is nobody's fault, in the model of the line: standstills, and many who disappear at once (rule 9)."""

from __future__ import annotations

from tests.queueing.model.line import POLLED_MS, Line, Outage

# After a standstill workers get so long to renew their leases.
SETTLE_MS = 2_000
STANDSTILL_MS = 10_000
MASS_SHARE = 1 / 3
# Of the 50 that the rule names, so many are left in a line of eight (scripts.py).
MASS_LEAST = 2
MASS_MS = 10_000
OUTAGE_GRACE_MS = 900_000


def settles(line: Line, still_ms: int) -> bool:
    """Whether a step must wait until all who hold tickets could report again, after nobody advanced the line."""
    life, ttl_ms = line.life, line.settings.heartbeat_ttl_s * 1_000
    if still_ms > ttl_ms / 3:
        life.settling_since = line.now
        _stand_still(line, still_ms)
    if life.settling_since is None:
        return False
    silent = any(deadline < life.settling_since + ttl_ms for deadline in line.hubs.values())
    if line.now < life.settling_since + (ttl_ms if silent else SETTLE_MS):
        return True
    life.settling_since = None
    return False


def _stand_still(line: Line, still_ms: int) -> None:
    """Nobody could poll: it counts who polled before, until all had time to poll again; also one standstill later."""
    life, before = line.life, line.now - still_ms
    if life.stood_until is not None and life.stood_until <= before < life.stood_until + POLLED_MS:
        life.stood_until += still_ms
    else:
        life.stood_from, life.stood_until = before, line.now


def may_lapse(line: Line, still_ms: int) -> bool:
    """Whether those who are away for too long may be ended: not while many have gone at once, and not before half of
    those were back and everybody had the grace anew; but no longer than OUTAGE_GRACE_MS.
    """
    away = line.away().values()
    lately = sum(since > line.now - MASS_MS for since in away)
    trouble = _is_trouble(line, still_ms, lately)
    if line.outage is None and not trouble:
        return True
    outage = line.outage or Outage(line.now, base=len(away) - lately, peak=0)
    if line.now > outage.began_at + OUTAGE_GRACE_MS:
        line.outage = outage if trouble else None
        return True
    outage.peak = max(outage.peak, len(away))
    line.outage = outage
    if trouble:
        outage.returned_at = None
    elif outage.returned_at is None:
        outage.returned_at = line.now if (len(away) - outage.base) * 2 <= outage.peak - outage.base else None
    elif line.now > outage.returned_at + line.settings.grace_period_s * 1_000:
        line.outage = None
        return True
    return False


def _is_trouble(line: Line, still_ms: int, lately: int) -> bool:
    if still_ms > STANDSTILL_MS:
        return True
    if line.hubs and not any(map(line.alive, line.hubs)):
        return bool(line.waiting())
    return lately >= MASS_LEAST and lately >= MASS_SHARE * len(line.waiting())
