import datetime

import pytest

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
