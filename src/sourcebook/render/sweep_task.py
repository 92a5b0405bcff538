"""One report of a grid: rendered wherever there is a free process, and known again while all it rests on is unchanged."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.cache.inputs import Present
from sourcebook.errors import Issue, SourcebookError
from sourcebook.render.execution import Running
from sourcebook.render.record import open_record
from sourcebook.render.report import render_project
from sourcebook.render.source.project import Project

# A process renders one report at a time, even a cluster's with several threads: more would only share its one lock.
_alone = threading.Lock()


@dataclass(frozen=True)
class Task:
    """One report to be made of the project or document ``root``, with arguments of ``render_project``.

    ``shared`` is the folder of the whole grid, where results of notebooks are kept for all rows.
    """

    root: Path
    formats: tuple[str, ...]
    parameters: Mapping[str, Any]
    folder: Path
    shared: Path
    execute: bool
    engine: str
    running: Running


@dataclass(frozen=True)
class Rendered:
    """What came of a task: its files, what to warn of, or why there are none."""

    outputs: tuple[Path, ...] = ()
    warnings: tuple[Issue, ...] = ()
    failure: SourcebookError | None = None


def find_done(tasks: Sequence[Task], project: Project) -> list[Rendered | None]:
    """What an earlier run made of each of ``tasks``, if its files are whole and all they rest on is unchanged.

    What they share is looked at once: all lie in one folder.
    """
    found: list[Rendered | None] = []
    present: Present | None = None
    for task in tasks:
        record = open_record(project, task.formats, task.parameters, task.folder, task.execute, task.shared)
        present = present or record.look()
        outputs = record.find_outputs(present)
        found.append(Rendered(tuple(outputs)) if outputs else None)
    if present:
        present.index.save()
    return found


def render_row(task: Task) -> Rendered:
    """Renders ``task`` in this process, where what kernels are forked from stays for the next one."""
    with _alone:
        return _render(task)


def _render(task: Task) -> Rendered:
    warnings: list[Issue] = []
    running: Running = {**task.running, "executor": _threads(task.running.get("jobs") or 1)}
    try:
        written = render_project(
            task.root,
            task.formats,
            parameters=task.parameters,
            out=task.folder,
            store=task.shared,
            progress=lambda _: None,
            warn=warnings.append,
            execute=task.execute,
            engine=task.engine,
            **running,
        )
    except SourcebookError as error:
        return Rendered(warnings=tuple(warnings), failure=error)
    return Rendered(tuple(written), tuple(warnings))


@functools.cache
def _threads(count: int) -> ThreadPoolExecutor:
    """Runs notebooks outside of the thread that renders, whose event loop may be a cluster's."""
    return ThreadPoolExecutor(count)
