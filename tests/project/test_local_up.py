"""`make up` as its operator meets it: a process of its own, judged by what it prints and what it leaves behind."""

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from project.local import folders, ports, stack
from tests.project.test_local_processes import gone

PATIENCE_S = 120
READY = "Ctrl-C stops everything."
NAMES = {"valkey", *stack.KINDS}

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at processes by way of /proc")


class Up:
    """One run; its processes are known by the log that they write to."""

    def __init__(self, directory: Path, **variables: str) -> None:
        self.directory = directory
        self.printed = directory.parent / "printed"
        with self.printed.open("w") as output:
            self.child = started(directory, output, **variables)

    def wait_for(self, words: str) -> None:
        wait_for(words, self.printed, self.child)

    def found(self, pattern: str) -> str:
        match = re.search(pattern, self.printed.read_text())
        assert match, self.printed.read_text()
        return match[1]

    def processes(self) -> dict[int, str]:
        """The watchdog, which logs nothing, is none of them."""
        logs = {int(entry.name): _log_of(entry) for entry in Path("/proc").glob("[0-9]*")}
        return {pid: log.stem for pid, log in logs.items() if log.parent == self.directory / "logs"}

    def leaves_nothing(self, pids: list[int]) -> bool:
        return all(gone(pid) for pid in pids) and not self.processes()

    def end(self, number: int = signal.SIGINT) -> int:
        self.child.send_signal(number)
        return self.child.wait(PATIENCE_S)


def wait_for(words: str, printed: Path, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while words not in printed.read_text():
        assert child.poll() is None, printed.read_text()
        assert time.monotonic() < deadline, printed.read_text()
        time.sleep(0.05)


def started(
    directory: Path, output: int | IO[str], hang_up: signal.Handlers = signal.SIG_DFL, **variables: str
) -> subprocess.Popen[bytes]:
    """`hang_up`: what it inherits for SIGHUP, whatever the tests themselves were started with."""
    own = signal.signal(signal.SIGHUP, hang_up)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "project.local", "--directory", directory],
            env={"PATH": os.environ["PATH"], **variables},
            cwd=folders.ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGHUP, own)


