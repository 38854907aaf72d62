"""The public tier has no issuing code, no database and no secret of the private tier: shown at run time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from project.local import environments, folders, keys, options, passwords, site

# Loads the web application as Daphne does, resolves every URL, and tells what has been loaded.
LOAD = """
import json, sys
from project.asgi import application
from django.conf import settings
from django.urls import get_resolver

def views(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns)
        else:
            yield str(pattern.callback)

found = list(views(get_resolver().url_patterns))
print(json.dumps({
    "modules": sorted(sys.modules),
    "views": found,
    "databases": settings.DATABASES,
    "settings": [name for name in dir(settings) if name.isupper()],
    "apps": settings.INSTALLED_APPS,
}))
"""
PRIVATE_SETTINGS = {
    *("ISSUING_PRIVATE_KEYS", "SIGNING_KEYS_DIR", "TIER_SIGNING_KEY"),
    *("REGISTRY_URL", "REGISTRY_TOKEN", "BROKER_URL"),
}
PRIVATE_SETTINGS |= {"RECORD_KEY"}


@pytest.fixture
def place(tmp_path: Path) -> site.Site:
    """Keys of all tiers, made as `make up` makes them; nothing is started."""
    chosen = site.choose(options.Options(directory=tmp_path))
    chosen.folders.make()
    keys.make(chosen.folders)
    return passwords.give_out(chosen)


def loaded_by_web(place: site.Site) -> dict[str, list[str]]:
    environment = environments.of_process(place, "web", 8000, 8001)
    finished = subprocess.run(
        [sys.executable, "-c", LOAD], env=environment, cwd=folders.ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return dict(json.loads(finished.stdout))


def test_web_loads_no_issuing_code_and_no_database(place: site.Site) -> None:
    loaded = loaded_by_web(place)
    ours = [name for name in loaded["modules"] if name.partition(".")[0] == "issuance"]
    staff = [name for name in loaded["modules"] if name.startswith(("queueing.staff", "queueing.usher"))]
    backends = [
        name
        for name in loaded["modules"]
        if name.partition(".")[0] in ("sqlite3", "_sqlite3", "psycopg", "MySQLdb", "oracledb", "dramatiq")
        or (
            name.startswith("django.db.backends.")
            and name.split(".")[3] in ("sqlite3", "postgresql", "mysql", "oracle")
        )
    ]
    assert (ours, staff, backends) == ([], [], [])
    assert not any(database.get("ENGINE") for database in loaded["databases"])
    assert loaded["apps"] == []
    assert len(loaded["views"]) >= 7


def test_web_settings_name_none_of_the_private_ones(place: site.Site) -> None:
    assert not PRIVATE_SETTINGS & set(loaded_by_web(place)["settings"])


def test_web_is_given_none_of_the_private_secrets(place: site.Site) -> None:
    web = environments.of_process(place, "web", 8000, 8001)
    private = environments.of_process(place, "worker", 8000, 8001)
    readable = [Path(value) for value in web.values() if os.path.sep in value and Path(value).is_file()]
    told = "\n".join([*web.values(), *(path.read_text() for path in readable)])
    names = [name for name in private if name.endswith("_FILE") and name not in environments.INHERITED]
    assert {"SECRET_KEY_FILE", "ISSUING_PRIVATE_KEYS_FILE"} <= set(names)
    for name in names:
        assert Path(private[name]).read_text().strip() not in told, name
    for path in Path(private["SIGNING_KEYS_DIR"]).rglob("*"):
        assert str(path) not in told
    assert not PRIVATE_SETTINGS & {name.removesuffix("_FILE") for name in web}


def test_private_processes_are_given_no_key_that_signs_tickets(place: site.Site) -> None:
    web = environments.of_process(place, "web", 8000, 8001)
    for kind in ("usher", "worker", "console"):
        private = environments.of_process(place, kind, 8000, 8001)
        assert not {"TICKET_KEYS_FILE", "WEB_SIGNING_KEY_FILE"} & set(private)
        assert web["SECRET_KEY_FILE"] != private["SECRET_KEY_FILE"]
        assert Path(web["SECRET_KEY_FILE"]).read_text() != Path(private["SECRET_KEY_FILE"]).read_text()


def test_simulated_registry_is_given_no_secret_at_all(place: site.Site) -> None:
    registry = environments.of_process(place, "registry", 8000, 8001)
    assert not [name for name in registry if "KEY" in name or "SECRET" in name or "URL" in name]
