"""Every Redis key that workers share about the registry: its name, type, fields, and what removes it.

All of one registry share the hash tag `{permit:<name>}`. No key, field or value holds a name, a birth date or a
document number; tickets stand in them by their id, as they do in the line's own keys.
"""

from __future__ import annotations

from dataclasses import dataclass

REGISTRY = "registry"


@dataclass(frozen=True, slots=True)
class RegistryKeys:
    """`name` is another one than REGISTRY only where a test wants a bucket of its own."""

    name: str = REGISTRY

    def _name(self, suffix: str) -> str:
        return f"{{permit:{self.name}}}:{suffix}"

    @property
    def tat(self) -> str:
        """string: when the next slot is free, µs; removed by: nothing, so that its absence means loss."""
        return self._name("tat")

    @property
    def run(self) -> str:
        """string: run id of the Redis that wrote `tat`; removed by: nothing."""
        return self._name("run")

    @property
    def free(self) -> str:
        """zset: slot given back → its instant, µs, negative once taken again; removed by: the next one; TTL: 30 s."""
        return self._name("free")

    @property
    def under_way(self) -> str:
        """zset: call → when it is taken for dead, ms; removed by: its end; TTL: until the last of them is."""
        return self._name("under_way")

    @property
    def pause(self) -> str:
        """string: exists while the registry wants silence; TTL: that time."""
        return self._name("pause")

    @property
    def unable(self) -> str:
        """string: `queueing.keys.UNABLE`, which ushers read; removed by: an answer; TTL: so that nothing stays shut."""
        return self._name("unable")

    @property
    def breaker(self) -> str:
        """hash: answered_ms (the last answer); failures since, source of the first, others (there are two), failed_ms;
        probed_ms; trial (how many at a time may be tried next). TTL: an hour after the last of them.
        """
        return self._name("breaker")

    @property
    def failing(self) -> str:
        """hash: ticket → "since strikes last" of a search that fails; removed by: its answer; TTL: two hours."""
        return self._name("failing")
