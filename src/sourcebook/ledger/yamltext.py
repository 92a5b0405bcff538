"""YAML read in C, which nearly every wheel of PyYAML can: ten times as fast on a long bibliography."""

from __future__ import annotations

from typing import Any

import yaml

try:
    from yaml import CBaseLoader as BaseLoader
    from yaml import CSafeLoader as _SafeLoader
except ImportError:
    from yaml import BaseLoader  # type: ignore[assignment]
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

__all__ = ["BaseLoader", "load_yaml"]


def load_yaml(text: str | bytes) -> Any:
    """What a text means, with dates and numbers; raises YAMLError. ``BaseLoader`` leaves every scalar a text."""
    return yaml.load(text, _SafeLoader)
