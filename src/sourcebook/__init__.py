"""Analytic reports you can audit: a claims ledger, notebooks, and one renderer for PDF and HTML."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """``sourcebook.render`` on first use: nothing heavy is imported before."""
    if name == "render":
        return importlib.import_module("sourcebook.render")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
