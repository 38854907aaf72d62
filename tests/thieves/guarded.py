"""A server that asks everybody who they are, as deployments and `make up` have it, and a room with people on it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import redis
from django.conf import settings as configured

from project import broker
from project.local import environments, ports, processes, redis_users, valkey, watchdog
from queueing import publications, tickets, vouching
from queueing.room import WaitingRoom
from queueing.settings import RoomSettings
from queueing.store import Store, connect
from tests.servers import READY_TIMEOUT_S

ROOM = WaitingRoom("test")
HUB = "hub-1"
DOCUMENT = b"an encrypted document"
RULES = (redis_users.TOUCH_POINT, redis_users.BROKER)
# Redis 7.0 and later know what the rules say; a machine may have one beside Valkey.
_REDIS = Path(shutil.which("redis-server") or "")
SERVERS = [valkey.find(), *([_REDIS] if valkey.knows_users(_REDIS) else [])]


@dataclass(frozen=True, slots=True)
class Guarded:
    """One server; everybody has a password."""

    port: int
    passwords: dict[str, str]

    def url(self, user: str, database: int = 0) -> str:
        return redis_users.url(valkey.url(self.port, database), user, self.passwords[user])

    def store(self, user: str) -> Store:
        return Store(connect(self.url(user)))

    def client(self, user: str, database: int = 0) -> redis.Redis:
        """As a thief would use the password."""
        return redis.Redis.from_url(self.url(user, database), driver_info=None)

    def jobs(self, user: str) -> broker.BrokerJobs:
        return broker.BrokerJobs(broker.connect(self.url(user, 1)))

    def forget(self) -> None:
        with self.client(redis_users.OPERATOR) as operator:
            operator.flushall()
            operator.execute_command("ACL", "LOG", "RESET")

    def refused(self) -> list[str]:
        """What the server has refused since, and to whom."""
        with self.client(redis_users.OPERATOR) as operator:
            told = operator.execute_command("ACL", "LOG")
        return [f"{entry[b'username'].decode()}: {entry[b'object'].decode()}" for entry in told]


@contextlib.contextmanager
def running(guard: watchdog.Watchdog, binary: Path, folder: Path) -> Iterator[Guarded]:
    passwords = {name: redis_users.new_password() for name in redis_users.names(redis_users.COMMON, *RULES)}
    users = folder / "users.acl"
    users.write_text(redis_users.file(passwords, *RULES))
    server = Guarded(ports.free(), passwords)
    command = valkey.command(binary, server.port, folder, users)
    process = processes.Process("guarded", command, environments.inherited(), folder / "server.log", folder)
    process.start(guard)
    try:
        assert valkey.wait(server.url(redis_users.OPERATOR), lambda: None, READY_TIMEOUT_S), process.tail()
        yield server
    finally:
        process.kill()


def open_room(server: Guarded) -> None:
    """As an usher does it, with its own rights."""
    usher = server.store("usher")
    usher.load_scripts()
    publications.publish(usher, configured.TIER_SIGNING_KEY, RoomSettings(slug="test"), hold=False)
    usher.client.close()


def join(web: Store, ticket: str) -> None:
    """As a web process does it."""
    web.run(ROOM.heartbeat(HUB, 1))
    reference = tickets.reference(ticket).replace("-", "")
    assert web.run(ROOM.join(ticket, b"sealed " + ticket.encode(), reference, "address", 100)).verdict == "joined"
    assert web.run(ROOM.hold(ticket, HUB)).state == "waiting"


def serve(server: Guarded, ticket: str) -> None:
    """Call and finish somebody, as usher and worker do it."""
    usher, worker = server.store("usher"), server.store("worker")
    assert ticket in [called for called, _at in usher.run(ROOM.advance(10)).called]
    claim = worker.run(ROOM.claim(ticket))
    assert claim is not None and claim.sealed == b"sealed " + ticket.encode()
    assert worker.run(ROOM.renew(ticket, claim.attempt)).here
    proof = vouching.prove_outcome(configured.TIER_SIGNING_KEY, "test", ticket, "issued", "", DOCUMENT)
    assert worker.run(ROOM.finish(ticket, claim.attempt, "issued", document=DOCUMENT, proof=proof))
    usher.client.close()
    worker.client.close()
