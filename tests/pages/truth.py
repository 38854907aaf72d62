"""Outcomes that a registry gives once in a blue moon: written where a worker writes them, signed as it signs them."""

from __future__ import annotations

import time
from typing import Any

import redis

from queueing import keys, vouching
from tests.pages import scene


def rule(where: scene.Scene, visitor: scene.Visitor, state: Any, reason: str) -> None:
    """Put another outcome in the place of the one that this visitor has."""
    ticket = ticket_id(visitor)
    key = vouching.signing_key((where.site.folders.private_keys / "tier_signing_key").read_text().strip())
    proof = vouching.prove_outcome(key, visitor.room, ticket, state, reason, b"")
    with redis.Redis.from_url(where.site.redis_url) as client:
        outcome = keys.RoomKeys(visitor.room).outcome(ticket)
        assert client.exists(outcome)
        client.hset(outcome, mapping={"state": state, "reason": reason, "proof": proof})


def wait_for_the_end(where: scene.Scene, visitor: scene.Visitor) -> None:
    """Without a question to web, which would be a sign of life."""
    outcome = keys.RoomKeys(visitor.room).outcome(ticket_id(visitor))
    deadline = time.monotonic() + scene.PATIENCE_S
    with redis.Redis.from_url(where.site.redis_url) as client:
        while not client.exists(outcome):
            assert time.monotonic() < deadline
            time.sleep(scene.STEP_S)


def publish_unsigned(where: scene.Scene, slug: str) -> None:
    with redis.Redis.from_url(where.site.redis_url) as client:
        client.hset(keys.RoomKeys(slug).settings, "title", "Nobody's")


def ticket_id(visitor: scene.Visitor) -> str:
    """As the cookie has it (tickets.sign)."""
    assert visitor.cookies
    [cookie] = visitor.cookies["cookies"]
    return cookie["value"].split(".")[2]
