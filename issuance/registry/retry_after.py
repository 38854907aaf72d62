"""How long the registry wants us to wait, from an answer's headers. Pure.

Source: RFC 9110, section 10.2.3 (seconds or HTTP-date); x-ms-retry-after-ms of Microsoft's FHIR server.
"""

import datetime
import email.utils
import math
from collections.abc import Mapping


def seconds(headers: Mapping[str, str], now: datetime.datetime) -> float | None:
    """Seconds to wait, never negative; None without a header that can be read.

    A date is measured from the answer's own Date, for clocks need not agree; from `now` (aware) without one.
    Header names in lower case.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until = _moment(value)
    if until is None:
        return _milliseconds(headers.get("x-ms-retry-after-ms", ""))
    return max(0.0, (until - (_moment(headers.get("date", "")) or now)).total_seconds())


def _moment(value: str) -> datetime.datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    # "-0000" says UTC and leaves the zone open.
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _milliseconds(value: str) -> float | None:
    try:
        milliseconds = float(value)
    except ValueError:
        return None
    return milliseconds / 1_000 if math.isfinite(milliseconds) and milliseconds >= 0 else None
