"""Numbers, dates and lists as the report prints them, and plain text made safe inside Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from sourcebook.errors import LedgerError
from sourcebook.ledger.dates import When, parse_when

_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MINUS, _THIN_NO_BREAK = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#|$^~@])")
_LINE_START = re.compile(r"^(\s*)(?:([-+:])(?=\s)|(\d+)(?=[.)]\s))", re.MULTILINE)


def number(x: object, digits: int | None = None) -> str:
    """``54702`` as ``54,702``; ``digits`` fixes the decimals (rounded half up), else as many as there are."""
    value = _to_decimal(x)
    if digits is None:
        text = f"{value:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,f}"
    negative = text.startswith("-") and text.strip("-0.,")
    return (_MINUS if negative else "") + text.lstrip("-")


def percent(x: object, digits: int = 0) -> str:
    """A figure already in per cent, with a thin no-break space before the sign: ``61 %``."""
    return f"{number(x, digits)}{_THIN_NO_BREAK}%"


def share(part: object, whole: object, digits: int = 0) -> str:
    """A part of a whole in per cent: ``share(11, 18)`` is ``61 %``."""
    total = _to_decimal(whole)
    if not total:
        raise LedgerError("a share of nothing cannot be printed: the whole is zero")
    return percent(_to_decimal(part) / total * 100, digits)


def in_words(n: int) -> str:
    """Counts up to ten as words, greater ones in digits."""
    value = _to_decimal(n)
    if value != value.to_integral_value():
        raise LedgerError(f"{n} is not a whole number; use number()")
    return _SMALL[int(value)] if 0 <= value < len(_SMALL) else number(value)


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


def _to_decimal(x: object) -> Decimal:
    """Twelve significant digits: enough for any figure we print, few enough to lose the noise of floats."""
    try:
        value = x if isinstance(x, Decimal) else Decimal(f"{float(x):.12g}")  # type: ignore[arg-type]
    except (TypeError, ValueError, InvalidOperation):
        value = Decimal("NaN")
    if not value.is_finite():
        raise LedgerError(f"there is no number to print: {x!r}")
    return value


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
