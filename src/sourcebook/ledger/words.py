"""Dates and lists as the report prints them, and plain text made safe inside Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from sourcebook.core.numbers import format_number, to_decimal
from sourcebook.errors import LedgerError
from sourcebook.ledger.dates import When, parse_when

_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#|$^~@])")
_LINE_START = re.compile(r"^(\s*)(?:([-+:])(?=\s)|(\d+)(?=[.)]\s))", re.MULTILINE)


def in_words(n: int) -> str:
    """Counts up to ten as words, greater ones in digits."""
    value = to_decimal(n)
    if value != value.to_integral_value():
        raise LedgerError(f"{n} is not a whole number; use number()")
    return _SMALL[int(value)] if 0 <= value < len(_SMALL) else format_number(value)


def day(when: str | date) -> str:
    """A date as ``17 January 2025``, ``January 2025``, ``2025``, ``14–15 June 2025`` or ``May 2024 – June 2025``."""
    text = when.isoformat()[:10] if isinstance(when, date) else str(when)
    known = parse_when(text)
    if known.precision != "interval":
        return _say(known)
    first, last = (parse_when(part) for part in text.split("/"))
    if _say(first) == _say(last):
        return _say(first)
    return _say_interval(first, last)


def listing(items: Iterable[object], last: str = "and") -> str:
    """``a, b and c``."""
    *head, tail = [str(item) for item in items] or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def escape(text: object) -> str:
    """Plain text that Markdown prints as it stands: nothing in it becomes mark-up, mathematics or a citation."""
    escaped = _SPECIAL.sub(r"\\\1", str(text))
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\", escaped)


def _say(when: When) -> str:
    parts = (str(when.start.day), _MONTHS[when.start.month - 1], str(when.start.year))
    return " ".join(parts[{"day": 0, "month": 1, "year": 2}[when.precision] :])


def _say_interval(first: When, last: When) -> str:
    if first.precision != last.precision:
        return f"{_say(first)} – {_say(last)}"
    if first.precision == "year":
        return f"{_say(first)}–{_say(last)}"
    if first.start.year != last.start.year:
        return f"{_say(first)} – {_say(last)}"
    without_year = _say(first).rsplit(" ", 1)[0]
    if first.precision == "month":
        return f"{without_year}–{_say(last)}"
    if first.start.month == last.start.month:
        return f"{first.start.day}–{_say(last)}"
    return f"{without_year} – {_say(last)}"
