""".env.example tells of every variable that is read, and of no other."""

import ast

import pytest

from project.local import folders
from tests.contracts import variables

COMPOSE = "docker compose"
# Modules that look at the environment themselves: the readers, and those that hand a process its own.
LOOKS = {"project/env.py", "project/local/environments.py", "project/local/remembered.py"}


def told_of_processes():
    return {name: variable for name, variable in variables.told().items() if variable.tier != COMPOSE}


def test_it_tells_of_what_is_read_and_of_nothing_else():
    assert sorted(told_of_processes()) == sorted(variables.read_by_code())


@pytest.mark.parametrize("name", sorted(variables.read_by_code()))
def test_it_says_which_tier_reads_it_whether_it_is_secret_and_its_default(name):
    assert told_of_processes().get(name) == variables.read_by_code()[name]


def test_it_holds_no_secret():
    given = [line for line in (folders.ROOT / ".env.example").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in given if line and not line.endswith("=")] == []


def test_nobody_else_looks_at_the_environment():
    """DJANGO_SETTINGS_MODULE is set where a tier begins; the settings of the tests set all of theirs."""
    looking = set()
    for folder in ("project", "queueing", "issuance", "benchmarks"):
        for path in (folders.ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} and _is_os(node):
                    looking.add(str(path.relative_to(folders.ROOT)))
    set_only = {"project/asgi.py", "project/worker.py", "project/console.py", "project/settings/test.py"}
    assert looking - set_only == LOOKS


def _is_os(node):
    return isinstance(node.value, ast.Name) and node.value.id == "os"
