"""Dates of EDTF level 0: a day, a month, a year, or an interval of these, kept as precise as they are known."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from sourcebook.errors import LedgerError

PRECISIONS = ("day", "month", "year", "interval")
_POINT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True)
class When:
    """A date with its precision; ``start`` and ``end`` are its first and last day."""

    text: str
    start: date
    end: date
    precision: str


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


def _parse_point(part: str, text: str) -> When:
    found = _POINT.fullmatch(part)
    if not found:
        raise LedgerError(f"'{text}' is not a date like 2013, 2022-12, 2022-12-09 or 2025-06-14/2025-06-15")
    year, month, day = (int(group) if group else None for group in found.groups())
    assert year is not None  # the pattern always matches a year
    try:
        start = date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise LedgerError(f"'{part}' is not a day of the calendar") from None
    if day:
        return When(part, start, start, "day")
    if month:
        return When(part, start, start.replace(day=calendar.monthrange(year, month)[1]), "month")
    return When(part, start, date(year, 12, 31), "year")
