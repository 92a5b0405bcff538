"""Dates as the data gives them (EDTF level 0, or timestamps) and as a time axis shows them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from sourcebook.charts.validate import ChartError
from sourcebook.core.dates import MONTHS_SHORT, read_when
from sourcebook.errors import LedgerError

_EPOCH = date(1970, 1, 1)


def span(when: Any) -> tuple[float, float]:
    """The first and the last moment of a date, in days since 1970: a day, month, year or interval.

    Takes EDTF level 0 text (``2013``, ``2022-12``, ``2025-06-14/2025-06-15``), a year as a whole number, or a
    timestamp. Raises ChartError for anything else.
    """
    if isinstance(when, pd.Timestamp):
        return to_days(when), to_days(when) + 1
    try:
        known = read_when(when)
    except LedgerError as error:
        raise ChartError(f"{when!r} is no date: {error.summary}.") from error
    return float((known.start - _EPOCH).days), float((known.end - _EPOCH).days + 1)


def is_long(days: tuple[float, float]) -> bool:
    """Whether a span of days is more than a day."""
    return days[1] - days[0] > 1


def to_days(moment: pd.Timestamp) -> float:
    """A timestamp as days since 1970."""
    return float((moment - pd.Timestamp(0)) / pd.Timedelta(days=1))


def from_days(days: float) -> pd.Timestamp:
    """Days since 1970 as a timestamp."""
    return pd.Timestamp(0) + pd.Timedelta(days=float(days))


def time_ticks(first: float, last: float, room: float, *, annual: bool = False) -> list[tuple[float, str]]:
    """Places and labels for a time axis ``room`` points long: years, months or days, whichever fits.

    With ``annual`` a year's label stands under the middle of the year, where its value is drawn.
    """
    days = last - first
    if annual:
        shifted = _year_ticks(first - 184, last - 181, room)
        return [(place + 182.5, year) for place, year in shifted]
    if days <= 75:
        return _day_ticks(first, last, room)
    if days <= 800:
        return _month_ticks(first, last, room)
    return _year_ticks(first, last, room)


def _day_ticks(first: float, last: float, room: float) -> list[tuple[float, str]]:
    """Ticks at noon, where the values of days are drawn."""
    step = next((s for s in (1, 2, 7, 14) if room / ((last - first) / s) >= 34), 14)
    start = from_days(first).normalize()
    if step >= 7:
        start += pd.Timedelta(days=(-start.weekday()) % 7)
    found = pd.date_range(start, from_days(last), freq=f"{step}D")
    noons = [(to_days(day) + 0.5, f"{day.day} {MONTHS_SHORT[day.month - 1]}") for day in found]
    return [(noon, word) for noon, word in noons if first <= noon < last]


def _month_ticks(first: float, last: float, room: float) -> list[tuple[float, str]]:
    step = next((s for s in (1, 2, 3, 6) if room / ((last - first) / 30.4 / s) >= 26), 6)
    found = pd.date_range(from_days(first).normalize().replace(day=1), from_days(last), freq="MS")
    kept = [day for day in found if (day.month - 1) % step == 0 and first <= to_days(day) < last]
    return [
        (
            to_days(day),
            f"{MONTHS_SHORT[day.month - 1]} {day.year}"
            if day.month == 1 or day is kept[0]
            else MONTHS_SHORT[day.month - 1],
        )
        for day in kept
    ]


def _year_ticks(first: float, last: float, room: float) -> list[tuple[float, str]]:
    step = next((s for s in (1, 2, 5, 10, 20) if room / ((last - first) / 365.25 / s) >= 24), 50)
    years = range(from_days(first).year, from_days(last).year + 1)
    places = [(to_days(pd.Timestamp(year=year, month=1, day=1)), year) for year in years if year % step == 0]
    return [(place, str(year)) for place, year in places if first <= place < last]
