"""TypeScript reads the modules of the pages, by what their comments say of types."""

from __future__ import annotations

import subprocess
from pathlib import Path

from project.local import folders
from tests import tools

CONFIGURATION = folders.ROOT / "frontend" / "jsconfig.json"


def types(configuration: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tools.NODE, tools.TSC, "--project", configuration], capture_output=True, text=True, check=False
    )


def test_no_module_says_what_its_types_deny(npm_packages: Path) -> None:
    found = types(CONFIGURATION)
    assert found.returncode == 0, found.stdout


def test_wrong_type_is_found(npm_packages: Path, tmp_path: Path) -> None:
    (tmp_path / "static" / "js").mkdir(parents=True)
    (tmp_path / "jsconfig.json").write_text(CONFIGURATION.read_text())
    module = tmp_path / "static" / "js" / "wrong.js"
    module.write_text("/** @param {number} count */\nexport function wrong(count) {\n    return count.trim();\n}\n")
    found = types(tmp_path / "jsconfig.json")
    assert found.returncode != 0
    assert "'trim' does not exist on type 'number'" in found.stdout
