"""What web keeps of a room from one second to the next."""

from __future__ import annotations

import pytest

from queueing import web
from tests.queueing.lines import Line

pytestmark = pytest.mark.usefixtures("served")


async def test_settings_that_have_not_changed_are_not_read_again(line: Line) -> None:
    first = await web.hub().rooms.refresh("test")
    line.join("a")
    second = await web.hub().rooms.refresh("test")
    assert (first.waiting, second.waiting) == (0, 1)
    assert second.settings is first.settings


async def test_settings_that_have_changed_are_read(line: Line) -> None:
    await web.hub().rooms.refresh("test")
    line.publish(accent="#1d3f8a", version=1)
    assert (await web.hub().rooms.refresh("test")).settings == line.settings
    line.publish(accent="", version=2)
    assert (await web.hub().rooms.refresh("test")).settings.accent == ""
