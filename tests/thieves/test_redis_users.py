"""Whoever gets into a process has its password for Redis: what he can do there with it, tried against real servers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as configured
from redis.exceptions import NoPermissionError, ResponseError

from issuance import breaker, permits, sizing
from project.local import watchdog
from queueing import (
    errors,
    events,
    keys,
    openers,
    pacing,
    publications,
    stats,
    store,
    tickets,
    trust_list,
)
from queueing.attendance import Attendance
from queueing.hints import HintLayer
from queueing.obstacles import Obstacles
from queueing.rooms import Rooms, RoomView
from queueing.settings import RoomSettings
from tests.queueing.lines import TIER_KEY
from tests.thieves import attempts, guarded
from tests.thieves.attempts import CALLED, HIS, JOBS, OUTCOME, SEALED, SERVED, WAITING
from tests.thieves.guarded import HUB, ROOM, Guarded

K = ROOM.keys


@pytest.fixture(scope="module", params=guarded.SERVERS, ids=lambda path: path.name)
def server(
    request: pytest.FixtureRequest, guard: watchdog.Watchdog, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    binary: Path = request.param
    with guarded.running(guard, binary, tmp_path_factory.mktemp("guarded")) as running:
        yield running


@pytest.fixture(scope="module")
def room(server: Guarded) -> Guarded:
    """Somebody waits, somebody is called, somebody has been served, a job lies at the broker."""
    server.forget()
    guarded.open_room(server)
    web, usher = server.store("web"), server.store("usher")
    guarded.join(web, SERVED)
    guarded.serve(server, SERVED)
    guarded.join(web, CALLED)
    assert usher.run(ROOM.advance(1)).called
    usher.client.close()
    for ticket in (WAITING, HIS):
        guarded.join(web, ticket)
    server.jobs("broker-usher").hand_over("test", [WAITING])
    web.client.close()
    return server


@pytest.fixture
def thief(room: Guarded) -> Iterator[redis.Redis]:
    """With the password of a web process."""
    with room.client("web") as client:
        yield client


@pytest.mark.parametrize(
    "command",
    attempts.ALL,
    ids=lambda command: " ".join(map(str, command))[:60],
)
def test_web_may_not(thief: redis.Redis, command: tuple[Any, ...]) -> None:
    with pytest.raises(ResponseError) as refused:
        thief.execute_command(*command)
    # DEBUG is off for everybody; an older server does not know every command.
    nobody = any(words in str(refused.value).lower() for words in ("unknown command", "debug command not allowed"))
    assert isinstance(refused.value, NoPermissionError) or nobody, refused.value


def test_what_he_tried_has_changed_nothing(room: Guarded) -> None:
    with room.client("operator") as operator:
        assert operator.get(SEALED) == b"sealed " + WAITING.encode()
        assert operator.hget(OUTCOME, "document") == guarded.DOCUMENT
        assert operator.zscore(K.waiting, WAITING) is not None
        assert operator.hgetall(K.settings)[b"notice"] == b""


@pytest.mark.parametrize(
    "operation",
    [
        ROOM.claim(CALLED),
        ROOM.advance(10),
        ROOM.ladder(),
        pacing.observe("test"),
        ROOM.publish(RoomSettings(slug="test", notice="x", version=9), hold=False),
        ROOM.withdraw(9),
        store.write(SEALED, "GET"),
        store.write(K.waiting, "ZRANGE", 0, -1),
        store.write(K.serving, "ZADD", 1, HIS),
        store.write(K.settings, "DEL"),
    ],
    ids=["claim", "advance", "ladder", "observe", "publish", "withdraw", "read", "list", "add", "delete"],
)
def test_scripts_of_others_give_him_no_more_than_his_own_rights(room: Guarded, operation: Any) -> None:
    """An usher has loaded them, so he can name them."""
    web = room.store("web")
    with pytest.raises(ResponseError, match=r"ACL failure in script|user executing the script"):
        web.run(operation)
    web.client.close()


def test_what_remains_is_an_outcome_whose_ticket_one_knows(thief: redis.Redis) -> None:
    """Web serves any ticket by its id. Ids are 128 random-looking bits, and above he has found no list of them."""
    assert thief.hmget(OUTCOME, "state", "document") == [b"issued", guarded.DOCUMENT]


@pytest.mark.parametrize(
    ("user", "command"),
    [
        *((user, ("GET", SEALED)) for user in ("usher", "console", "broker-usher", "broker-worker")),
        *((user, ("HMGET", OUTCOME, "state")) for user in ("usher", "console", "broker-worker")),
        *((user, ("ZRANGE", K.waiting, 0, -1)) for user in ("worker", "console", "broker-usher")),
        *((user, ("HSET", K.settings, "notice", "x")) for user in ("worker", "broker-worker")),
        *((user, ("HVALS", JOBS)) for user in ("usher", "worker", "console", "broker-usher")),
        *((user, ("LPOP", "dramatiq:serve")) for user in ("usher", "worker", "console", "broker-usher")),
        *((user, ("EVAL", "return 1", 0)) for user in ("usher", "worker", "console", "broker-usher", "broker-worker")),
        *((user, ("CONFIG", "GET", "*")) for user in ("usher", "worker", "console", "broker-worker", "health")),
        ("health", ("GET", SEALED)),
        ("health", ("INFO",)),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(map(str, value))[:50],
)
def test_others_too_may_do_their_own_work_alone(room: Guarded, user: str, command: tuple[Any, ...]) -> None:
    """Of all users one reads a sealed request: the worker's."""
    password = room.passwords.get(user, "-")
    with redis.Redis(port=room.port, username=user, password=password, driver_info=None) as client:
        assert client.ping()
        with pytest.raises(NoPermissionError):
            client.execute_command(*command)


