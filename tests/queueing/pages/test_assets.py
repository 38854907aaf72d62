"""What web keeps in memory, and that whoever edits a page sees it after a reload."""

import logging
import os
import re
import shutil

import pytest

from queueing import errors
from queueing.pages import assets, press, sources, words


@pytest.fixture
def frontend(tmp_path, settings):
    """A copy, to be changed."""
    settings.FRONTEND_DIR = shutil.copytree(press.FRONTEND, tmp_path / "frontend")
    sources.changed()
    yield settings.FRONTEND_DIR
    settings.FRONTEND_DIR = press.FRONTEND
    sources.changed()


def change(file, old, new):
    """As an editor does, at a time that differs from the last one however fast that was."""
    at_ns = file.stat().st_mtime_ns + 1_000_000_000
    file.write_text(file.read_text().replace(old, new))
    os.utime(file, ns=(at_ns, at_ns))


def test_asset_is_found_by_the_path_that_pages_name():
    found = assets.shelf().at(assets.url("room.js"))
    assert found
    assert found.content.startswith(b"const $")
    assert assets.shelf().at("/static/room.js") is None


def test_small_picture_stands_in_the_page_itself():
    told = assets.data("favicon.svg")
    assert told.startswith("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'")
    assert not set(told) & set('"<>&#\n')


def test_unknown_name_is_a_mistake_in_a_page():
    with pytest.raises(KeyError):
        assets.url("rooms.js")


def test_edited_files_are_seen_at_the_next_look_and_not_before(frontend):
    watch = sources.Watch(frontend)
    style = assets.url("site.css")
    change(frontend / "static" / "js" / "dates.js", "'day'", "'days'")
    change(frontend / "locales" / "en.json", '"form.join": "', '"form.join": "Please: ')
    assert b"days" not in assets.shelf().at(assets.url("room.js")).content
    watch.look()
    assert b"days" in assets.shelf().at(assets.url("room.js")).content
    assert assets.url("site.css") == style
    assert words.Words("en").get("form.join").startswith("Please: ")


def test_half_an_edit_leaves_the_pages_as_they_were_and_is_told(frontend, caplog):
    before, watch = assets.url("room.js"), sources.Watch(frontend)
    change(frontend / "static" / "js" / "dates.js", "export const", "export let")
    with caplog.at_level(logging.ERROR):
        watch.look()
        assert assets.url("room.js") == before
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert re.match(r"the pages stay as they were: dates\.js:\d+: write export const", told[0])
    change(frontend / "static" / "js" / "dates.js", "export let", "export const")
    watch.look()
    assert assets.url("room.js") == before


def test_pages_that_cannot_be_pressed_stop_the_start(frontend):
    change(frontend / "static" / "js" / "dates.js", "export const", "export let")
    with pytest.raises(errors.Unpressable, match=r"^dates\.js:\d+: "):
        assets.shelf()
