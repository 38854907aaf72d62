"""The environment variables: those the code reads, by its syntax tree, and those .env.example tells of."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from project.local import folders

# Which tier reads what these modules read.
MODULES = {
    "project/settings/base.py": "both tiers",
    "project/settings/public.py": "public tier",
    "project/settings/private.py": "private tier",
    "project/local/options.py": "make up",
}
SECRET_READERS = {"secret", "secrets"}
# Readers without a default; and those that take a missing variable for an empty one.
REQUIRED_READERS = {"secrets"}
EMPTY_READERS = {"words", "networks", "levels"}
# They parse what was read before, or tell where a secret is.
NO_READERS = {"parsed", "path"}
COMPUTED = "(computed)"
REQUIRED = "required"


@dataclass(frozen=True)
class Variable:
    """`default`: REQUIRED, COMPUTED, or as one would write it."""

    name: str
    tier: str
    secret: bool
    default: str


def read_by_code() -> dict[str, Variable]:
    """What `make up` reads only to hand it on belongs to its tier."""
    found: dict[str, Variable] = {}
    for module, tier in MODULES.items():
        for variable in _readers((folders.ROOT / module).read_text(), tier):
            found.setdefault(variable.name, variable)
    return found


def _readers(source: str, tier: str) -> Iterator[Variable]:
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        known = isinstance(node.func.value, ast.Name) and node.func.value.id == "env"
        if known and node.func.attr not in NO_READERS and isinstance(node.args[0], ast.Constant):
            reader = node.func.attr
            yield Variable(node.args[0].value, tier, reader in SECRET_READERS, _default(reader, node.args[1:]))


def _default(reader: str, given: list[ast.expr]) -> str:
    if given:
        return _written(given[0].value) if isinstance(given[0], ast.Constant) else COMPUTED
    return "" if reader in EMPTY_READERS else REQUIRED


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def told() -> dict[str, Variable]:
    """What .env.example says, from the line above each variable and from the variable's own."""
    found: dict[str, Variable] = {}
    above = ""
    for line in (folders.ROOT / ".env.example").read_text().splitlines():
        match = re.fullmatch(r"(#?)([A-Z][A-Z0-9_]*)=(.*)", line)
        if match:
            optional, name, value = match.groups()
            tier, *facts = above.removeprefix("# ").split(" · ")
            assert name not in found, f"{name} stands twice in .env.example"
            found[name] = Variable(name, tier, "secret" in facts, _told_default(facts[-1], value))
            assert bool(optional) == (found[name].default != REQUIRED), f"{name}: comment out what has a default"
        above = line
    return found


def _told_default(fact: str, value: str) -> str:
    if fact == REQUIRED:
        assert value == "", "what is required has no value to begin with"
        return REQUIRED
    word = fact.removeprefix("default ")
    assert word != fact, f"neither required nor a default: {fact}"
    if value == word or (value, word) == ("", "empty"):
        return value
    assert value == "", f"{value} is not {word}"
    return COMPUTED