@pytest.mark.parametrize(("user", "password"), [(None, None), ("default", ""), ("web", "guessed"), ("worker", "web")])
def test_without_a_password_nobody_comes_in(room: Guarded, user: str | None, password: str | None) -> None:
    given = room.passwords.get(password or "", password)
    client = redis.Redis(port=room.port, username=user, password=given, driver_info=None, retry=None)
    with client, pytest.raises((redis.AuthenticationError, ResponseError)):
        client.ping()


def test_hints_name_nobody(room: Guarded) -> None:
    """Every web process hears of every outcome: he too."""
    host = {"address": room.url("web"), "socket_timeout": None, "driver_info": None}

    async def heard() -> bytes:
        his = HintLayer(hosts=[host], prefix="hints")
        channel = await his.new_channel()
        await his.group_add(events.group("test"), channel)
        worker = HintLayer(hosts=[host | {"address": room.url("worker")}], prefix="hints")
        await worker.group_send(events.group("test"), events.changed("test", [WAITING, SERVED]))
        told = await his.connection(0).bzpopmin(his.prefix + channel.partition("!")[0] + "!", timeout=5)
        await his.close_pools()
        await worker.close_pools()
        return bytes(told[1])

    told = asyncio.run(heard())
    assert b"changed" in told and events.name(WAITING).encode() in told
    for ticket in (WAITING, SERVED):
        assert ticket.encode() not in told
        assert tickets.reference(ticket).encode() not in told


async def test_each_kind_of_process_may_do_its_work_and_is_refused_nothing(server: Guarded) -> None:
    """Every operation there is, each by whoever runs it, with its own password alone."""
    server.forget()
    guarded.open_room(server)
    web, usher, worker, console = (server.store(name) for name in ("web", "usher", "worker", "console"))
    web_reads(web, await seen_by_web(server))
    with worker_at_work(worker):
        called = usher_calls(server, usher)
        worker_works(worker, called[0])
        guarded.serve(server, called[0])
    assert web.run(ROOM.leave(called[0])) and web.run(ROOM.leave("d"))
    console_publishes(console, usher)
    assert web.run(ROOM.look("b")).state == "lapsed"
    publications.withdraw(console, TIER_KEY, "test", 9)
    for one in (web, usher, worker, console):
        one.client.close()
    assert server.refused() == []


