"""What is sent: named after its content, compressed, and the same in every process."""

import gzip
import re
import shutil

import brotli
import pytest

from queueing import errors
from queueing.pages import press


@pytest.fixture
def frontend(tmp_path):
    """A copy, to be changed."""
    return shutil.copytree(press.FRONTEND, tmp_path / "frontend")


def test_name_changes_with_the_content_and_with_nothing_else(frontend):
    before, _pages = press.press(frontend)
    with (frontend / "static" / "js" / "dates.js").open("a") as file:
        file.write("\nexport const ADDED = 1;\n")
    after, _pages = press.press(frontend)
    assert {name for name in before if before[name].path != after[name].path} == {"room.js"}
    assert re.fullmatch(r"/static/room\.[0-9a-f]{12}\.js", after["room.js"].path)


def test_every_process_makes_the_same_bytes(frontend):
    assert press.press(frontend) == press.press(press.FRONTEND)


def test_encodings_unpack_to_the_content():
    assets, _pages = press.press(press.FRONTEND)
    for asset in assets.values():
        assert gzip.decompress(asset.encoded["gzip"]) == asset.content
        assert brotli.decompress(asset.encoded["br"]) == asset.content


def test_style_stands_in_one_file_with_what_it_imports(frontend):
    (frontend / "static" / "site.css").write_text(
        '@import "css/one.css";\n@import "css/two.css";\n\na {\n    color: red;\n}\n'
    )
    (frontend / "static" / "css").mkdir(exist_ok=True)
    (frontend / "static" / "css" / "one.css").write_text("b {\n    color: blue;\n}\n")
    with pytest.raises(errors.Unpressable, match=r"^site\.css:2: there is no css/two\.css$"):
        press.press(frontend)
    (frontend / "static" / "css" / "two.css").write_text("")
    assert press.press(frontend)[0]["site.css"].content == b"b{color:blue}a{color:red}"


def test_page_that_names_a_part_that_is_not_there_is_refused(frontend):
    page = frontend / "404.html"
    page.write_text(page.read_text().replace('"site.css"', '"sight.css"'))
    with pytest.raises(errors.Unpressable, match=r"^404\.html:\d+: there is no sight\.css$"):
        press.press(frontend)


def test_edge_gets_every_part_plain_with_gzip_and_in_brotli(tmp_path):
    press.write(tmp_path, press.FRONTEND)
    assets, pages = press.press(press.FRONTEND)
    assert {name: (tmp_path / name).read_bytes() for name in pages} == pages
    for asset in assets.values():
        file = tmp_path / asset.path.lstrip("/")
        assert file.read_bytes() == asset.content
        assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == asset.content
        assert brotli.decompress((tmp_path / "br" / asset.path.lstrip("/")).read_bytes()) == asset.content
