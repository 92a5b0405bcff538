"""One cell against its column: type, allowed values, pattern, bounds, dates, lists, white space."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sourcebook.core.dates import parse_when
from sourcebook.core.text import nearest
from sourcebook.errors import LedgerError
from sourcebook.ledger.schema import Column

_SHAPES = {
    "number": (re.compile(r"-?\d+(\.\d+)?", re.ASCII), "a plain number like 1234.5"),
    "integer": (re.compile(r"-?\d+", re.ASCII), "a whole number like 12"),
    "boolean": (re.compile(r"yes|no"), "yes or no"),
}
_SPACE = re.compile(r"^\s|\s$|\s\s|[^\S ]")


class Fault(NamedTuple):
    """What is wrong with a cell: the same fields as an issue, without the place."""

    what: str
    found: str = ""
    expected: str = ""
    fix: str = ""


def check_cell(column: Column, text: str) -> Iterator[Fault]:
    """Everything that is wrong with one cell, taken by itself."""
    if _SPACE.search(text):
        yield Fault("stray white space", repr(text), "single spaces between words", "trim it")
        text = " ".join(text.split())
    if not text:
        if column.required:
            yield Fault("an empty cell", "nothing", column.description, "fill it in")
        return
    if not column.separator:
        yield from _check_value(column, text)
        return
    yield from _check_list(column.separator, text)
    for item in text.split(column.separator):
        yield from _check_value(column, item.strip())


def split_list(column: Column, text: str) -> list[str]:
    """The items of a list cell, or the one value of any other; nothing for an empty cell."""
    if not text:
        return []
    return text.split(column.separator) if column.separator else [text]


def _check_list(separator: str, text: str) -> Iterator[Fault]:
    items = text.split(separator)
    if any(item != item.strip() or not item for item in items):
        yield Fault("a list with stray spaces or an empty item", text, f"items joined by '{separator}' alone")
    repeated = sorted({item for item in items if items.count(item) > 1})
    if repeated:
        yield Fault("an item stands twice in a list", ", ".join(repeated), "each item once")


def _check_value(column: Column, text: str) -> Iterator[Fault]:
    if column.edtf:
        try:
            parse_when(text)
        except LedgerError as error:
            yield Fault(
                "an impossible date", text, "EDTF level 0: 2013, 2022-12, 2022-12-09 or a/b", error.summary
            )
        return
    if column.enum and text not in column.enum:
        yield Fault("an unknown value", text, "one of " + ", ".join(column.enum), nearest(text, column.enum))
    if column.pattern and not re.fullmatch(column.pattern, text):
        yield Fault(
            "not in the form of its column",
            text,
            f"{column.description.rstrip('.')} (in signs: {column.pattern})",
        )
    if column.type in _SHAPES:
        yield from _check_type(column, text)


def _check_type(column: Column, text: str) -> Iterator[Fault]:
    shape, expected = _SHAPES[column.type]
    if not shape.fullmatch(text):
        yield Fault(f"not {'an' if column.type == 'integer' else 'a'} {column.type}", text, expected)
    elif column.type != "boolean":
        if column.minimum is not None and float(text) < column.minimum:
            yield Fault("too small", text, f"at least {column.minimum:g}")
        if column.maximum is not None and float(text) > column.maximum:
            yield Fault("too large", text, f"at most {column.maximum:g}")