def _log_of(entry: Path) -> Path:
    try:
        return (entry / "fd" / "2").readlink()
    except OSError:
        return Path()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A run that stays up; tests leave it so."""
    up = Up(tmp_path_factory.mktemp("running") / "var", PORT=str(ports.free()))
    try:
        up.wait_for(READY)
        yield up
    finally:
        up.end()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    """A run that the test may end as it likes."""
    up = Up(tmp_path / "var", PORT=str(ports.free()))
    yield up
    if up.child.poll() is None:
        up.end()


def test_it_prints_an_address_that_answers(running):
    address = running.found(r"Vestibule is ready:  (http://\S+)")

    with urllib.request.urlopen(address) as answer:
        assert answer.status == 200


def test_it_prints_somebody_to_type_in(running):
    for field in ("given names", "family name", r"date of birth    \d{4}-\d\d-\d\d", "document number"):
        assert running.found(rf"({field} +\S+)" if "\\" not in field else f"({field})")


def test_it_runs_a_process_of_every_kind_each_with_a_log(running):
    assert set(running.processes().values()) == NAMES


def test_staff_can_log_in_with_what_it_prints(running):
    console = running.found(r"Console:  (http://\S+/) ")
    account, password = running.found(r"log in as (\w+) with"), running.found(r"with (\S+)\)")
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    with browser.open(f"{console}admin/login/?next=/admin/") as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    form = {"username": account, "password": password, "csrfmiddlewaretoken": token[1]}

    with browser.open(f"{console}admin/login/?next=/admin/", urllib.parse.urlencode(form).encode()) as page:
        assert page.url == f"{console}admin/"


def test_second_run_in_the_same_folder_tells_where_the_first_one_is(running):
    second = subprocess.run(
        [sys.executable, "-m", "project.local", "--directory", running.directory],
        cwd=folders.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    address = running.found(r"Vestibule is ready:  (http://\S+)/")
    assert second.returncode == 1
    assert second.stdout == f"Vestibule already runs from this folder at {address}: stop it there with Ctrl-C.\n"
    assert second.stderr == ""


def test_port_that_is_taken_is_told_in_a_sentence(running, tmp_path):
    port = running.found(r"Vestibule is ready:  http://127.0.0.1:(\d+)/")

    other = Up(tmp_path / "var", PORT=port)

    assert other.child.wait(PATIENCE_S) == 1
    assert other.printed.read_text() == (f"Port {port} is in use by another program: choose another one with PORT=….\n")


def test_no_process_was_given_a_secret_of_the_other_tier(running):
    """Neither by value nor by the name of a file, in the environment or on the command line."""
    keys = folders.Folders(running.directory)
    public_anyway = keys.public_keys / "issuing_public_key"
    for pid, name in running.processes().items():
        given = Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()
        strange = {"valkey": ("public", "private"), "registry": ("public", "private"), "web": ("private",)}
        for tier in strange.get(name, ("public",)):
            folder = running.directory / "keys" / tier
            secrets = [path for path in folder.rglob("*") if path.is_file() and path != public_anyway]
            assert str(folder).encode() not in given, f"{name} is told of {folder}"
            assert not [path for path in secrets if path.read_bytes().strip() in given], name


def test_no_command_line_holds_a_secret(running):
    secrets = [path for path in (running.directory / "keys").rglob("*") if path.is_file()]
    for pid in running.processes():
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        assert not [path for path in secrets if path.read_bytes().strip() in line]


def test_ctrl_c_leaves_nothing_running(up):
    up.wait_for(READY)
    pids = [*up.processes(), *children(up.child.pid)]
    assert len(pids) > len(NAMES)

    assert up.end(signal.SIGINT) == 0

    assert up.leaves_nothing(pids)
    assert "Traceback" not in up.printed.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_being_stopped_while_it_starts_leaves_nothing_running(up, number):
    up.wait_for("preparing the database")
    pids = [*up.processes(), *children(up.child.pid)]

    assert up.end(number) == 0

    assert up.leaves_nothing(pids)
    assert "Traceback" not in up.printed.read_text()


def test_run_started_by_nohup_outlives_its_terminal(tmp_path):
    printed = tmp_path / "printed"
    with printed.open("w") as output:
        child = started(tmp_path / "var", output, signal.SIG_IGN, PORT=str(ports.free()))
    wait_for("preparing the database", printed, child)

    child.send_signal(signal.SIGHUP)

    wait_for(READY, printed, child)
    child.terminate()
    assert child.wait(PATIENCE_S) == 0


def test_closing_the_terminal_leaves_nothing_running_even_if_no_signal_comes(tmp_path):
    """As when `make` was started by the terminal itself: then it alone is told."""
    ours, theirs = os.openpty()
    child = started(tmp_path / "var", theirs, PORT=str(ports.free()))
    os.close(theirs)
    printed = b""
    while b"preparing the database" not in printed:
        printed += os.read(ours, 4096)
    pids = children(child.pid)

    os.close(ours)

    assert child.wait(PATIENCE_S) == 0
    assert pids
    assert all(gone(pid) for pid in pids)


def test_process_that_dies_is_named_and_everything_is_stopped(up):
    up.wait_for(READY)
    pids = [*up.processes(), *children(up.child.pid)]
    usher = next(pid for pid, name in up.processes().items() if name == "usher")

    os.kill(usher, signal.SIGKILL)

    assert up.child.wait(PATIENCE_S) == 1
    assert up.leaves_nothing(pids)
    last = up.printed.read_text().splitlines()[-1]
    assert last == "The usher process was killed by signal 9, so everything was stopped."


def test_being_killed_itself_leaves_nothing_running(up):
    up.wait_for(READY)
    pids = [*up.processes(), *children(up.child.pid)]

    up.child.kill()
    up.child.wait(PATIENCE_S)

    assert up.leaves_nothing(pids)


def test_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path):
    (tmp_path / "var").write_text("a file")

    up = Up(tmp_path / "var")

    assert up.child.wait(PATIENCE_S) == 1
    assert up.printed.read_text() == f"{tmp_path / 'var'}: File exists.\n"
