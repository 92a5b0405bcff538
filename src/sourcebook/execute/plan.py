"""Many notebooks: what can be reused is reused, the rest run side by side, failures gathered and told together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from sourcebook.errors import ExecutionError, Issue
from sourcebook.execute.failures import gather_failures
from sourcebook.execute.figures import Size
from sourcebook.execute.history import History, Kept, list_files
from sourcebook.execute.job import Job, Outcome, Result, place
from sourcebook.execute.pool import run_jobs
from sourcebook.execute.program import fill_notebook, read_notebook, read_steps
from sourcebook.execute.reading import note_inputs
from sourcebook.execute.recent import Recent
from sourcebook.execute.store import Entry
from sourcebook.execute.workers import Workers


@dataclass(frozen=True)
class Settings:
    """How notebooks are run.

    ``timeout`` is seconds per cell, ``memory`` MiB per notebook (0: no limit); at most ``jobs`` run at once (default:
    one per core), unless an ``executor`` takes them all; ``kernel`` gives every notebook a Jupyter kernel instead of
    a warm worker.

    With a ``root``, the project, each notebook is watched; with an ``output`` folder too, results are kept in its
    ``.store`` and reused while all they rest on is unchanged. ``fresh`` ignores what is kept; ``prove`` runs
    everything again and compares; ``hermetic`` makes writing outside the scratch folder and connecting an error.
    ``workers`` are used when the caller has started some. ``figure`` is the size of figures, width and height in
    inches, where neither a cell nor the code asks for another. ``recent`` is what a process that builds again and
    again remembers.
    """

    timeout: int = 300
    memory: int = 4096
    jobs: int | None = None
    executor: Executor | None = None
    kernel: bool = False
    root: Path | None = None
    output: Path | None = None
    fresh: bool = False
    prove: bool = False
    hermetic: bool = False
    workers: Workers | None = None
    figure: Size = (None, None)
    recent: Recent | None = None


@dataclass(frozen=True)
class Run:
    """One executed notebook; ``inputs`` are the files it read, relative to the root, ``warnings`` what it should
    not do.
    """

    notebook: NotebookNode
    inputs: tuple[str, ...] = ()
    reused: bool = False
    warnings: tuple[str, ...] = ()


def run_notebooks(
    paths: Sequence[Path],
    *,
    names: Sequence[str],
    notebooks: Sequence[NotebookNode] | None = None,
    settings: Settings = Settings(),
    progress: Callable[[str], None] = lambda _: None,
) -> list[Run]:
    """What came of each notebook, in the order of ``paths``.

    ``names`` are what messages call them; ``notebooks`` are their contents where the caller has read them
    already, and ``paths`` then say where they would lie. A failing notebook does not stop the others;
    ``ExecutionError`` then tells of all.
    """
    history = History(settings.root, settings.output)
    contents: Sequence[NotebookNode | None] = notebooks or [None] * len(paths)
    read = [
        _read(path, name, settings, content)
        for path, name, content in zip(paths, names, contents, strict=True)
    ]
    chapters = [item for item in read if isinstance(item, _Chapter)]
    kept = [history.recall(chapter.job) for chapter in chapters]
    again = settings.fresh or settings.prove
    todo = [chapter.job for chapter, found in zip(chapters, kept, strict=True) if again or not found]
    outcomes = run_jobs(
        todo,
        jobs=settings.jobs,
        kernel=settings.kernel,
        workers=settings.workers,
        executor=settings.executor,
        progress=progress,
    )
    came = dict(zip((job.name for job in todo), outcomes, strict=True))
    done = [
        _finish(chapter, came.get(chapter.job.name), found, history, prove=settings.prove)
        for chapter, found in zip(chapters, kept, strict=True)
    ]
    history.tidy()
    finished = iter(done)
    results = [next(finished) if isinstance(item, _Chapter) else item for item in read]
    if failures := [item for item in results if isinstance(item, ExecutionError)]:
        raise gather_failures(failures)
    return [item for item in done if isinstance(item, Run)]


def explain_notebooks(
    paths: Sequence[Path],
    *,
    names: Sequence[str],
    notebooks: Sequence[NotebookNode] | None = None,
    settings: Settings,
) -> list[str]:
    """A sentence for each reason why a notebook would be run, or that it would not be; nothing is run."""
    history = History(settings.root, settings.output)
    contents: Sequence[NotebookNode | None] = notebooks or [None] * len(paths)
    sentences: list[str] = []
    for path, name, content in zip(paths, names, contents, strict=True):
        chapter = _read(path, name, settings, content)
        if isinstance(chapter, ExecutionError):
            raise chapter
        sentences += [f"{name}: {reason}." for reason in history.explain(chapter.job)]
    return sentences


@dataclass(frozen=True)
class _Chapter:
    notebook: NotebookNode
    job: Job


def _read(
    path: Path, name: str, settings: Settings, content: NotebookNode | None = None
) -> _Chapter | ExecutionError:
    try:
        notebook = content or read_notebook(path, name)
        steps = read_steps(notebook, name, settings.figure)
    except ExecutionError as error:
        return error
    kernel = str(notebook.metadata.get("kernelspec", {}).get("name", "python3"))
    watch = _watch(settings)
    return _Chapter(notebook, Job(name, path.parent, steps, kernel, settings.timeout, settings.memory, watch))


def _watch(settings: Settings) -> dict[str, Any]:
    if not settings.root:
        return {}
    ignored = [str(settings.output.resolve())] if settings.output else []
    return {"root": str(settings.root.resolve()), "ignored": ignored, "hermetic": settings.hermetic}


def _finish(
    chapter: _Chapter,
    outcome: Outcome | ExecutionError | None,
    kept: Kept | None,
    history: History,
    *,
    prove: bool,
) -> Run | ExecutionError:
    """The notebook with its results: those kept where it was not run; to ``prove``, both must be the same."""
    job = chapter.job
    if isinstance(outcome, ExecutionError):
        return outcome
    if not outcome:
        assert kept  # what is not kept was run
        return _describe(chapter, kept.results, kept.entry, reused=True)
    if prove and kept and (differing := _compare(job, kept.results, outcome.results)):
        return ExecutionError("A notebook did not give the same result again.", differing)
    entry = history.keep(job, outcome)
    warnings = tuple(f"{job.name} {reason}" for reason in entry.unfit) if outcome.trace else ()
    if prove and not kept:
        warnings = (*warnings, "no earlier result is kept: nothing was compared")
    return _describe(chapter, outcome.results, entry, warnings=warnings)


def _describe(chapter: _Chapter, results: Sequence[Result], entry: Entry, **more: Any) -> Run:
    if root := chapter.job.watch.get("root"):
        note_inputs(Path(root), entry.inputs)
    return Run(fill_notebook(chapter.notebook, chapter.job.steps, results), list_files(entry), **more)


def _compare(job: Job, kept: Sequence[Result], now: Sequence[Result]) -> list[Issue]:
    return [
        Issue(
            place(job.name, step.cell),
            "gave another result than the one kept, though nothing it read has changed",
            fix="give random numbers a seed, sort what has no order, show no times or memory addresses",
        )
        for step, old, new in zip(job.steps, kept, now, strict=True)
        if old != new
    ]
