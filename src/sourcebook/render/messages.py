"""What a build says while it runs, where nobody else listens: progress and warnings, on standard error."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable

from sourcebook.core.console import say, show_line
from sourcebook.errors import Issue

Progress = Callable[[str], None]


def show_progress(message: str) -> None:
    """One line that rewrites itself on a terminal; nothing in a pipe."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        show_line(message[:width])


def warn_on_stderr(issue: Issue) -> None:
    """Writes a warning where people look for it."""
    say(f"sourcebook: warning: {issue}", error=True)
