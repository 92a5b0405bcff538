"""Many notebooks, side by side: each in a process of its own, failures gathered and told together."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from nbformat import NotebookNode

from sourcebook.errors import ExecutionError
from sourcebook.execute.failures import gather_failures
from sourcebook.execute.job import Job, Outcome
from sourcebook.execute.program import fill_notebook, read_notebook, read_steps
from sourcebook.execute.warm import find_heavy
from sourcebook.execute.workers import NeedsKernelError, Workers, can_fork

Progress = Callable[[str], None]


def execute_notebooks(
    paths: Sequence[Path],
    *,
    names: Sequence[str],
    timeout: int = 300,
    memory: int = 4096,
    jobs: int | None = None,
    kernel: bool = False,
    workers: Workers | None = None,
    progress: Progress = lambda _: None,
) -> list[NotebookNode]:
    """The executed notebooks in the order of ``paths``; ``names`` are what messages call them.

    ``timeout`` is seconds per cell, ``memory`` MiB per notebook (0: no limit). At most ``jobs`` run at once (default:
    one per core). ``kernel`` gives every notebook a Jupyter kernel instead of a warm worker; ``workers`` are used when
    the caller has started some. A failing notebook does not stop the others; ``ExecutionError`` then tells of all.
    """
    failures: dict[str, ExecutionError] = {}
    notebooks: dict[str, NotebookNode] = {}
    todo: dict[str, Job] = {}
    for path, name in zip(paths, names, strict=True):
        try:
            notebooks[name] = read_notebook(path, name)
            steps = read_steps(notebooks[name], name)
            todo[name] = Job(name, path.parent, steps, _kernel_name(notebooks[name]), timeout, memory)
        except ExecutionError as error:
            failures[name] = error
    outcomes = run_jobs(list(todo.values()), jobs=jobs, kernel=kernel, workers=workers, progress=progress)
    for name, outcome in zip(todo, outcomes, strict=True):
        if isinstance(outcome, ExecutionError):
            failures[name] = outcome
        else:
            notebooks[name] = fill_notebook(notebooks[name], todo[name].steps, outcome.results)
    if failures:
        raise gather_failures([failures[name] for name in names if name in failures])
    return [notebooks[name] for name in names]


def run_jobs(
    todo: Sequence[Job],
    *,
    jobs: int | None = None,
    kernel: bool = False,
    workers: Workers | None = None,
    progress: Progress = lambda _: None,
) -> list[Outcome | ExecutionError]:
    """What came of each job, in order: results, or the error to tell. Options as ``execute_notebooks`` has them."""
    with ExitStack() as stack:
        if not kernel and not workers and can_fork() and any(map(_suits_worker, todo)):
            sources = [step.source or "" for job in todo for step in job.steps]
            workers = stack.enter_context(Workers(find_heavy(sources)))
        return asyncio.run(_run_all(todo, jobs, None if kernel else workers, progress))


async def _run_all(
    todo: Sequence[Job], jobs: int | None, workers: Workers | None, progress: Progress
) -> list[Outcome | ExecutionError]:
    slots = asyncio.Semaphore(jobs or os.cpu_count() or 1)

    async def one(job: Job) -> Outcome | ExecutionError:
        async with slots:
            progress(job.name)
            try:
                return await _run(job, workers)
            except ExecutionError as error:
                return error

    return await asyncio.gather(*map(one, todo))


async def _run(job: Job, workers: Workers | None) -> Outcome:
    if not job.steps:
        return Outcome([])
    if workers and _suits_worker(job):
        try:
            return await workers.run(job)
        except NeedsKernelError:
            pass  # a kernel of its own can do all a worker can, only slower
    from sourcebook.execute.kernel import run_in_kernel  # nbclient takes a third of a second to import

    return await run_in_kernel(job)


def _kernel_name(notebook: NotebookNode) -> str:
    return str(notebook.metadata.get("kernelspec", {}).get("name", "python3"))


def _suits_worker(job: Job) -> bool:
    """Other kernels may be other languages, or other Pythons with other packages."""
    return bool(job.steps) and job.kernel == "python3"
