"""When an AIS message was received: what the sentence, its wrapper or a base station says.

In order of trust: NMEA 4.10 tag block ``c:`` (seconds or milliseconds), a Unix time behind the
checksum (US Coast Guard network format), a ``$PGHP`` line before the sentence (Gatehouse), the
clock of the last base station heard (message 4), the time given by the user.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EARLIEST_UNIX_S = 631_152_000
"""1990-01-01: before that there was no AIS."""
LATEST_UNIX_S = 4_102_444_800
"""2100-01-01."""
MAX_FIX_AGE_S = 10.0
"""A report is sent within seconds of its fix; a larger difference is a wrong clock."""
MIN_FIX_CORRECTION_S = 1.5
"""Receive times are whole seconds; smaller differences carry no information."""

_TAG_TIME = re.compile(rb"(?:^|[,\\])c:(\d{9,13})(?=[,*])")
_TRAILING_TIME = re.compile(rb",(\d{9,10})(?=$|,)")


def tag_block_time(tag_block: bytes) -> datetime | None:
    """Return the receive time of a tag block's ``c:`` field, or None."""
    found = _TAG_TIME.search(tag_block)
    if found is None:
        return None
    value = int(found.group(1))
    milliseconds = value > LATEST_UNIX_S
    return unix_time(value / 1000.0 if milliseconds else float(value))


def trailing_time(after_checksum: bytes) -> datetime | None:
    """Return the last plausible Unix time in what follows the checksum, or None."""
    for digits in reversed(_TRAILING_TIME.findall(after_checksum)):
        moment = unix_time(float(digits))
        if moment is not None:
            return moment
    return None


def unix_time(seconds: float) -> datetime | None:
    """Return the aware time of Unix seconds when AIS existed then."""
    if not EARLIEST_UNIX_S <= seconds <= LATEST_UNIX_S:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def fix_time(receive_utc: datetime, utc_second: int | None) -> datetime:
    """Return when the position was measured, from the UTC second that the report carries.

    Seconds 60-63 mean "no fix time" (ITU-R M.1371-5, table 48). A difference above
    ``MAX_FIX_AGE_S`` is a clock that runs wrong, and the receive time stays.
    """
    if utc_second is None or not 0 <= utc_second <= 59:
        return receive_utc
    minute = receive_utc.replace(second=0, microsecond=0)
    choices = (
        minute + timedelta(seconds=utc_second),
        minute + timedelta(seconds=utc_second - 60),
        minute + timedelta(seconds=utc_second + 60),
    )
    nearest = min(choices, key=lambda moment: abs((moment - receive_utc).total_seconds()))
    age_s = (receive_utc - nearest).total_seconds()
    if MIN_FIX_CORRECTION_S <= age_s <= MAX_FIX_AGE_S:
        return nearest
    return receive_utc


@dataclass(slots=True)
class StreamClock:
    """The best known time at the present line of a log."""

    given_utc: datetime | None = None
    base_station_utc: datetime | None = None

    def hear_base_station(self, moment_utc: datetime) -> None:
        """Take over the clock of a base station (message 4)."""
        self.base_station_utc = moment_utc
