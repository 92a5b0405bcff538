"""YAML as people write it: quickly read, a day that no calendar has left as written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

try:  # written in C, which nearly every wheel of PyYAML holds: ten times as fast on a long bibliography
    from yaml import CBaseLoader as BaseLoader
    from yaml import CSafeLoader as _SafeLoader
except ImportError:
    from yaml import BaseLoader  # type: ignore[assignment]
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

__all__ = ["BaseLoader", "NoSuchDay", "find_no_days", "load_yaml"]


class NoSuchDay(str):
    """A date such as 2026-02-30, which does not exist: the text as written."""

    __slots__ = ()


class _Loader(_SafeLoader):
    """Dates and numbers are what they look like, where that exists."""


def load_yaml(text: str | bytes) -> Any:
    """What a text means, with dates and numbers; raises YAMLError. ``BaseLoader`` leaves every scalar a text."""
    return yaml.load(text, _Loader)  # noqa: S506  (a safe loader with another reading of dates)


def find_no_days(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], NoSuchDay]]:
    """Every date in ``value`` that does not exist, with the keys that lead to it."""
    if isinstance(value, NoSuchDay):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from find_no_days(item, (*path, str(key)))
    elif isinstance(value, list):
        for item in value:
            yield from find_no_days(item, path)


def _read_date(loader: Any, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return NoSuchDay(node.value)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _read_date)
