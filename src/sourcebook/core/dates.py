"""Dates of EDTF level 0: a day, a month, a year, or an interval of these, kept as precise as they are known."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sourcebook.core.numbers import EN_DASH
from sourcebook.errors import LedgerError

PRECISIONS = ("day", "month", "year", "interval")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MONTHS_SHORT = tuple(month[:3] for month in MONTHS)
_POINT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True)
class When:
    """A date with its precision; ``start`` and ``end`` are its first and last day."""

    text: str
    start: date
    end: date
    precision: str


@lru_cache(maxsize=4096)
def parse_when(text: str) -> When:
    """Read ``2013``, ``2022-12``, ``2022-12-09`` or ``2025-06-14/2025-06-15`` (Library of Congress, EDTF level 0).

    Raises LedgerError when the text is no such date, the day does not exist, or an interval runs backwards.
    """
    first, slash, last = text.partition("/")
    begin = _parse_point(first, text)
    if not slash:
        return begin
    finish = _parse_point(last, text)
    if finish.start < begin.start or finish.end < begin.end:
        raise LedgerError(f"the interval '{text}' ends before it begins")
    return When(text, begin.start, finish.end, "interval")


def read_when(value: object) -> When:
    """A date as a table holds it: EDTF text, a ``date`` or timestamp, or a year as a number (a float beside missing ones).

    Raises LedgerError for anything else.
    """
    if isinstance(value, date) and str(value) != "NaT":  # the missing timestamp of pandas is a date, too
        value = value.date() if isinstance(value, datetime) else value
        return When(value.isoformat(), value, value, "day")
    if isinstance(value, float) and value.is_integer():
        return parse_when(str(int(value)))
    return parse_when(str(value))


def day(when: object) -> str:
    """A date as ``17 January 2025``, ``January 2025``, ``2025``, ``14–15 June 2025`` or ``May 2024 – June 2025``."""
    first, last = _ends(when, MONTHS)
    kept = _cut_common(first, last)
    if not kept:
        return " ".join(last)
    gap = " " if len(kept) > 1 or len(first) != len(last) else ""
    return f"{' '.join(kept)}{gap}{EN_DASH}{gap}{' '.join(last)}"


def short_date(when: object) -> str:
    """A date as a label: ``17 Jan 2025``, ``Jan 2025``, ``2025``, ``14–15 Jun 2025``."""
    first, last = _ends(when, MONTHS_SHORT)
    kept = _cut_common(first, last)
    return f"{' '.join(kept)}{EN_DASH}{' '.join(last)}" if kept else " ".join(last)


def _parse_point(part: str, text: str) -> When:
    found = _POINT.fullmatch(part)
    if not found:
        raise LedgerError(f"'{text}' is not a date like 2013, 2022-12, 2022-12-09 or 2025-06-14/2025-06-15")
    year, month, day_of_month = (int(group) if group else None for group in found.groups())
    assert year is not None  # the pattern always matches a year
    try:
        start = date(year, 1 if month is None else month, 1 if day_of_month is None else day_of_month)
    except ValueError:
        raise LedgerError(f"'{part}' is not a day of the calendar") from None
    if day_of_month:
        return When(part, start, start, "day")
    if month:
        return When(part, start, start.replace(day=calendar.monthrange(year, month)[1]), "month")
    return When(part, start, date(year, 12, 31), "year")


def _ends(when: object, months: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """First and last point of a date in words, day before month before year."""
    known = read_when(when)
    points = [parse_when(part) for part in known.text.split("/")]
    words = [
        [str(point.start.day), months[point.start.month - 1], str(point.start.year)][
            {"day": 0, "month": 1, "year": 2}[point.precision] :
        ]
        for point in points
    ]
    return words[0], words[-1]


def _cut_common(first: list[str], last: list[str]) -> list[str]:
    """What the first point has to say when month and year that both share stand at the last alone."""
    if len(first) != len(last):
        return first
    while first and first[-1] == last[len(first) - 1]:
        first = first[:-1]
    return first


def today() -> date:
    """The day it is where this program runs."""
    return datetime.now().astimezone().date()
