"""The whole of Vestibule on this machine: Valkey, the simulated registry, web, usher, worker and console.

`make up` runs one; tests run others, with directories and ports of their own, and kill what they like:

    with stack.running(options.Options(directory=tmp_path)) as vestibule:
        vestibule.kill("worker")
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from honcho import environ as procfiles

from project.local import (
    commands,
    environments,
    errors,
    folders,
    keys,
    options,
    passwords,
    ports,
    processes,
    readiness,
    remembered,
    site,
    valkey,
    watchdog,
)

VALKEY = "valkey"
REGISTRY = "registry"
KINDS = (REGISTRY, "web", "usher", "worker", "console")
# A first start byte-compiles everything, on whatever machine it is.
READY_TIMEOUT_S = 90.0
STEP_S = 0.05


@contextlib.contextmanager
def running(
    chosen: options.Options,
    *,
    hold: Sequence[int] = (),
    while_waiting: Callable[[], None] = lambda: None,
    say: Callable[[str], object] = str,
) -> Iterator[Stack]:
    """Everything up and ready; nothing of it left running afterwards.

    `hold`: descriptors kept open until the last process has ended. `while_waiting` is called often and may raise.
    Raises: errors.LocalError.
    """
    place = site.choose(chosen)
    place.folders.make()
    place.folders.turn_logs()
    place = passwords.give_out(place)
    keys.make(place.folders)
    remembered.keep(place.folders, environments.of_operator(place))
    guard = watchdog.Watchdog(hold)
    stack = Stack(place, guard, while_waiting)
    try:
        stack.up(say)
        yield stack
    finally:
        stack.down()
        guard.close()


class Stack:
    """Processes go by the names of the Procfile, and "valkey"; "worker-2" is a second worker."""

    def __init__(self, place: site.Site, guard: watchdog.Watchdog, while_waiting: Callable[[], None]) -> None:
        self.site = place
        self.processes: dict[str, processes.Process] = {}
        # Somebody the simulated registry knows, as `manage.py people --json` describes them.
        self.person: dict[str, Any] = {}
        self._guard = guard
        self._while_waiting = while_waiting
        self._ports: dict[str, int] = {}
        self._ops_ports: dict[str, int] = {}
        self._commands = procfiles.parse_procfile((folders.ROOT / "Procfile").read_text()).processes

    def up(self, say: Callable[[str], object]) -> None:
        """Raises: errors.LocalError."""
        say("Starting the touch point …")
        self._start_touch_point()
        say("Starting the registry's simulator and the web server, preparing the database …")
        self.start("registry", "web")
        self._prepare()
        say("Starting usher, worker and console …")
        self.start("usher", "worker", "console")
        self.wait_ready(*KINDS)

    def address(self, name: str = "web") -> str:
        """Where a process serves its tier, without a slash at the end."""
        return f"http://{ports.HOST}:{self._ports[name]}"

    def ops_address(self, name: str) -> str:
        """Where a process tells of itself: /metrics, /healthz, /readyz."""
        return f"http://{ports.HOST}:{self._ops_ports[name]}"

    def start(self, *names: str) -> None:
        """Start new ones, or again those that ended."""
        for name in names:
            if name not in self.processes:
                self.processes[name] = self._made(name)
            self.processes[name].start(self._guard)

    def stop(self, *names: str) -> None:
        """Ask them to end, and wait for it."""
        processes.stop(self.processes[name] for name in names)

    def kill(self, *names: str) -> None:
        """End them at once, as a power cut would."""
        for name in names:
            self.processes[name].kill()

    def wait_ready(self, *names: str, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Raises: NotReady; ProcessDied when one of the stack ends meanwhile."""
        deadline = time.monotonic() + timeout_s
        while reasons := self._unready(names):
            self.check()
            self._while_waiting()
            if time.monotonic() > deadline:
                raise errors.NotReady(reasons, timeout_s)
            names = tuple(reasons)
            time.sleep(STEP_S)

    def check(self) -> None:
        """Raises: ProcessDied when one of those that ought to run has ended."""
        for process in self.processes.values():
            if process.died:
                raise errors.ProcessDied(process.name, process.returncode or 0, process.tail())

    def manage(self, *arguments: str) -> str:
        """What a management command prints. Raises: CommandFailed."""
        return self._output("manage", sys.executable, "manage.py", *arguments)

    def down(self) -> None:
        """End everything, Valkey last, so that all others can hand back what they hold; safe to repeat."""
        others = [process for name, process in self.processes.items() if name != VALKEY]
        processes.stop(others)
        processes.stop(process for name, process in self.processes.items() if name == VALKEY)

    def _start_touch_point(self) -> None:
        if self.site.valkey_port is None:
            for variable, address in (
                ("REDIS_URL", self.site.redis_url),
                ("BROKER_URL", self.site.broker_url),
            ):
                trouble = valkey.trouble(address)
                if trouble is not None:
                    raise errors.Unreachable(variable, trouble)
            return
        self.start(VALKEY)
        self.wait_touch_point()

    def wait_touch_point(self) -> None:
        """Raises: NotReady, ProcessDied."""

        def still_there() -> None:
            self.check()
            self._while_waiting()

        if not valkey.wait(self.site.redis_url, still_there, READY_TIMEOUT_S):
            raise errors.NotReady({VALKEY: "it does not answer"}, READY_TIMEOUT_S)

    def _prepare(self) -> None:
        """Migrate, and make what comes with `make up`: a room, a demo account, somebody to type in."""
        chosen = self.site.options
        arguments = [self.site.folders.console_password, chosen.registry_people, chosen.registry_seed]
        printed = self._output("prepare", sys.executable, "-m", "project.local.prepare", *map(str, arguments))
        self.person = json.loads(printed.splitlines()[-1])

    def _unready(self, names: Sequence[str]) -> dict[str, str]:
        """Those that are not ready, and why."""
        reasons = {
            name: readiness.trouble(self._ports[name], readiness.REGISTRY_PATH)
            if name == REGISTRY
            else readiness.trouble(self._ops_ports[name])
            for name in names
        }
        # Web tells that it is well before it listens: it presses the static files in between.
        for name in names:
            if name.startswith("web"):
                reasons[name] = reasons[name] or readiness.trouble(self._ports[name], "/healthz")
        return {name: reason for name, reason in reasons.items() if reason is not None}

    def _output(self, log: str, *command: str) -> str:
        environment = environments.of_command(self.site)
        return commands.output(command, environment, self.site.folders.log(log), self._guard, self._while_waiting)

    def _made(self, name: str) -> processes.Process:
        kind = name.partition("-")[0]
        log = self.site.folders.log(name)
        if kind == VALKEY:
            at = self.site.valkey_port or ports.free()
            command = valkey.command(valkey.find(), at, self.site.folders.valkey, self.site.folders.redis_users)
            return processes.Process(name, command, environments.common(self.site), log, folders.ROOT)
        self._ports[name] = self.site.port(name)
        self._ops_ports[name] = ports.free()
        command = ["/bin/sh", "-c", f"exec {self._commands[kind]}"]
        environment = environments.of_process(self.site, kind, self._ports[name], self._ops_ports[name])
        return processes.Process(name, command, environment, log, folders.ROOT)
