"""What npm installs to check the pages with: the same everywhere, from whatever registry there is."""

from __future__ import annotations

import json
import re

from tests import tools

LISTED = json.loads((tools.LISTS / tools.LIST).read_text())
LOCKED = json.loads((tools.LISTS / tools.LOCK).read_text())


def test_versions_are_exact() -> None:
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in LISTED["devDependencies"].values())
    assert LOCKED["packages"][""]["devDependencies"] == LISTED["devDependencies"]


def test_lock_says_what_a_package_is_and_not_where_it_was_had() -> None:
    packages = [package for path, package in LOCKED["packages"].items() if path]
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert not any("resolved" in package for package in packages)
    assert "://" not in json.dumps(LOCKED)
