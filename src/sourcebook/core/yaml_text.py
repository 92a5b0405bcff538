"""YAML that others wrote: what it means (1.2: only true and false are no texts), within bounds; a day that no calendar has
stays as written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from sourcebook.core.limits import YAML_DEPTH, YAML_NODES

try:  # written in C, which nearly every wheel of PyYAML holds: ten times as fast on a long bibliography
    from yaml import CBaseLoader as BaseLoader
    from yaml import CSafeLoader as _SafeLoader
except ImportError:
    from yaml import BaseLoader  # type: ignore[assignment]
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

# Settings: the loader written in Python finds the line of a fault; longer ones are bibliographies.
_SHORT = 20_000
__all__ = ["BaseLoader", "NoSuchDay", "dump_yaml", "find_no_days", "load_yaml"]


class NoSuchDay(str):
    """A date such as 2026-02-30, which does not exist: the text as written."""

    __slots__ = ()


class _Loader(yaml.SafeLoader):
    """Dates and numbers are what they look like, where that exists."""


class _FastLoader(_SafeLoader):
    """The same, for long texts."""


class _Dumper(yaml.SafeDumper):
    """Writes days that do not exist as the texts that they are."""


def load_yaml(text: str | bytes, loader: Any = None) -> Any:
    """What a text means, with dates and numbers; with ``BaseLoader`` every scalar is a text.

    Raises YAMLError: also for what holds itself, unpacks to too much or is nested too deeply.
    """
    short = len(text) < _SHORT
    reading = None
    try:
        reading = (loader or (_Loader if short else _FastLoader))(text)
        node = reading.get_single_node()
        if node is None:
            return None
        if short or "*" in str(text):
            _check(node)
        return reading.construct_document(node)
    except RecursionError:
        raise _refuse("it is nested too deeply, or an alias (*) holds itself") from None
    except (ValueError, OverflowError, TypeError, AttributeError) as error:
        if isinstance(error, yaml.YAMLError):
            raise
        raise _refuse(str(error)) from error
    finally:
        if reading:
            reading.dispose()


def dump_yaml(value: Any) -> str:
    """A value as YAML, each text on one line."""
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6))


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


def _check(node: Node) -> None:
    """Raises YAMLError for aliases that stand for too much, RecursionError for what holds itself or is too deep."""
    sizes: dict[int, int] = {}

    def measure(node: Node, depth: int = 0) -> int:
        """How many values it is with its aliases written out."""
        if depth > YAML_DEPTH:
            raise RecursionError
        if id(node) not in sizes:
            pairs = isinstance(node, MappingNode)
            parts = [part for pair in node.value for part in pair] if pairs else node.value
            sizes[id(node)] = 1 + (
                0 if isinstance(node, ScalarNode) else sum(measure(part, depth + 1) for part in parts)
            )
        return sizes[id(node)]

    if measure(node) - len(sizes) > YAML_NODES:
        raise _refuse(f"its aliases (*) stand for more than {YAML_NODES:,} values")


def _refuse(problem: str) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=problem)


def _read_date(loader: Any, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return NoSuchDay(node.value)


def _read_bool(_: Any, node: yaml.ScalarNode) -> bool | str:
    """PyYAML reads YAML 1.1, in which the country No and the title On are no texts."""
    word = str(node.value)
    return word.lower() == "true" if word.lower() in ("true", "false") else word


_Dumper.add_representer(NoSuchDay, lambda dumper, value: dumper.represent_str(str(value)))
for _each in (_Loader, _FastLoader):
    _each.add_constructor("tag:yaml.org,2002:timestamp", _read_date)
    _each.add_constructor("tag:yaml.org,2002:bool", _read_bool)
