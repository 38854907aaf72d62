import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from project.local import folders

SKIPPING = """
import pytest
def test_that_skips():
    pytest.skip("no reason at all")
"""


@pytest.fixture
def skipping(tmp_path: Path) -> Path:
    path = tmp_path / "test_that_skips.py"
    path.write_text(SKIPPING)
    return path


def run(path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """With our conftest as a plugin, for the file lies outside of the tree."""
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | variables
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-c", "pyproject.toml", path],
        env=environment,
        cwd=folders.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_test_runs_the_rounds_of_both_databases_and_stops_at_the_first_that_fails():
    recipe = (folders.ROOT / "Makefile").read_text().partition("\ntest:")[2].partition("\n\n")[0]
    commands = [line.strip() for line in recipe.splitlines() if line.startswith("\t")]
    assert [re.search(r"-m (\S+)", command).group(1) for command in commands] == [
        "tests.prepare",
        "pytest",
        "tests.on_postgres",
    ]
    assert not [command for command in commands if command.startswith(("-", "@-")) or "||" in command]


def test_skipped_test_fails_where_nothing_may_be_skipped(skipping):
    finished = run(skipping, CI="true")

    assert finished.returncode == 1
    assert "1 failed" in finished.stdout
    assert "no reason at all" in finished.stdout


def test_skipped_test_is_only_told_of_elsewhere(skipping):
    finished = run(skipping)

    assert finished.returncode == 0
    assert "1 skipped" in finished.stdout
