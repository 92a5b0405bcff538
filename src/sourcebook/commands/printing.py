"""What commands print: issues, paths, and nothing when asked to be quiet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sourcebook.core.console import say
from sourcebook.errors import Issue

FOUND = 1
"""The exit code of a check that found something."""


def print_issues(issues: Sequence[Issue], summary: str) -> int:
    """Issues to the error stream, the summary to the output, and the exit code."""
    for issue in issues:
        say(f"- {issue}", error=True)
    if summary:
        say(summary)
    if issues:
        say(f"Found {len(issues)} {'problem' if len(issues) == 1 else 'problems'}.", error=True)
    return FOUND if issues else 0


def shorten_path(path: Path) -> str:
    """A path as short as it can be said from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def say_nothing(_message: str) -> None:
    """Progress with ``--quiet``: nothing is printed."""
