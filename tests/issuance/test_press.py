import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from issuance import errors, pdf, press
from issuance.fonts import faces
from tests.issuance import samples

CANARY = "Canarybird"
others: set[int] = set()
ORPHANS = """
import multiprocessing, sys, time
from issuance import pdf, press
if __name__ == "__main__":
    open_press = press.Press(pdf.render, 2)
    open_press.start()
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    time.sleep(600)
"""


def die(_page):
    os._exit(1)


def quote(page):
    raise ValueError(page.family)


@pytest.fixture
def pages(signer):
    return [pdf.page(samples.issued(signer, person)) for person in samples.PEOPLE]


@pytest.fixture
def opened():
    """Makes presses, and closes them in the end."""
    made = []
    others.clear()
    others.update(child.pid for child in hands())

    def open_one(make=pdf.render, processes=1):
        made.append(press.Press(make, processes))
        return made[-1]

    yield open_one
    for one in made:
        one.close()
    assert not hands()


def hands():
    """Those of this test: a worker that another test made may have its own."""
    return [child for child in multiprocessing.active_children() if child.name == "press" and child.pid not in others]


def test_threads_get_the_same_pages_as_without_it(opened, pages):
    one = opened(processes=2)
    with ThreadPoolExecutor(8) as threads:
        documents = list(threads.map(one.document, pages * 3))
    assert documents == [pdf.render(page) for page in pages] * 3
    assert len(hands()) == 2


def test_process_that_was_killed_is_replaced_and_nobody_notices(opened, pages):
    one = opened()
    before = one.document(pages[0])
    (killed,) = hands()
    os.kill(killed.pid, signal.SIGKILL)
    killed.join()
    assert one.document(pages[0]) == before
    (other,) = hands()
    assert other.pid != killed.pid


def test_page_that_kills_every_process_is_given_up_after_two(opened, pages):
    one = opened(die)
    with pytest.raises(errors.PressBroken):
        one.document(pages[0])


def test_letter_without_a_font_is_told_as_such(opened, pages):
    one = opened()
    with pytest.raises(faces.MissingGlyph):
        one.document(replace(pages[0], family="王"))
    assert one.document(pages[0])


def test_what_goes_wrong_is_told_without_the_person(opened, pages, caplog):
    with pytest.raises(errors.PressBroken) as caught:
        opened(quote).document(replace(pages[0], family=CANARY))
    assert "ValueError" in str(caught.value)
    assert CANARY not in str(caught.value) + caplog.text
    assert caught.value.__cause__ is None


def test_process_that_hangs_is_not_waited_for_in_the_end(opened, pages, monkeypatch):
    monkeypatch.setattr(press, "CLOSING_S", 0.1)
    one = opened()
    one.start()
    (hand,) = hands()
    os.kill(hand.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(one.document, pages[0])
        while not one._idle.empty():
            time.sleep(0.01)
        one.close()
        assert not hand.is_alive()
        with pytest.raises(errors.PressBroken):
            waiting.result()


def test_signals_meant_for_the_worker_stop_no_page(opened, pages):
    one = opened()
    one.document(pages[0])
    (hand,) = hands()
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(hand.pid, number)
    assert one.document(pages[0])
    assert [other.pid for other in hands()] == [hand.pid]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_processes_end_with_their_worker_however_it_ends(number, tmp_path):
    script = tmp_path / "worker.py"
    script.write_text(ORPHANS)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as worker:
        pids = [int(pid) for pid in worker.stdout.readline().split()]
        assert len(pids) == 2
        worker.send_signal(number)
    deadline = time.monotonic() + 30
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(alive, pids))


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123
        return stat.read().rpartition(")")[2].split()[0] != "Z"
