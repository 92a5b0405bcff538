"""One report per row of a grid of parameters: side by side, in processes here or on a cluster; done rows stay done."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, as_completed
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

from sourcebook.core.console import Progress, show_progress, warn_on_stderr
from sourcebook.core.files import prepare_folder, publish_files
from sourcebook.errors import ExecutionError, Issue
from sourcebook.execute.failures import lost_worker
from sourcebook.render.execution import Running
from sourcebook.render.source.chapters import read_chapters
from sourcebook.render.source.places import Warn
from sourcebook.render.source.project import read_document, read_project
from sourcebook.render.sweep_csv import TABLE, Row, read_grid
from sourcebook.render.sweep_executors import Processes
from sourcebook.render.sweep_task import Rendered, Task, find_done, render_row


@dataclass(frozen=True)
class Grid:
    """What came of a grid: its table of results, how many reports were ``made`` now, and how many ``kept``."""

    table: Path
    made: int
    kept: int


def render_grid(
    root: Path,
    grid: Path,
    formats: Sequence[str],
    *,
    parameters: Mapping[str, Any] | None = None,
    out: Path | None = None,
    execute: bool = True,
    engine: str = "sourcebook",
    progress: Progress | None = None,
    warn: Warn | None = None,
    **running: Unpack[Running],
) -> Grid:
    """Renders the project or document at ``root`` once per row of the CSV file ``grid``, each into its own folder.

    They lie in ``out``, or below the output folder in one that is called like the grid, with ``results.csv``: each
    row's parameters, what became of it, its files. A row that is done, and rests on nothing that has changed since,
    is not done again. An ``executor`` renders whole rows; without one, ``jobs`` processes do (default: one per core).
    ``parameters`` hold where a row is silent; all else is as in ``render_project``.

    Raises ``ProjectError`` for a grid that cannot be used, and ``ExecutionError`` after all rows when some failed.
    """
    say = progress or show_progress
    project = read_document(root) if root.is_file() else read_project(root.resolve())
    rows = read_grid(grid, read_chapters(project))
    folder = prepare_folder((out or project.root / project.output / grid.stem).resolve())
    executor, cores = running.get("executor"), running.get("jobs") or os.cpu_count() or 1
    running |= {"executor": None, "jobs": max(1, cores // len(rows))}
    usual = Task(root.resolve(), tuple(formats), parameters or {}, folder, folder, execute, engine, running)
    tasks = [_task_of(row, usual) for row in rows]
    done = dict(enumerate(find_done(tasks, project)))
    again = running.get("fresh") or running.get("prove")
    todo = [number for number, found in done.items() if again or not found]
    if todo:
        with nullcontext(executor) if executor else Processes(min(cores, len(todo))) as processes:
            futures = {processes.submit(render_row, tasks[number]): number for number in todo}
            done |= _gather(futures, rows, say)
    results = [done[number] or Rendered() for number in range(len(rows))]
    _tell_warnings(results, warn or warn_on_stderr)
    table = _write_table(folder, rows, results)
    _raise_failures(rows, results, table)
    return Grid(table, len(todo), len(rows) - len(todo))


def _task_of(row: Row, usual: Task) -> Task:
    """``usual``, which lies in the folder of the grid, for one row."""
    parameters = {**usual.parameters, **row.parameters}
    return replace(usual, parameters=parameters, folder=usual.shared / row.name)


def _gather(
    futures: Mapping[Future[Rendered], int], rows: Sequence[Row], say: Progress
) -> dict[int, Rendered]:
    """What came of each row that was to be rendered; after Ctrl-C no other is begun."""
    done: dict[int, Rendered] = {}
    try:
        for future in as_completed(futures):
            number = futures[future]
            done[number] = _result(future, rows[number])
            failed = sum(result.failure is not None for result in done.values())
            say(f"{len(done)} of {len(futures)} reports" + (f", {failed} failed" if failed else ""))
    finally:
        for future in futures:
            future.cancel()
        say("")
    return done


def _result(future: Future[Rendered], row: Row) -> Rendered:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001  # each executor has errors of its own for a process it has lost
        return Rendered(failure=lost_worker(row.where, error))


def _tell_warnings(results: Sequence[Rendered], warn: Warn) -> None:
    """Each once, though every row may give it."""
    for issue in dict.fromkeys(issue for result in results for issue in result.warnings):
        warn(issue)


def _write_table(folder: Path, rows: Sequence[Row], results: Sequence[Rendered]) -> Path:
    """The table of results. It holds no times, so that the same grid gives the same table."""
    names = list(dict.fromkeys(name for row in rows for name in row.parameters))
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["folder", *names, "status", "files", "problem"])
    for row, result in zip(rows, results, strict=True):
        files = ";".join(path.relative_to(folder).as_posix() for path in result.outputs)
        problem = (
            "; ".join(map(str, result.failure.issues)) or result.failure.summary if result.failure else ""
        )
        values = [row.parameters.get(name, "") for name in names]
        writer.writerow([row.name, *values, "failed" if result.failure else "done", files, problem])
    (table,) = publish_files({folder / TABLE: target.getvalue().encode()})
    return table


def _raise_failures(rows: Sequence[Row], results: Sequence[Rendered], table: Path) -> None:
    failed = [(row, result.failure) for row, result in zip(rows, results, strict=True) if result.failure]
    issues = [
        replace(issue, where=f"{row.where}: {issue.where}" if issue.where != row.where else row.where)
        for row, failure in failed
        for issue in failure.issues or [Issue(row.where, failure.summary)]
    ]
    if failed:
        raise ExecutionError(f"{len(failed)} of {len(rows)} reports failed; {table} lists all.", issues)
