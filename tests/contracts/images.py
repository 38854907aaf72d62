"""What `docker build` would put into an image, found out without Docker: the Dockerfile's COPY lines, .dockerignore,
and the packages of a dependency group.
"""

import functools
import importlib.metadata
import re
import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from project.local import folders

WORKDIR = PurePosixPath("/app")


@dataclass
class Stage:
    """One FROM and what follows it, as (KEYWORD, the rest of the line)."""

    name: str
    base: str
    lines: list[tuple[str, str]] = field(default_factory=list)

    def last(self, keyword: str) -> str | None:
        return next((rest for word, rest in reversed(self.lines) if word == keyword), None)


def stages() -> dict[str, Stage]:
    """In the order of the file."""
    text = (folders.ROOT / "Dockerfile").read_text()
    whole = re.sub(r"\\\n\s*", "", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    found: dict[str, Stage] = {}
    for line in filter(None, whole.splitlines()):
        keyword, _, rest = line.partition(" ")
        if keyword == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = found[name] = Stage(name, base)
        else:
            stage.lines.append((keyword, rest.strip()))
    return found


def built_on(target: str) -> list[Stage]:
    """The stages whose layers the image has, first to last."""
    known = stages()
    chain = [known[target]]
    while chain[0].base in known:
        chain.insert(0, known[chain[0].base])
    return chain


def build(target: str, root: Path) -> None:
    """Copy into `root` what the image gets from the build's context."""
    for stage in built_on(target):
        for keyword, rest in stage.lines:
            if keyword in ("COPY", "ADD") and not rest.startswith("--"):
                *sources, goal = rest.split()
                for source in sources:
                    _copy(source, goal, root)


def _copy(pattern: str, goal: str, root: Path) -> None:
    """A folder's contents, or files into a folder (COPY, as Docker has it)."""
    where = root / str(WORKDIR / goal).lstrip("/")
    copied = 0
    for relative in sorted(context()):
        rest = _below(relative, pattern)
        if rest is not None:
            (where / rest).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folders.ROOT / relative, where / rest)
            copied += 1
    assert copied, f"COPY {pattern} finds nothing"


def _below(relative: PurePosixPath, pattern: str) -> PurePosixPath | None:
    """Where a file goes under the goal; None when the pattern is not about it."""
    if (folders.ROOT / pattern).is_dir():
        return relative.relative_to(pattern) if relative.is_relative_to(pattern) else None
    return PurePosixPath(relative.name) if _matches(relative, pattern) else None


@functools.cache
def context() -> frozenset[PurePosixPath]:
    """All files that .dockerignore lets into a build; the last line that matches counts."""
    lines = (folders.ROOT / ".dockerignore").read_text().splitlines()
    rules = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    tops = {PurePosixPath(rule[1:]).parts[0] for rule in rules if rule.startswith("!")}
    paths = [path for top in tops for path in (folders.ROOT / top, *(folders.ROOT / top).rglob("*")) if path.is_file()]
    relative = (PurePosixPath(path.relative_to(folders.ROOT)) for path in paths)
    return frozenset(path for path in relative if _included(path, rules))


def _included(relative: PurePosixPath, rules: Iterable[str]) -> bool:
    included = True
    for rule in rules:
        if any(_matches(part, rule.removeprefix("!")) for part in (relative, *relative.parents)):
            included = rule.startswith("!")
    return included


def _matches(path: PurePosixPath, pattern: str) -> bool:
    """Go's filepath.Match, with `**/` for any number of folders."""
    return _expression(pattern).fullmatch(str(path)) is not None


@functools.cache
def _expression(pattern: str) -> re.Pattern[str]:
    expression = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return re.compile(expression.replace(r"\[", "[").replace(r"\]", "]"))


def requirements(group: str) -> list[Requirement]:
    """Of one of pyproject.toml's dependency groups."""
    groups = tomllib.loads((folders.ROOT / "pyproject.toml").read_text())["dependency-groups"]
    found: list[Requirement] = []
    for entry in groups[group]:
        found += requirements(entry["include-group"]) if isinstance(entry, dict) else [Requirement(entry)]
    return found


def absent_packages(wanted: Iterable[Requirement]) -> set[str]:
    """Top-level modules installed here that an image with these requirements has not."""
    there = _closure(wanted)
    known = importlib.metadata.packages_distributions()
    return {module for module, owners in known.items() if not there & {canonicalize_name(name) for name in owners}}


def _closure(wanted: Iterable[Requirement]) -> set[str]:
    """Names of all distributions that installing `wanted` brings, extras included."""
    there: set[str] = set()
    queue = [(requirement, extra) for requirement in wanted for extra in ("", *sorted(requirement.extras))]
    seen: set[tuple[str, str]] = set()
    while queue:
        requirement, extra = queue.pop()
        name = canonicalize_name(requirement.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        there.add(name)
        for text in importlib.metadata.requires(name) or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                queue += [(needed, further) for further in ("", *sorted(needed.extras))]
    return there
