"""What JSON that others wrote must look like: checked before anything relies on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from sourcebook.errors import Issue

Shape = Any
"""Types that a value may have; a list of one shape, for lists; a mapping of names to shapes, where the name ``""`` means
any other, and names that are not listed may hold anything."""
TEXT: Final[Shape] = (str,)
YES_NO: Final[Shape] = (bool,)
NUMBER: Final[Shape] = (int, float)
NOTHING: Final = type(None)
_WORDS = {str: "a text", bool: "true or false", int: "a number", float: "a number", NOTHING: "null"}


def check_shape(value: Any, shape: Shape, where: str) -> Iterator[Issue]:
    """Where ``value`` is of another shape, each place named as seen from ``where``."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield _wrong(value, where, "a mapping {…}")
            return
        for name, child in value.items():
            if name in shape or "" in shape:
                yield from check_shape(child, shape.get(name, shape.get("")), f"{where}, {name}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield _wrong(value, where, "a list […]")
            return
        for number, child in enumerate(value, start=1):
            yield from check_shape(child, shape[0], f"{where} {number}")
    elif not isinstance(value, shape) or (isinstance(value, bool) and bool not in shape):
        yield _wrong(value, where, " or ".join(dict.fromkeys(_WORDS[kind] for kind in shape)))


def _wrong(value: Any, where: str, expected: str) -> Issue:
    return Issue(where, "of the wrong kind", json.dumps(value)[:60], expected)
