"""YAML that others wrote: what it means, within bounds."""

from __future__ import annotations

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

_SHORT = (
    20_000  # settings: the loader written in Python finds the line of a fault; longer ones are bibliographies
)
__all__ = ["BaseLoader", "load_yaml"]


def load_yaml(text: str | bytes, loader: Any = None) -> Any:
    """What a text means, with dates and numbers; with ``BaseLoader`` every scalar is a text.

    Raises YAMLError: also for what holds itself, unpacks to too much, is nested too deeply, or is no date.
    """
    short = len(text) < _SHORT
    reading = None
    try:
        reading = (loader or (yaml.SafeLoader if short else _SafeLoader))(text)
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
