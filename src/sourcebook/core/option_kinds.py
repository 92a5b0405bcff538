"""What the value of an option must be, in words and as a test."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sourcebook.core.limits import COLUMNS


@dataclass(frozen=True)
class Kind:
    """What a value must be: in words, and as a test of what YAML or an attribute gives."""

    words: str
    accepts: Callable[[Any], bool] = lambda _: True


def _like(pattern: str, words: str) -> Kind:
    return Kind(words, lambda value: bool(re.fullmatch(pattern, str(value), re.ASCII)))


def _is_layout(value: Any) -> bool:
    """Rows of numbers, or one row."""
    try:
        rows = json.loads(value) if isinstance(value, str) else value
        rows = rows if rows and isinstance(rows[0], list) else [rows]
        few = len(rows) <= COLUMNS and all(0 < len(row) <= COLUMNS for row in rows)
        return few and all(_is_width(width) for row in rows for width in row)
    except (ValueError, TypeError, LookupError, RecursionError):
        return False


def _is_width(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < abs(value) < 1e6


def _to_number(value: Any) -> float:
    """A number however it is written; 0 for all else."""
    return float(value) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", str(value), re.ASCII) else 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return all(map(_is_text, value if isinstance(value, list) else [value]))


def _are_entries(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict) or value is False


def _is_crossref(value: Any) -> bool:
    custom = value.get("custom") or [] if isinstance(value, dict) else []
    return _is_mapping(value) and isinstance(custom, list) and all(isinstance(kind, dict) for kind in custom)


ANYTHING = Kind("")
COUNT = Kind(
    f"a number of columns or rows, at most {COLUMNS}",
    lambda value: 0 < _to_number(value) <= COLUMNS and "." not in str(value),
)
SECONDS = Kind("a number of seconds", lambda value: _to_number(value) > 0)
INCHES = _like(r"\d{0,9}\.?\d{1,9}", "inches, such as 6 or 4.5")
LENGTH = _like(r"(\d{1,9}\.?|\d{0,9}\.\d{1,9})(%|cm|mm|in|pt|em|px)?", "a length such as 60% or 8cm")
LAYOUT = Kind("rows of widths such as [[1, 1], [1]]", _is_layout)
LEVELS = Kind("a number of levels", lambda value: isinstance(value, int) and not isinstance(value, bool))
OFFSETS = Kind(
    "a number, or a list of numbers, one for each level",
    lambda value: all(
        isinstance(one, int) and not isinstance(one, bool) and 0 <= one < 1e6
        for one in (value if value and isinstance(value, list) else [value])
    ),
)
ENTRIES = Kind("a list of entries with id", _are_entries)
PAIRS = Kind("key: value pairs", _is_mapping)
CROSSREF = Kind("key: value pairs; custom: a list of them", _is_crossref)
FORMAT = Kind("a format, or format: settings of it", lambda value: isinstance(value, str | dict))
FILES = Kind("a file, or a list of files", _are_texts)
FILE = Kind("a file", _is_text)
LANGUAGE = Kind("a language such as en or en-GB", _is_text)
TITLE = Kind("a text", _is_text)
PAPER = Kind("a size such as a4 or letter", _is_text)
