"""The Dramatiq broker: how the usher hands called tickets to workers, by the actor's name alone."""

from __future__ import annotations

from collections.abc import Iterable

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit, Callbacks, Middleware, Pipelines, ShutdownNotifications, TimeLimit
from dramatiq.middleware.retries import Retries
from redis.exceptions import RedisError

QUEUE = "serve"
ACTOR = "serve_ticket"
# A worker that is silent this long is dead and its messages go to others; the ticket's lease is what really counts.
HEARTBEAT_TIMEOUT_MS = 10_000
# Chance per million commands to look after dead workers. The default (1,000) leaves messages lying for minutes.
MAINTENANCE_CHANCE = 50_000


def connect(url: str) -> RedisBroker:
    """A broker of our own making: no retries (the ticket's lease retries), no results, no metrics server of its own."""
    client = redis.Redis.from_url(url, socket_timeout=None, socket_connect_timeout=5)
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
        maintenance_chance=MAINTENANCE_CHANCE,
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
        try:
            return int(self._broker.client.llen(f"{self._broker.namespace}:{QUEUE}"))
        except (RedisError, OSError):
            return None
