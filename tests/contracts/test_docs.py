"""What the documents name exists, and what they must name they do name."""

from __future__ import annotations

import importlib.metadata
import inspect
import re
import tomllib
from dataclasses import fields

import pytest
from django.core.management import get_commands

from issuance import keys as registry_keys
from issuance import permits
from queueing import keys, store
from queueing.settings import RoomSettings
from queueing.staff.management.commands import rooms
from tests.contracts import documents

ARCHITECTURE = "docs/architecture.md"
DOCUMENTS = sorted(
    str(path.relative_to(documents.ROOT))
    for pattern in ("*.md", "docs/*.md", "queueing/lua/*.md", "deploy/**/*.md")
    for path in documents.ROOT.glob(pattern)
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PLACE = re.compile(r"^(?:/|~|[A-Z]:\\)|/(?:home|root|tmp|Users|work)/")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    for link in LINK.findall(documents.text(name)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (documents.ROOT / name).parent / path if path else documents.ROOT / name
        assert target.exists(), f"{name} links to {link}"
        if anchor:
            assert anchor in documents.anchors(str(target.resolve().relative_to(documents.ROOT))), link


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_path_of_somebodys_machine_is_named(name: str) -> None:
    assert not [link for link in LINK.findall(documents.text(name)) if PLACE.search(link)]
    assert not re.search(r"/(?:home|root|Users)/\w", documents.text(name))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_make_knows_the_commands_that_are_named(name: str) -> None:
    known = set(re.findall(r"^([a-z]+):", documents.text("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`|[A-Z]=\S+ )make ([a-z]+)\b", documents.text(name), re.MULTILINE))
    assert named <= known


@pytest.mark.parametrize("name", DOCUMENTS)
def test_management_commands_that_are_named_exist(name: str) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", documents.text(name)))
    assert named <= set(get_commands())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_tests_that_are_named_exist(name: str) -> None:
    known = {
        found
        for path in (documents.ROOT / "tests").rglob("test_*.py")
        for found in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    named = {code for code in documents.codes(documents.text(name)) if re.fullmatch(r"test_\w+", code)}
    assert named <= known


def test_every_folder_has_its_place_in_the_readme() -> None:
    named = {cell.strip("`") for cell in documents.first_cells(documents.section("README.md", "Where a line belongs"))}
    for folder in named - {"folder"}:
        assert (documents.ROOT / folder).is_dir(), folder
    packages = {path.parent.name for path in documents.ROOT.glob("*/__init__.py")}
    assert {f"{package}/" for package in packages} <= named


def redis_keys() -> set[str]:
    """The names of all keys, with what is put into them in angle brackets."""
    room = keys.RoomKeys("room")
    names = {keys.ROOMS, keys.WORKERS, keys.OPENERS, keys.TRUST_LIST, keys.worker("<worker>")}
    for name, member in inspect.getmembers(keys.RoomKeys):
        if isinstance(member, property) and not name.endswith("_prefix"):
            names.add(getattr(room, name))
        elif inspect.isfunction(member) and not name.startswith("_"):
            [argument] = list(inspect.signature(member).parameters)[1:]
            names.add(getattr(room, name)(f"<{argument}>"))
    return names


def test_every_redis_key_is_described() -> None:
    described = {cell.strip("`") for cell in documents.first_cells(documents.section(ARCHITECTURE, "Redis keys"))}
    shared = registry_keys.RegistryKeys()
    of_the_registry = {
        getattr(shared, name)
        for name, member in inspect.getmembers(registry_keys.RegistryKeys)
        if isinstance(member, property)
    }
    assert described - {"key"} == redis_keys() | of_the_registry
    assert keys.UNABLE in of_the_registry


def test_every_script_is_described() -> None:
    described = documents.codes("\n".join(documents.first_cells(documents.section(ARCHITECTURE, "Scripts"))))
    scripts = {path.stem for folder in (store.LUA, permits._LUA) for path in folder.glob("*.lua")}
    assert described == scripts


def test_every_setting_of_a_room_is_explained() -> None:
    explained = documents.codes(documents.section("docs/rooms.md", "Settings"))
    assert {field.name for field in fields(RoomSettings)} <= explained


def test_every_command_for_rooms_is_explained() -> None:
    explained = documents.section("docs/rooms.md", "Commands")
    actions = {name.removeprefix("do_") for name in vars(rooms.Command) if name.startswith("do_")}
    assert set(re.findall(r"`rooms (\w+)", explained)) == actions


def packages_by_group() -> dict[str, set[str]]:
    groups = tomllib.loads(documents.text("pyproject.toml"))["dependency-groups"]
    return {
        group: {re.split(r"[\[<>=~!]", entry)[0] for entry in entries if isinstance(entry, str)}
        for group, entries in groups.items()
    }


def licences_by_package() -> dict[str, str]:
    rows = [line.split("|") for line in documents.text("docs/dependencies.md").splitlines() if line.startswith("| ")]
    return {cells[1].strip(): cells[-2].strip() for cells in rows}


def test_every_package_is_explained_and_no_other() -> None:
    parts = (
        "Both tiers",
        "Public tier",
        "Private tier",
        "On one machine, for tests, for checks",
    )
    explained = {
        cell for part in parts for cell in documents.first_cells(documents.section("docs/dependencies.md", part))
    }
    assert explained - {"package"} == set().union(*packages_by_group().values())


def installed_for_tests() -> list[str]:
    """Without the linters, which `make test` does not install."""
    groups = packages_by_group()
    return sorted(set().union(*groups.values()) - groups["check"])


@pytest.mark.parametrize("package", installed_for_tests())
def test_licence_is_that_of_the_package(package: str) -> None:
    about = importlib.metadata.metadata(package)
    stated = licences_by_package()[package]
    if about.get("License-Expression"):
        assert stated == about["License-Expression"]
        return
    classifiers = [name for name in about.get_all("Classifier") or [] if name.startswith("License")]
    said = " ".join([about.get("License") or "", *classifiers])
    assert re.split(r"[- ]", stated)[0] in said
