"""What web keeps in memory, and that whoever edits a page sees it after a reload."""

import logging
import os
import shutil

import pytest

from queueing.pages import assets, press


@pytest.fixture
def style(tmp_path):
    shutil.copytree(press.FRONTEND, tmp_path / "frontend")
    return tmp_path / "frontend" / "static" / "site.css"


def change(file, text):
    """As an editor does, at a time that differs from the last one however fast that was."""
    at_ns = file.stat().st_mtime_ns + 1_000_000_000
    file.write_text(text)
    os.utime(file, ns=(at_ns, at_ns))


def test_part_is_found_by_the_path_that_pages_name():
    found = assets.shelf().at(assets.url("room.js"))
    assert found
    assert found.content.startswith(b"const $")
    assert assets.shelf().at("/static/room.js") is None


def test_unknown_name_is_a_mistake_in_a_page():
    with pytest.raises(KeyError):
        assets.url("rooms.js")


def test_edited_file_is_pressed_again_where_that_is_watched(style):
    watched, unwatched = (assets.Shelf(style.parents[1], watched=watched) for watched in (True, False))
    before = watched.url("site.css")
    change(style, "a {\n    color: red;\n}\n")
    assert watched.url("site.css") != before
    assert watched.at(watched.url("site.css")).content == b"a{color:red}"
    assert watched.at(before) is None
    assert unwatched.url("site.css") == before


def test_half_an_edit_leaves_the_pages_as_they_were_and_is_told(style, caplog):
    watched = assets.Shelf(style.parents[1], watched=True)
    before = watched.url("site.css")
    change(style, '@import "css/nowhere.css";\n')
    with caplog.at_level(logging.ERROR):
        assert watched.url("site.css") == before
        assert watched.url("site.css") == before
    assert [record.getMessage() for record in caplog.records] == [
        "the pages stay as they were: site.css:1: there is no css/nowhere.css"
    ]
    change(style, "a {\n    color: red;\n}\n")
    assert watched.url("site.css") != before
