"""Killed in mid-work, a pool leaves nobody behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.processes import alive, gone

POOL = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from tests import processes

if __name__ == "__main__":
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), processes.end_with_parent) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(600)
"""


def test_processes_of_a_pool_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    paths = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=paths, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
        parent.wait()
        assert gone(child)
