import concurrent.futures
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from project.local import environments, processes, watchdog
from tests.processes import alive, gone

PATIENCE_S = 20
# Starts a child of its own, and writes down both process ids.
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
# A master that entrusts a process to a watchdog and then waits to be killed.
MASTER = """
import sys, time
from pathlib import Path
from project.local import environments, processes, watchdog
command = [sys.executable, "-c", "import time; time.sleep(600)"]
process = processes.Process("sleeper", command, environments.inherited(), Path(sys.argv[1]), Path("/"))
process.start(watchdog.Watchdog())
print(process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "process.log"


def made(script: str, log: Path) -> processes.Process:
    command = [sys.executable, "-c", script]
    return processes.Process("script", command, environments.inherited(), log, log.parent)


def written(log: Path) -> str:
    """What the process prints first."""
    deadline = time.monotonic() + PATIENCE_S
    while not (log.exists() and log.read_text().endswith("\n")):
        assert time.monotonic() < deadline, "it prints nothing"
        time.sleep(0.02)
    return log.read_text()


def test_killing_a_process_kills_what_it_has_started(guard, log):
    process = made(PARENT, log)
    process.start(guard)
    pids = [int(pid) for pid in written(log).split()]

    process.kill()

    assert all(gone(pid) for pid in pids)


def test_process_that_ignores_being_asked_is_made_to_end(guard, log):
    process = made(DEAF, log)
    process.start(guard)
    written(log)

    processes.stop([process], grace_s=0.1)

    assert process.returncode == -signal.SIGKILL
    assert not process.died


def test_process_that_ends_by_itself_has_died_and_leaves_its_last_words(guard, log):
    process = made("raise SystemExit('the last words')", log)
    process.start(guard)

    assert process.wait(PATIENCE_S)

    assert process.died
    assert process.returncode == 1
    assert process.tail() == ["the last words"]


def test_ended_process_can_be_started_again_and_goes_on_in_the_same_log(guard, log):
    process = made("print('here')", log)
    for _ in range(2):
        process.start(guard)
        process.wait(PATIENCE_S)

    assert written(log) == "here\nhere\n"
    assert process.returncode == 0


def test_starting_a_process_that_runs_starts_no_second_one(guard, log):
    process = made(PARENT, log)
    process.start(guard)
    written(log)
    pid = process.pid

    process.start(guard)

    assert process.pid == pid
    process.kill()


def test_what_a_dead_process_has_left_behind_ends_before_it_is_started_again(guard, log):
    process = made(PARENT, log)
    process.start(guard)
    pid, orphan = (int(word) for word in written(log).split())
    os.kill(pid, signal.SIGKILL)
    assert process.wait(PATIENCE_S)
    assert alive(orphan)

    process.start(guard)

    assert gone(orphan)
    process.kill()


def test_log_is_its_owners_alone(guard, log):
    process = made("open('made_by_the_process', 'w')", log)
    process.start(guard)
    process.wait(PATIENCE_S)

    assert log.stat().st_mode & 0o777 == 0o600
    assert (log.parent / "made_by_the_process").stat().st_mode & 0o777 == 0o600


def test_process_ends_when_its_master_is_killed_and_could_tell_nobody(log):
    master = subprocess.Popen([sys.executable, "-c", MASTER, log], stdout=subprocess.PIPE, text=True)
    assert master.stdout is not None
    with master, master.stdout as printed:
        pid = int(printed.readline())
        assert alive(pid)

        master.kill()

    assert gone(pid)


def test_watchdog_ends_only_what_it_still_watches():
    watched, forgotten = (subprocess.Popen(["/bin/sleep", "600"], start_new_session=True) for _ in range(2))
    guard = watchdog.Watchdog()
    for child in (watched, forgotten):
        guard.watch(child.pid)
    guard.forget(forgotten.pid)

    with concurrent.futures.ThreadPoolExecutor() as other_thread:
        returncode = other_thread.submit(watched.wait, PATIENCE_S)
        guard.close()

    assert returncode.result() == -signal.SIGTERM
    assert forgotten.poll() is None
    forgotten.kill()
    forgotten.wait(PATIENCE_S)


def test_group_that_ignores_sigterm_is_killed_after_the_grace(tmp_path):
    with (tmp_path / "log").open("w") as output:
        child = subprocess.Popen([sys.executable, "-c", DEAF], start_new_session=True, stdout=output)
    written(tmp_path / "log")

    watchdog.end_groups([child.pid], grace_s=0.1)

    assert child.wait(PATIENCE_S) == -signal.SIGKILL
