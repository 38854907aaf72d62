"""The one script that stands in the page itself, for browsers that run scripts but not ours: it looks again, too.

The policy of a page that holds it names its hash, so that nothing else may stand there (CSP 3, 2.3.1).
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from django.conf import settings as configured
from django.utils.safestring import SafeString, mark_safe

from queueing.pages import sources


@sources.kept
def script() -> SafeString:
    """Without its comments. Of the project's own folder, so it is to be trusted."""
    lines = (Path(configured.FRONTEND_DIR) / "plain.js").read_text(encoding="utf-8").splitlines()
    return mark_safe("\n".join(line.strip() for line in lines if not line.startswith("//")))  # noqa: S308


@sources.kept
def source() -> str:
    """For `script-src`."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()}'"
