#!/usr/bin/env python
"""Commands of the private tier; next to a running `make up` they find its servers and keys by themselves."""

from __future__ import annotations

import os
import sys

from django.core import management

from project.local import folders, remembered


def main() -> None:
    remembered.restore(folders.Folders(folders.DEFAULT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings.private")
    management.execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
