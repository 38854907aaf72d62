"""Runs the scripts of `lua/` on Redis, for callers that block (Store) and callers that must not (AsyncStore).

An Op is one operation of a room, pure until it is run: which script, on which keys, and how to read the answer.
A script that the server has forgotten (restart, SCRIPT FLUSH) is loaded again, in pipelines too; web may not load any
(deploy/redis), and waits for an usher to do so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError, NoScriptError
from redis.retry import Retry

T = TypeVar("T")
Arg = str | bytes | int

LUA = Path(__file__).parent / "lua"
# A Redis that is full takes nobody in, and still serves those in line: without the flag it refuses whatever writes.
GROWING = ("join", "restore")
ALLOW_OOM = "#!lua flags=allow-oom\n"
FUNCTION = re.compile(r"^(?=local function )", re.MULTILINE)
CONNECT_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 10
# A crowd shares few connections: Redis answers in microseconds, a queue in the process is cheaper than a socket each.
CONNECTIONS = 32
# A pooled connection may have died with the Redis before this one. Every operation may be repeated.
ONCE_MORE = 1


@dataclass(frozen=True, slots=True)
class Op(Generic[T]):
    """One operation: a script of `lua/` (or a plain command, where `script` holds several words)."""

    script: str
    keys: Sequence[str]
    args: Sequence[Arg]
    parse: Callable[[Any], T]


def write(key: str, command: str, *args: Arg) -> Op[Any]:
    """A plain command that a full Redis must not refuse: the line would stand still."""
    return Op("write", [key], [command, *args], lambda answer: answer)


@cache
def source(script: str) -> str:
    """The script as the server gets it: its own text behind what it needs of the prelude."""
    flags = "" if script in GROWING else ALLOW_OOM
    own = (LUA / f"{script}.lua").read_text()
    return flags + _prelude_for(own) + own


def _prelude_for(text: str) -> str:
    """Without the functions that are not called: Lua makes each of them anew for each call of a script."""
    head, *functions = FUNCTION.split((LUA / "prelude.lua").read_text())
    needed: list[str] = []
    # Each calls only those above it.
    for function in reversed(functions):
        name = function.removeprefix("local function ").partition("(")[0]
        if re.search(rf"\b{name}\(", text + "".join(needed)):
            needed.insert(0, function)
    return head + "".join(needed)


def names() -> list[str]:
    """Of all scripts."""
    return sorted(path.stem for path in LUA.glob("*.lua") if path.stem != "prelude")


@cache
def digest(script: str) -> str:
    return hashlib.sha1(source(script).encode(), usedforsecurity=False).hexdigest()


def _call(op: Op[Any]) -> tuple[Any, ...]:
    """The arguments of EVALSHA."""
    return (digest(op.script), len(op.keys), *op.keys, *op.args)


def connect(url: str) -> redis.Redis:
    """A blocking client; its pool waits for a connection instead of raising when all are in use."""
    pool = redis.BlockingConnectionPool.from_url(
        url,
        driver_info=None,
        max_connections=CONNECTIONS,
        socket_timeout=ANSWER_TIMEOUT_S,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        retry=Retry(NoBackoff(), ONCE_MORE, supported_errors=(redis.ConnectionError,)),
    )
    return redis.Redis(connection_pool=pool)


def connect_async(url: str) -> redis.asyncio.Redis:
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        url,
        driver_info=None,
        max_connections=CONNECTIONS,
        socket_timeout=ANSWER_TIMEOUT_S,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        retry=AsyncRetry(NoBackoff(), ONCE_MORE, supported_errors=(redis.ConnectionError,)),
    )
    return redis.asyncio.Redis(connection_pool=pool)


class Store:
    """Runs operations and waits for them; safe to share between threads."""

    def __init__(self, client: redis.Redis) -> None:
        self.client = client

    def run(self, op: Op[T]) -> T:
        try:
            answer = self.client.evalsha(*_call(op))
        except NoScriptError:
            self.client.script_load(source(op.script))
            answer = self.client.evalsha(*_call(op))
        return op.parse(answer)

    def load_scripts(self) -> None:
        """Load those that the server does not know."""
        scripts = names()
        known = self.client.script_exists(*map(digest, scripts))
        for script, is_there in zip(scripts, known, strict=True):
            if not is_there:
                self.client.script_load(source(script))

    def run_many(self, ops: Sequence[Op[T]]) -> list[T]:
        """Run operations in one round trip, each atomic by itself."""
        answers = self._pipeline(ops)
        forgotten = [index for index, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        for script in {ops[index].script for index in forgotten}:
            self.client.script_load(source(script))
        again = self._pipeline([ops[index] for index in forgotten])
        for index, answer in zip(forgotten, again, strict=True):
            answers[index] = answer
        return _parsed(ops, answers)

    def _pipeline(self, ops: Sequence[Op[T]]) -> list[Any]:
        if not ops:
            return []
        with self.client.pipeline(transaction=False) as pipe:
            for op in ops:
                pipe.evalsha(*_call(op))
            return pipe.execute(raise_on_error=False)


class AsyncStore:
    """Runs operations without blocking the event loop that the client belongs to."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self.client = client

    async def run(self, op: Op[T]) -> T:
        try:
            answer = await self.client.evalsha(*_call(op))
        except NoScriptError:
            await self._load(op.script)
            answer = await self.client.evalsha(*_call(op))
        return op.parse(answer)

    async def _load(self, script: str) -> None:
        """Raises: NoScriptError where only an usher may; it does so within a second."""
        try:
            await self.client.script_load(source(script))
        except NoPermissionError:
            raise NoScriptError(script) from None

    async def run_many(self, ops: Sequence[Op[T]]) -> list[T]:
        """Run operations in one round trip, each atomic by itself."""
        answers = await self._pipeline(ops)
        forgotten = [index for index, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        for script in {ops[index].script for index in forgotten}:
            await self._load(script)
        again = await self._pipeline([ops[index] for index in forgotten])
        for index, answer in zip(forgotten, again, strict=True):
            answers[index] = answer
        return _parsed(ops, answers)

    async def _pipeline(self, ops: Sequence[Op[T]]) -> list[Any]:
        if not ops:
            return []
        async with self.client.pipeline(transaction=False) as pipe:
            for op in ops:
                pipe.evalsha(*_call(op))
            return await pipe.execute(raise_on_error=False)


def _parsed(ops: Iterable[Op[T]], answers: Iterable[Any]) -> list[T]:
    results = []
    for op, answer in zip(ops, answers, strict=True):
        if isinstance(answer, Exception):
            raise answer
        results.append(op.parse(answer))
    return results


def unsafe_for_places(client: redis.Redis) -> str:
    """'' where Redis keeps what it is given, else why it might not. Raises: RedisError."""
    policy = client.info("memory").get("maxmemory_policy", "noeviction")
    return "" if policy == "noeviction" else f"Redis may evict ({policy})"
