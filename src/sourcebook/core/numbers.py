"""The one printer of numbers: prose, pictures, alternative texts, tables and data labels all write them alike.

Numbers are rounded half up (away from zero) on their decimal digits, never on the binary ones of a float, so that the
same value reads the same wherever it stands.
"""

from __future__ import annotations

import operator
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from sourcebook.errors import LedgerError

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
_THIN_NO_BREAK = "\N{NARROW NO-BREAK SPACE}"


def format_number(x: object, digits: int | None = None) -> str:
    """``54702`` as ``54,702``; ``digits`` fixes the decimals (rounded half up), else as many as there are.

    Raises LedgerError for what is missing, infinite or no number.
    """
    if digits is None:
        text = f"{to_decimal(x):,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{round_half_up(x, digits):,f}"
    is_negative = text.startswith("-") and text.strip("-0.,")
    return (MINUS if is_negative else "") + text.lstrip("-")


def join_range(low: str, high: str) -> str:
    """Two printed numbers as ``1,200–1,400``; one of them where both read alike."""
    return low if low == high else f"{low}{EN_DASH}{high}"


def percent(x: object, digits: int = 0) -> str:
    """A figure already in per cent, with a thin no-break space before the sign: ``61 %``."""
    return f"{format_number(x, digits)}{_THIN_NO_BREAK}%"


def share(part: object, whole: object, digits: int = 0) -> str:
    """A part of a whole in per cent: ``share(11, 18)`` is ``61 %``. Raises LedgerError when the whole is zero."""
    total = to_decimal(whole)
    if not total:
        raise LedgerError("a share of nothing cannot be printed: the whole is zero")
    return percent(to_decimal(part) / total * 100, digits)


def round_half_up(x: object, digits: int = 0) -> Decimal:
    """A number with so many decimals; raises LedgerError for what is no number."""
    return to_decimal(x).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def to_decimal(x: object) -> Decimal:
    """A number as a decimal: whole numbers exactly, floats to twelve significant digits.

    Twelve are enough for any figure we print, and few enough to lose the noise of floats. Raises LedgerError for what is
    missing, infinite or no number.
    """
    try:
        value = _read(x)
    except (TypeError, ValueError, InvalidOperation):
        value = Decimal("NaN")
    if not value.is_finite():
        raise LedgerError(f"there is no number to print: {x!r}")
    return value


def _read(x: object) -> Decimal:
    if isinstance(x, Decimal):
        return x
    try:
        return Decimal(operator.index(x))  # type: ignore[arg-type]
    except TypeError:
        return Decimal(f"{float(x):.12g}")  # type: ignore[arg-type]
