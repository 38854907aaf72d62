"""The faults: each breaks something, mends it where nobody else takes over, and says whom it caught being served."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

from issuance import breaker
from project import broker
from project.local.stack import VALKEY
from queueing import events
from queueing.obstacles import REGISTRY_UNAVAILABLE
from queueing.settings import RoomSettings
from tests.faults.scene import Scene, until
from tests.faults.stage import ROOM, USHERS, Stage

# What starts a dead process again is not quicker than this.
SUPERVISOR_S = 1.0
# An append-only file that is synced every second may lack this much after a power cut.
UNSYNCED_US = 1_000_000
HEARTBEAT_US = RoomSettings(ROOM).heartbeat_ttl_s * 1_000_000
TRIES = 5
SPIN_S = 0.0005


async def web_killed(scene: Scene) -> None:
    """Half of the sockets break at once; the other process takes them."""
    await _kill_web(scene)
    scene.over()
    await asyncio.sleep(SUPERVISOR_S)
    await scene.do(scene.stage.start, "web")


async def usher_killed(scene: Scene) -> None:
    await scene.do(scene.stage.kill, "usher")
    scene.over()
    await asyncio.sleep(SUPERVISOR_S)
    await scene.do(scene.stage.start, "usher")


async def worker_killed_in_mid_job(scene: Scene) -> None:
    """While the registry is being asked."""
    await scene.do(_kill_while_asking, scene.stage)
    await _worker_is_replaced(scene)


async def worker_killed_before_it_reported(scene: Scene) -> None:
    """Once the certificate is recorded, before the outcome is: repeated until that instant was hit."""
    for _ in range(TRIES):
        issued = await scene.do(_kill_once_recorded, scene.stage)
        await _worker_is_replaced(scene)
        if issued:
            scene.notes.append(f"{len(issued)} were recorded and not told")
            return
    raise AssertionError("the instant between record and report was never hit")


async def redis_restarted(scene: Scene) -> None:
    await _catch_those_served(scene)
    await scene.do(scene.stage.kill, VALKEY)
    await scene.do(scene.stage.start_valkey)
    scene.over()


async def redis_restarted_without_its_last_second(scene: Scene) -> None:
    """As after a power cut: what was not synced is gone, people who joined just then among it."""
    await until(lambda: _latest_join_us(scene) > max(scene.waiting_before.values()), "somebody comes late")
    # Whose outcome is lost is served anew.
    await _catch_those_served(scene)
    since_us = scene.now_us()
    scene.notes.append(await scene.do(_kill_and_lose_a_second, scene.stage))
    _catch_those_called(scene, since_us)
    await scene.do(scene.stage.start_valkey)
    scene.over()


def _kill_and_lose_a_second(stage: Stage) -> str:
    """In one go, or a busy machine would make it many seconds, which no power cut does."""
    file = stage.valkey_file()
    synced = file.stat().st_size
    time.sleep(UNSYNCED_US / 1e6)
    stage.kill(VALKEY)
    with file.open("r+b") as opened:
        lost = file.stat().st_size - synced
        opened.truncate(synced)
    return f"{lost} bytes were lost"


async def redis_restarted_empty(scene: Scene) -> None:
    await _catch_those_served(scene)
    since_us = scene.now_us()
    await scene.do(scene.stage.kill, VALKEY)
    _catch_those_called(scene, since_us)
    await scene.do(scene.stage.empty_valkey)
    await scene.do(scene.stage.start_valkey)
    scene.over()
    # Whoever has not looked at the document for the second time is served anew.
    scene.caught |= {diary.ticket for diary in scene.crowd.diaries if diary.end and len(diary.certificates) < 2}


async def redis_paused(scene: Scene) -> None:
    await _catch_those_served(scene)
    await scene.do(scene.stage.pause_valkey)
    await asyncio.sleep(scene.lasts_s(10, short_s=4))
    await scene.do(scene.stage.wake_valkey)
    scene.over()


async def redis_gone(scene: Scene) -> None:
    await _catch_those_served(scene)
    await scene.do(scene.stage.kill, VALKEY)
    await asyncio.sleep(scene.lasts_s(300, short_s=12))
    await scene.do(scene.stage.start_valkey)
    scene.over()


async def edge_cut(scene: Scene) -> None:
    """Nobody reaches anything; web, Redis and all else are well."""
    await scene.do(scene.stage.cut_edge)
    await asyncio.sleep(scene.lasts_s(180, short_s=8))
    await scene.do(scene.stage.open_edge)
    scene.over()


async def hints_dropped(scene: Scene) -> None:
    """No message between processes arrives; nothing else is wrong."""
    scene.over()
    dropped = await scene.do(_drop_hints, scene.stage, scene.lasts_s(40, short_s=8))
    assert dropped, "nobody listened"
    clock, since_us = scene.crowd.clock, scene.over_at_us
    heard = [(one.call_heard_at_s, one.called_at_us) for one in scene.crowd.diaries if one.called_at_us]
    late_s = [clock.seconds_since(at_us, at_s) for at_s, at_us in heard if at_s and at_us > since_us]
    scene.notes.append(f"{len(late_s)} heard of their call, after {max(late_s):.1f} s at most")


async def broker_emptied(scene: Scene) -> None:
    """Called tickets wait for a worker that will never hear of them."""
    lost = await scene.do(_empty_broker, scene.stage)
    scene.stranded |= await scene.do(_unclaimed, scene.stage)
    scene.over()
    scene.notes.append(f"{lost} messages were lost")


async def machine_lost(scene: Scene) -> None:
    """A web process, an usher, the worker in mid-job and what waited for it, all at once."""
    await scene.do(_kill_while_asking, scene.stage)
    await _kill_web(scene)
    await scene.do(scene.stage.kill, "usher")
    scene.caught |= await scene.do(_claimed, scene.stage)
    with scene.stage.broker() as client:
        await scene.do(client.flushdb)
    scene.stranded |= await scene.do(scene.stage.serving)
    scene.over()
    await asyncio.sleep(SUPERVISOR_S)
    await scene.do(scene.stage.start, "web", "usher", "worker")


async def registry_down(scene: Scene) -> None:
    """It answers nobody: whoever was called goes back to the old number, and pages say why the line stands."""
    await _registry_is_ill(scene, scene.lasts_s(30, short_s=8), kind="status", status=500)


async def registry_silent(scene: Scene) -> None:
    """The same, and it does not even say so."""
    await _registry_is_ill(scene, scene.lasts_s(30, short_s=12), kind="hang")


async def registry_talks_nonsense(scene: Scene) -> None:
    await _registry_is_ill(scene, scene.lasts_s(30, short_s=8), kind="html")


async def registry_searches_fail(scene: Scene) -> None:
    """It answers probes, and no search: again and again a few are called, and go back to their old numbers."""
    before = await scene.do(scene.stage.calls)
    await _registry_is_ill(scene, scene.lasts_s(30, short_s=10), kind="status", status=500, kinds=["patient"])
    scene.notes.append(f"{await scene.do(scene.stage.calls) - before} were called meanwhile")


async def registry_wants_silence(scene: Scene) -> None:
    """It asks for a pause of five seconds, again and again."""
    began_ns, _ = await scene.do(
        scene.stage.registry, kind="status", status=429, retry_after_s=5, lasts_s=scene.lasts_s(30, short_s=8)
    )
    await scene.every_page_says(REGISTRY_UNAVAILABLE)
    await asyncio.sleep(scene.lasts_s(30, short_s=8))
    _, ended_ns = await scene.do(scene.stage.registry)
    scene.ill.append((began_ns, ended_ns))
    scene.over()


async def _registry_is_ill(scene: Scene, lasts_s: float, **fault: Any) -> None:
    """While it is, nobody is being served but those who are tried."""
    began_ns, _ = await scene.do(scene.stage.registry, **fault)
    await until(lambda: scene.stage.pulse() == REGISTRY_UNAVAILABLE, "the line stands still")
    await scene.every_page_says(REGISTRY_UNAVAILABLE)
    await asyncio.sleep(lasts_s)
    serving = await scene.do(scene.stage.serving)
    assert len(serving) <= len(USHERS) * breaker.MOST_TRIED, f"{len(serving)} are being served by nobody"
    assert not serving or "kinds" in fault, f"{len(serving)} are being served by nobody"
    _, ended_ns = await scene.do(scene.stage.registry)
    scene.ill.append((began_ns, ended_ns))
    scene.over()


async def one_after_the_other(scene: Scene) -> None:
    """Those that pass quickly, before one and the same crowd."""
    for fault in (machine_lost, redis_restarted, redis_paused):
        await scene.wait_for_the_next()
        await fault(scene)
        await scene.back()
        scene.notes.append(f"{fault.__name__}: back after {scene.recovered_s():.1f} s")


async def _kill_web(scene: Scene) -> None:
    """Until its heartbeat has run out nobody knows which of its pages were closed meanwhile."""
    at_us = scene.now_us()
    await scene.do(scene.stage.kill, "web")
    scene.unheard.append((at_us, scene.now_us() + HEARTBEAT_US))


async def _worker_is_replaced(scene: Scene) -> None:
    scene.stranded |= await scene.do(_claimed, scene.stage)
    assert scene.stranded, "nobody was being served"
    scene.caught |= scene.stranded
    scene.over()
    await asyncio.sleep(SUPERVISOR_S)
    await scene.do(scene.stage.start, "worker")
    await scene.back()


async def _catch_those_served(scene: Scene) -> None:
    """And those called so lately that Redis may not remember it."""
    scene.caught |= await scene.do(scene.stage.serving)
    lately_us = scene.now_us() - 2 * UNSYNCED_US
    scene.caught |= {one.ticket for one in scene.crowd.diaries if any(at_us > lately_us for at_us in one.calls)}


def _catch_those_called(scene: Scene, since_us: int) -> None:
    """On a busy machine some are called between the look at who is served and the blow."""
    scene.caught |= {ticket for ticket, at_us in list(scene.observer.calls) if at_us >= since_us}


def _latest_join_us(scene: Scene) -> int:
    return max(one.joined_at_us or 0 for one in scene.crowd.diaries)


def _kill_while_asking(stage: Stage) -> None:
    """The registry writes down a call when it comes, and answers it later. A new worker first asks about nobody."""
    with stage.stack.site.registry_calls.open() as log:
        log.seek(0, os.SEEK_END)
        while '"kind": "patient"' not in log.readline():
            time.sleep(SPIN_S)
    stage.kill("worker")


def _kill_once_recorded(stage: Stage) -> set[str]:
    """Tickets with a row and without an outcome."""
    database = stage.database()
    count = "SELECT count(*) FROM issuance_passport"
    before = database.execute(count).fetchone()
    while database.execute(count).fetchone() == before:
        time.sleep(SPIN_S)
    stage.kill("worker")
    database.close()
    issued = {ticket for ticket, _, _ in stage.rows()}
    return issued & stage.serving()


def _claimed(stage: Stage) -> set[str]:
    return {ticket for ticket in stage.serving() if _is_claimed(stage, ticket)}


def _unclaimed(stage: Stage) -> set[str]:
    return {ticket for ticket in stage.serving() if not _is_claimed(stage, ticket)}


def _is_claimed(stage: Stage, ticket: str) -> bool:
    with stage.client() as client:
        return bool(client.hexists(stage.keys.ticket(ticket), "claimed"))


def _drop_hints(stage: Stage, seconds: float) -> int:
    """Nobody is a member of the room's group for longer than a millisecond; how often somebody became one."""
    group = f"hints:group:{events.group(stage.keys.slug)}"
    until_s = time.monotonic() + seconds
    dropped = 0
    with stage.client() as client:
        while time.monotonic() < until_s:
            dropped += int(client.delete(group))
            time.sleep(SPIN_S)
    return dropped


def _empty_broker(stage: Stage) -> int:
    """At an instant when something waits there; how much that was."""
    with stage.broker() as client:
        while True:
            with client.pipeline(transaction=True) as pipe:
                pipe.llen(f"dramatiq:{broker.QUEUE}")
                pipe.flushdb()
                waiting, _ = pipe.execute()
            if waiting:
                return int(waiting)
            time.sleep(0.2)
