import datetime

import hypothesis
import pytest
from hypothesis import strategies

from issuance.registry import retry_after

NOW = datetime.datetime(2026, 11, 22, 12, 0, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sunday, 22-Nov-26 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun Nov 22 12:00:30 2026"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "Sun, 22 Nov 2026 13:00:30 GMT", "date": "Sun, 22 Nov 2026 13:00:00 GMT"}, 30),
        ({"x-ms-retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "soon", "x-ms-retry-after-ms": "250"}, 0.25),
        ({"retry-after": "7", "x-ms-retry-after-ms": "250"}, 7),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "7, 9, 7"}, 9),
        ({"retry-after": " 7 "}, 7),
        ({"retry-after": "9" * 400}, float("inf")),
        ({"retry-after": "2026-11-22T12:00:30Z"}, 30),
        ({"retry-after": "2026-11-22T13:00:30+01:00"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 13:00:30 +0100"}, 30),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 251_606_951_999),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 -1200"}, None),
        ({"retry-after": "9999-99-99"}, None),
        ({"retry-after": "7, soon"}, None),
        ({"retry-after": "7;"}, None),
        ({"retry-after": "7s"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ","}, None),
        ({"retry-after": "7", "date": "yesterday"}, 7),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT", "date": "yesterday"}, 30),
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "Sun, 99 Nov 2026 12:00:30 GMT"}, None),
        ({"x-ms-retry-after-ms": "nan"}, None),
        ({"x-ms-retry-after-ms": "-1"}, None),
        ({"x-ms-retry-after-ms": "inf"}, None),
    ],
)
def test_every_form_of_retry_after_is_understood(headers, seconds):
    assert retry_after.seconds(headers, NOW) == seconds


@hypothesis.given(strategies.text(max_size=60) | strategies.text("0123456789 :,+-.GMTSunNov", max_size=40))
def test_whatever_a_header_says_it_is_a_time_or_nothing(value):
    for name in ("retry-after", "x-ms-retry-after-ms", "date"):
        headers = {"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT", name: value}
        waited = retry_after.seconds(headers, NOW)
        assert waited is None or waited >= 0
