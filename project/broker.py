"""The Dramatiq broker: how the usher hands called tickets to workers, by the actor's name alone."""

from __future__ import annotations

from collections.abc import Iterable

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit, Callbacks, Middleware, Pipelines, ShutdownNotifications, TimeLimit
from dramatiq.middleware.retries import Retries
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

QUEUE = "serve"
ACTOR = "serve_ticket"
# A worker that is silent this long is dead and its messages go to others; the ticket's lease is what really counts.
HEARTBEAT_TIMEOUT_MS = 10_000
# Chance per million commands to look after dead workers. The default (1,000) leaves messages lying for minutes.
MAINTENANCE_CHANCE = 50_000
# An usher has other things to do than to wait for a broker that says nothing.
ANSWER_TIMEOUT_S = 2
CONNECT_TIMEOUT_S = 5
# A pooled connection may have died with the broker before this one; a message that is there twice is served once.
ONCE_MORE = 1
# There to be written alone: a broker that is full, or a copy of another one, still answers who reads.
PROBE = "vestibule:probe"
PROBE_TTL_S = 60


def connect(url: str, answer_timeout_s: float | None = ANSWER_TIMEOUT_S) -> RedisBroker:
    """A broker of our own making: no retries (the ticket's lease retries), no results, no metrics server of its own.

    `answer_timeout_s`: None for a worker, which waits for its broker as long as it takes.
    """
    if answer_timeout_s is None:
        client = redis.Redis.from_url(
            url, socket_timeout=None, socket_connect_timeout=CONNECT_TIMEOUT_S, driver_info=None
        )
    else:
        once_more = Retry(NoBackoff(), ONCE_MORE, supported_errors=(redis.ConnectionError,))
        patience_s = {"socket_timeout": answer_timeout_s, "socket_connect_timeout": answer_timeout_s}
        client = redis.Redis.from_url(url, retry=once_more, driver_info=None, **patience_s)
    middleware: list[Middleware] = [
        AgeLimit(),
        TimeLimit(),
        ShutdownNotifications(),
        Callbacks(),
        Pipelines(),
        Retries(max_retries=0),
    ]
    return RedisBroker(  # type: ignore[no-untyped-call]
        client=client,
        middleware=middleware,
        heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
        # Who only writes jobs may not read those of dead workers (deploy/redis/broker.acl): workers look after them.
        maintenance_chance=MAINTENANCE_CHANCE if answer_timeout_s is None else 0,
    )


def message(room: str, ticket_id: str) -> dramatiq.Message[None]:
    return dramatiq.Message(
        queue_name=QUEUE, actor_name=ACTOR, args=(room, ticket_id), kwargs={}, options={"max_retries": 0}
    )


class BrokerJobs:
    """Called tickets as Dramatiq messages, one each. Needs no issuing code: workers find the actor by its name."""

    def __init__(self, broker: RedisBroker) -> None:
        self._broker = broker

    def hand_over(self, room: str, ticket_ids: Iterable[str]) -> None:
        """Raises: RedisError."""
        for ticket_id in ticket_ids:
            self._broker.enqueue(message(room, ticket_id))

    def backlog(self) -> int | None:
        """None also where a message could not be written."""
        try:
            with self._broker.client.pipeline(transaction=False) as pipe:
                pipe.set(PROBE, "", ex=PROBE_TTL_S)
                pipe.llen(f"{self._broker.namespace}:{QUEUE}")
                return int(pipe.execute()[1])
        except (RedisError, OSError):
            return None
