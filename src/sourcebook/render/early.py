"""A process for kernels started before anything heavy is imported: it imports what notebooks need while we import."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sourcebook.execute.environment import kernel_variables
from sourcebook.execute.fork_client import prepare_server
from sourcebook.execute.warm import find_heavy
from sourcebook.render.source.project import Project

# A code cell of a notebook, one of a text chapter, an inline expression.
_CODE = ('"cell_type": "code"', "```{python", "`{python}")


def start_early(project: Project) -> None:
    """Starts to import what the chapters of ``project`` seem to need, read as plain text; it costs some milliseconds."""
    texts = list(_read(project.root / path for path in project.chapters))
    if any(mark in text for text in texts for mark in _CODE):
        prepare_server(find_heavy(texts), kernel_variables())


def _read(paths: Iterable[Path]) -> Iterable[str]:
    return (path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file())
