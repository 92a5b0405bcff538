"""Many notebooks: what can be reused is reused, the rest run side by side, failures gathered and told together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from sourcebook.errors import ExecutionError, Issue
from sourcebook.execute.failures import gather_failures
from sourcebook.execute.history import History, Kept, list_files
from sourcebook.execute.job import Job, Outcome, Result, place
from sourcebook.execute.pool import run_jobs
from sourcebook.execute.program import fill_notebook, inject_parameters, read_notebook, read_steps
from sourcebook.execute.workers import Workers

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How notebooks are run.

    ``timeout`` is seconds per cell, ``memory`` MiB per notebook (0: no limit); at most ``jobs`` run at once (default:
    one per core); ``kernel`` gives every notebook a Jupyter kernel instead of a warm worker. ``parameters`` replace
    the values of the cell tagged ``parameters``.

    With a ``root``, the project, each notebook is watched; with an ``output`` folder too, results are kept in its
    ``.store`` and reused while all they rest on is unchanged. ``fresh`` ignores what is kept; ``prove`` runs
    everything again and compares; ``hermetic`` makes writing outside the scratch folder and connecting an error.
    """

    timeout: int = 300
    memory: int = 4096
    jobs: int | None = None
    kernel: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    root: Path | None = None
    output: Path | None = None
    fresh: bool = False
    prove: bool = False
    hermetic: bool = False


@dataclass(frozen=True)
class Run:
    """One executed notebook; ``inputs`` are the files it read, relative to the root, ``warnings`` what it should not do."""

    notebook: NotebookNode
    inputs: tuple[str, ...] = ()
    reused: bool = False
    warnings: tuple[str, ...] = ()


def execute_notebooks(
    paths: Sequence[Path],
    *,
    names: Sequence[str],
    progress: Progress = lambda _: None,
    workers: Workers | None = None,
    **settings: Any,
) -> list[NotebookNode]:
    """The executed notebooks in the order of ``paths``; ``settings`` are those of ``Settings``.

    ``names`` are what messages call them; ``workers`` are used when the caller has started some. A failing notebook
    does not stop the others; ``ExecutionError`` then tells of all.
    """
    runs = run_notebooks(
        paths, names=names, settings=Settings(**settings), progress=progress, workers=workers
    )
    return [run.notebook for run in runs]


def run_notebooks(
    paths: Sequence[Path],
    *,
    names: Sequence[str],
    settings: Settings = Settings(),
    progress: Progress = lambda _: None,
    workers: Workers | None = None,
) -> list[Run]:
    """As ``execute_notebooks``, with what is known of each run."""
    chapters = [_read(path, name, settings) for path, name in zip(paths, names, strict=True)]
    history = History(settings.root, settings.output, settings.parameters)
    kept = {c.job.name: history.recall(c.job) for c in chapters if not isinstance(c, ExecutionError)}
    reusable = {} if settings.fresh or settings.prove else kept
    todo = [c.job for c in chapters if not isinstance(c, ExecutionError) and not reusable.get(c.job.name)]
    outcomes = dict(
        zip(
            (job.name for job in todo),
            run_jobs(todo, jobs=settings.jobs, kernel=settings.kernel, workers=workers, progress=progress),
            strict=True,
        )
    )
    done: list[Run | ExecutionError] = []
    for chapter in chapters:
        if isinstance(chapter, ExecutionError):
            done.append(chapter)
            continue
        job = chapter.job
        if outcome := outcomes.get(job.name):
            done.append(_finish(chapter, outcome, history, kept[job.name] if settings.prove else None))
        elif found := reusable[job.name]:
            notebook = fill_notebook(chapter.notebook, job.steps, found.results)
            done.append(Run(notebook, found.files, reused=True))
    history.tidy()
    if failures := [item for item in done if isinstance(item, ExecutionError)]:
        raise gather_failures(failures)
    return [item for item in done if isinstance(item, Run)]


def explain_notebooks(paths: Sequence[Path], *, names: Sequence[str], settings: Settings) -> list[str]:
    """A sentence for each reason why a notebook would be run, or that it would not be; nothing is run."""
    history = History(settings.root, settings.output, settings.parameters)
    sentences: list[str] = []
    for path, name in zip(paths, names, strict=True):
        chapter = _read(path, name, settings)
        if isinstance(chapter, ExecutionError):
            raise chapter
        sentences += [f"{name}: {reason}." for reason in history.explain(chapter.job)]
    return sentences


@dataclass(frozen=True)
class _Chapter:
    notebook: NotebookNode
    job: Job


def _read(path: Path, name: str, settings: Settings) -> _Chapter | ExecutionError:
    try:
        notebook = inject_parameters(read_notebook(path, name), settings.parameters)
        steps = read_steps(notebook, name)
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
    chapter: _Chapter, outcome: Outcome | ExecutionError, history: History, proof: Kept | None
) -> Run | ExecutionError:
    """Keeps the results and puts them into the notebook; with ``proof``, they must be those kept before."""
    job = chapter.job
    if isinstance(outcome, ExecutionError):
        return outcome
    if proof and (differing := _compare(job, proof.results, outcome.results)):
        return ExecutionError("A notebook did not give the same result again.", differing)
    entry = history.keep(job, outcome)
    notebook = fill_notebook(chapter.notebook, job.steps, outcome.results)
    warnings = tuple(f"{job.name} {reason}" for reason in entry.unfit) if outcome.trace else ()
    return Run(notebook, list_files(entry), warnings=warnings)


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
