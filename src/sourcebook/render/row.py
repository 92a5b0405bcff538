"""One report of a grid: rendered wherever there is a free process, and marked as done with all it rests on."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.errors import Issue, SourcebookError
from sourcebook.execute.inputs import FILE, FOLDER, VARIABLE, digest
from sourcebook.execute.reading import Reading
from sourcebook.execute.staleness import Present
from sourcebook.render.report import render_project
from sourcebook.render.source.carried import list_carried
from sourcebook.render.source.project import Project
from sourcebook.render.write.files import publish_files

_MARK = ".done.json"
# Options that show in a report, with what holds where they are not given.
_MATTERS = {"engine": "sourcebook", "execute": True, "hermetic": False, "kernel": False}
# A process renders one report at a time, even a cluster's with several threads: more would only share its one lock.
_alone = threading.Lock()
# What this process has read for each project: some of it once for all its reports.
_read: dict[Path, set[str]] = {}


@dataclass(frozen=True)
class Task:
    """One report to be made of the project or document ``root``; ``options`` are those of ``render_project``.

    ``shared`` is the folder of the whole grid, where results of notebooks are kept for all rows.
    """

    root: Path
    formats: tuple[str, ...]
    parameters: Mapping[str, Any]
    folder: Path
    shared: Path
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Rendered:
    """What came of a task: its files, what to warn of, or why there are none."""

    outputs: tuple[Path, ...] = ()
    warnings: tuple[Issue, ...] = ()
    failure: SourcebookError | None = None


def key_of(task: Task, project: Project, environment: str) -> str:
    """A digest of what is asked for, apart from the files it rests on; ``environment`` is that of what is installed."""
    wanted = {name: task.options.get(name, usual) for name, usual in _MATTERS.items()}
    carried = list_carried(project) if task.root.is_dir() else []  # the PDF attaches what is new, too
    return digest(
        repr([task.formats, sorted(task.parameters.items()), wanted, environment, carried]).encode()
    )


def find_done(task: Task, key: str, present: Present) -> Rendered | None:
    """What an earlier run made of ``task``, if its files are whole and all they rest on is unchanged."""
    try:
        mark = json.loads((task.folder / _MARK).read_text(encoding="utf-8"))
        same = mark["key"] == key and all(
            present.fingerprint(kind, name) == known for kind, name, known in mark["inputs"]
        )
        whole = all(
            digest((task.folder / name).read_bytes()) == known for name, known in mark["outputs"].items()
        )
    except (OSError, ValueError, KeyError, TypeError):  # none, or not one of ours
        return None
    return Rendered(tuple(task.folder / name for name in mark["outputs"])) if same and whole else None


def render_row(task: Task, key: str) -> Rendered:
    """Renders ``task`` in this process, whose warm workers stay for the next one."""
    with _alone:
        return _render(task, key)


def _render(task: Task, key: str) -> Rendered:
    warnings: list[Issue] = []
    jobs = task.options.get("jobs") or 1
    try:
        with Reading() as reading:
            written = render_project(
                task.root,
                task.formats,
                parameters=task.parameters,
                out=task.folder,
                store=task.shared,
                progress=lambda _: None,
                warn=warnings.append,
                executor=_threads(jobs),
                **task.options,
            )
    except SourcebookError as error:
        return Rendered(warnings=tuple(warnings), failure=error)
    _mark_done(task, key, written, reading)
    return Rendered(tuple(written), tuple(warnings))


@functools.cache
def _threads(count: int) -> ThreadPoolExecutor:
    """Runs notebooks with the workers of this process, which a build of its own would start anew each time."""
    return ThreadPoolExecutor(count)


def _mark_done(task: Task, key: str, written: Iterable[Path], reading: Reading) -> None:
    root = task.root if task.root.is_dir() else task.root.parent
    present = Present(root)
    files, absent = reading.list_files(root, [task.shared])
    read = _read.setdefault(root, set())
    read |= files | absent
    kinds = {name: FOLDER if (root / name).is_dir() else FILE for name in read}
    inputs = [(kind, name, present.fingerprint(kind, name)) for name, kind in sorted(kinds.items())]
    inputs += [(VARIABLE, name, known) for name, known in sorted(reading.variables.items())]
    outputs = {path.relative_to(task.folder).as_posix(): digest(path.read_bytes()) for path in written}
    mark = json.dumps({"key": key, "inputs": inputs, "outputs": outputs}, indent=1)
    publish_files({task.folder / _MARK: mark.encode()})