async def seen_by_web(server: Guarded) -> RoomView:
    web = store.AsyncStore(store.connect_async(server.url("web")))
    rooms = Rooms(web, configured.TIER_VERIFYING_KEYS)
    view = await rooms.view("test")
    assert [one.settings.slug for one in await rooms.of_host("testserver")] == ["test"]
    await openers.Openers(web).check(configured.ISSUING_PUBLIC_KEY, configured.WEB_SIGNING_KEY.public_key())
    with pytest.raises(errors.NoTrustList):
        await trust_list.Relay(web).latest()
    await web.client.aclose(close_connection_pool=True)
    return view


def web_reads(web: store.Store, view: RoomView) -> None:
    """And holds: those of four who do not poll, `b` is away."""
    for ticket in ("a", "b", "c", "d"):
        guarded.join(web, ticket)
    web.run(ROOM.poll("a", 75_000))
    assert web.run(ROOM.release("b", HUB))
    assert web.run(ROOM.look("b")).position == 2
    web.client.zmscore(K.away, ["a", "b"])
    gone = tickets.Ticket("test", "e", 1, "another life", 1, bytes(32), bytes(16), b"sealed")
    assert web.run(ROOM.restore(gone, HUB)).verdict == "restored"
    assert web.run(ROOM.leave("e"))
    assert store.unsafe_for_places(web.client) == ""
    assert view.waiting == 0


@contextlib.contextmanager
def worker_at_work(worker: store.Store) -> Iterator[None]:
    attendance = Attendance(worker, 1, opens=["a fingerprint"], tell=lambda: {"visits": "3"})
    attendance._sign()
    yield
    attendance.stop()


def usher_calls(server: Guarded, usher: store.Store) -> list[str]:
    """The first two, as many as one worker thread and one in reserve."""
    usher.run(ROOM.ladder())
    usher.run(store.write(keys.TRUST_LIST, "SET", "signed by others", "EX", 60))
    assert usher.client.get(keys.TRUST_LIST)
    pacing.Pacer(usher, "test").look(RoomSettings(slug="test"), standing=False)
    jobs = server.jobs("broker-usher")
    seen = Obstacles(usher.client, jobs)
    seen.look()
    seen.glance()
    usher.run(store.write(K.pulse, "SET", seen.now or "", "PX", 5_000))
    called = [ticket for ticket, _at in usher.run(ROOM.advance(seen.may_call(["test"]))).called]
    assert called == ["a", "c"]
    jobs.hand_over("test", called)
    assert jobs.backlog() == 2
    return called


def worker_works(worker: store.Store, ticket: str) -> None:
    bucket = permits.Permits(worker.client, 1_000, max_sleep_ms=10)
    bucket.reserve()
    bucket.pause(0.001)
    registry = breaker.Breaker(worker.client)
    registry.look()
    registry.unanswered(ticket)
    registry.answered(ticket)
    claim = worker.run(ROOM.claim(ticket))
    assert claim is not None and worker.run(ROOM.hand_back(ticket, claim.attempt))


def console_publishes(console: store.Store, usher: store.Store) -> None:
    now = stats.read(console.client, "test")
    assert (now.waiting, now.serving) == (1, 1)
    sizing.crew(console.client)
    assert console.client.get(keys.TRUST_LIST)
    publications.publish(console, TIER_KEY, RoomSettings(slug="test", version=2, notice="Hello."))
    publications.publish(usher, TIER_KEY, RoomSettings(slug="test", version=3, epoch=2))
    usher.run(ROOM.advance(0))
