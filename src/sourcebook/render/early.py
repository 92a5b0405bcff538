"""Workers started before anything heavy is imported: they import what notebooks need while we import what we need."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from sourcebook.execute.history import STORE
from sourcebook.execute.workers import Workers, start_workers
from sourcebook.render.source.project import read_project


def start_early(
    root: Path, out: Path | None = None, *, fresh: bool = False
) -> AbstractContextManager[Workers | None]:
    """Workers for the project or document ``root``, as a context; None unless it is certain that something will run.

    That is so for a single document, for a ``fresh`` build, and where no results are kept in the output folder. What
    a change makes run again is known only when the chapters have been read; workers are then started by themselves.
    Raises ``ProjectError`` for a project that cannot be used.
    """
    if root.is_file():
        return start_workers([root]) or nullcontext()
    project = read_project(root.resolve())
    if not fresh and ((out or project.root / project.output) / STORE).exists():
        return nullcontext()
    return start_workers(project.root / path for path in project.chapters) or nullcontext()
