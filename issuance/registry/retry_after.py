"""How long the registry wants us to wait, from an answer's headers. Pure.

Source: RFC 9110, section 10.2.3 (seconds or HTTP-date); x-ms-retry-after-ms of Microsoft's FHIR server. What is not by
the letter and can be meant in one way only (decimals, a zone written out, the header twice) is taken so.
"""

import datetime
import email.utils
import math
import re
from collections.abc import Mapping

_SECONDS = re.compile(r"\d+(\.\d+)?", re.ASCII)


def seconds(headers: Mapping[str, str], now: datetime.datetime) -> float | None:
    """Seconds to wait, never negative; None without a header that can be read. How long is too long, others decide.

    A date is measured from the answer's own Date, for clocks need not agree; from `now` (aware) without one.
    Header names in lower case; of a header that came twice, "7, 7", the longest time counts.
    """
    value = headers.get("retry-after", "").strip()
    times = [part.strip() for part in value.split(",")]
    if all(_SECONDS.fullmatch(one) for one in times):
        return max(map(float, times))
    until = _moment(value)
    if until is None:
        return _milliseconds(headers.get("x-ms-retry-after-ms", ""))
    return max(0.0, (until - (_moment(headers.get("date", "")) or now)).total_seconds())


def _moment(value: str) -> datetime.datetime | None:
    try:
        moment = _parsed(value)
        # "-0000" says UTC and leaves the zone open. Near the ends of time a zone may lead out of it.
        return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).astimezone(datetime.UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _parsed(value: str) -> datetime.datetime:
    if value[:4].isdigit() and value[4:5] == "-":
        return datetime.datetime.fromisoformat(value)
    return email.utils.parsedate_to_datetime(value)


def _milliseconds(value: str) -> float | None:
    try:
        milliseconds = float(value)
    except ValueError:
        return None
    return milliseconds / 1_000 if math.isfinite(milliseconds) and milliseconds >= 0 else None
