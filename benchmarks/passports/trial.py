"""Makes passports of one kind and counts what they took: the certificate, the page, the lock."""

from __future__ import annotations

import datetime
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.passports import people
from issuance import handout, pdf, press, signing_keys
from issuance.paper import facts
from queueing import documents, sealing

# A worker's threads, which certify and lock; each waits for its page meanwhile.
THREADS = 8
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Score:
    """`per_s`: for each second of one core's work, the best of a few rounds, which the machine disturbed least."""

    per_s: float
    middle_per_s: float
    page_bytes: int
    locked_bytes: int
    largest_bytes: int


def alone(found: Sequence[people.Found], signer: signing_keys.Signer, make: Callable[[facts.Page], bytes]) -> Score:
    """One after the other in this process, by the time its processor worked."""
    now = datetime.datetime.now(datetime.UTC)
    _passport(found[0], signer, now, make)
    rates, pages, locked = [], [], []
    for part in (found[first::_ROUNDS] for first in range(_ROUNDS)):
        began = time.process_time()
        made = [_passport(one, signer, now, make) for one in part]
        rates.append(len(made) / (time.process_time() - began))
        pages += [page for page, _document in made]
        locked += [document for _page, document in made]
    return Score(
        max(rates), statistics.median(rates), round(statistics.mean(pages)), round(statistics.mean(locked)), max(pages)
    )


def together(found: Sequence[people.Found], signer: signing_keys.Signer, processes: int) -> tuple[float, float]:
    """(passports by the clock, passports for each second of a core's work) as a worker makes them."""
    now = datetime.datetime.now(datetime.UTC)
    presses = press.Press(handout.make, processes)
    with ThreadPoolExecutor(THREADS) as threads:
        presses.start()
        list(threads.map(lambda one: _passport(one, signer, now, presses.document), found[: 4 * processes]))
        began, worked = time.monotonic(), time.process_time()
        list(threads.map(lambda one: _passport(one, signer, now, presses.document), found))
        lasted, own = time.monotonic() - began, time.process_time() - worked
    before = _children_s()
    presses.close()
    return len(found) / lasted, len(found) / (own + _children_s() - before)


def _passport(
    one: people.Found, signer: signing_keys.Signer, now: datetime.datetime, make: Callable[[facts.Page], bytes]
) -> tuple[int, int]:
    """(bytes of the PDF, bytes as Redis holds it with what a page to be read needs)"""
    made = make(pdf.page(one.certify(signer, now)))
    return len(documents.pdf_of(made)), len(sealing.lock(one.reply_key, people.ROOM, people.TICKET, made))


def _children_s() -> float:
    """What the processes that have ended took, their start and the reading of fonts included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
