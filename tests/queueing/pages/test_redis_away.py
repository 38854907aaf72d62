"""Pages while Redis does not answer: places are kept, says the page, and looks again by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from project.local import ports
from project.settings import public
from queueing import answers, web
from queueing.pages import words
from tests.queueing.pages.visitors import ENTRY, Visitor, text

ENGLISH = words.Words("en")


@pytest.fixture(autouse=True)
async def nobody_answers(settings: Any) -> AsyncIterator[None]:
    settings.MIDDLEWARE = public.MIDDLEWARE
    settings.REDIS_URL = f"redis://{ports.HOST}:{ports.free()}/0"
    yield
    await web.hub().aclose()


@pytest.mark.parametrize("path", ["/", "/rooms/test"])
@pytest.mark.parametrize("cookie", ["", "vestibule-test=a-ticket"])
async def test_page_says_that_places_are_kept_and_looks_again(path: str, cookie: str) -> None:
    answer = await Visitor().look(path, **({"Cookie": cookie} if cookie else {}))
    assert (answer.status_code, answer["Retry-After"]) == (503, str(answers.REDIS_RETRY_AFTER_S))
    assert ENGLISH.get("busy.next") in text(answer)
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text(answer)
    assert not answer.cookies


@pytest.mark.parametrize("step", ["join", "leave", "clear"])
async def test_step_that_cannot_be_taken_changes_nothing(step: str) -> None:
    answer = await Visitor().take(step, **ENTRY)
    assert answer.status_code == 503
    assert not answer.cookies
    assert ENTRY["document_number"] not in text(answer)
