"""What a room's page hands over to its scripts."""

import re

from queueing.pages import handover, press, words, writing


def test_scripts_are_given_texts_that_only_another_page_names() -> None:
    assert {"busy.title", "busy.meaning", "busy.next"} <= set(handover.keys())


def test_text_that_stands_on_the_page_is_not_sent_twice() -> None:
    assert {"form.intro", "page.skip", "leave.title"}.isdisjoint(handover.keys())


def test_scripts_are_told_every_text_they_ask_for_by_name() -> None:
    scripts = "\n".join(press.modules(press.FRONTEND / "static").values())
    asked = set(re.findall(r"'([a-z_]+(?:\.[a-z_]+)+)'", scripts)) & set(words.catalogue())
    assert len(asked) > 20
    assert asked - writing.literal_keys("room.html") <= set(handover.keys())


def test_scripts_are_told_nothing_of_other_pages() -> None:
    told = handover.keys()
    assert not [key for key in told if key.startswith(("document.", "not_found."))]
