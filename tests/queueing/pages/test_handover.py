"""What a room's page hands over to its scripts."""

from queueing.pages import handover


def test_scripts_are_given_texts_that_only_another_page_names() -> None:
    assert {"busy.title", "busy.meaning", "busy.next"} <= set(handover.keys())


def test_text_that_stands_on_the_page_is_not_sent_twice() -> None:
    assert {"form.intro", "page.skip", "leave.title"}.isdisjoint(handover.keys())
