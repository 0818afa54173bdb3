"""What people choose from, and how choices are written."""

from __future__ import annotations

#: Keys of the conf that several modules speak of.
LOCATION, REGULATIONS = "source.location", "quality.regulations"
#: What a list without an entry is called.
NO_ENTRY = "none"
#: Cron expression -> when that is; any other can be given.
SCHEDULES = {
    "0 * * * *": "every hour",
    "0 */6 * * *": "every six hours",
    "0 2 * * *": "daily at 02:00",
    "0 5 * * *": "daily at 05:00",
    "0 6 * * 1-5": "on weekdays at 06:00",
    "0 3 * * 1": "on Mondays at 03:00",
    "0 4 1 * *": "on the first of the month at 04:00",
}
