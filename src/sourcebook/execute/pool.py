"""Jobs side by side: in warm workers where they suit, in kernels of their own where not."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import ExitStack

from sourcebook.errors import ExecutionError, Issue
from sourcebook.execute.failures import lost_worker
from sourcebook.execute.job import Job, Outcome
from sourcebook.execute.process import can_fork
from sourcebook.execute.warm import find_heavy
from sourcebook.execute.workers import NeedsKernelError, Workers


def run_jobs(
    todo: Sequence[Job],
    *,
    jobs: int | None = None,
    kernel: bool = False,
    workers: Workers | None = None,
    executor: Executor | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Outcome | ExecutionError]:
    """What came of each job, in order: its outcome, or the error to tell.

    With an ``executor`` each job is submitted to it (``run_here``); the project must be reachable by the same
    path from wherever it runs. Otherwise at most ``jobs`` run at once (default: one per core). ``workers`` are
    used when the caller has started some, none at all with ``kernel``. ``progress`` is told the name of each job
    as it starts.
    """
    if not todo:
        return []
    if executor:
        return _submit_all(todo, executor, kernel, progress)
    with ExitStack() as stack:
        if not kernel and not workers and can_fork() and any(map(_suits_worker, todo)):
            sources = [step.source or "" for job in todo for step in job.steps]
            workers = stack.enter_context(Workers(find_heavy(sources)))
        return asyncio.run(_run_all(todo, jobs, None if kernel else workers, progress))


def run_here(job: Job, kernel: bool) -> Outcome | ExecutionError:
    """One job, for processes of an executor: the first call starts workers, which stay for the next ones."""
    if not job.folder.is_dir():
        fix = "put the project where every worker sees it by this path"
        return ExecutionError(
            "A worker lacks the project.", [Issue(job.name, "no such folder there", str(job.folder), fix=fix)]
        )
    with _starting:
        if not kernel and not _workers and can_fork() and _suits_worker(job):
            _workers.append(Workers(find_heavy(step.source or "" for step in job.steps)))
            atexit.register(_workers[0].close)
    (outcome,) = run_jobs([job], kernel=kernel, workers=_workers[0] if _workers else None)
    return outcome


_workers: list[Workers] = []
_starting = threading.Lock()


def _submit_all(
    todo: Sequence[Job], executor: Executor, kernel: bool, progress: Callable[[str], None]
) -> list[Outcome | ExecutionError]:
    waiting = {executor.submit(run_here, job, kernel): number for number, job in enumerate(todo)}
    outcomes: dict[int, Outcome | ExecutionError] = {}
    for done in as_completed(waiting):
        job = todo[waiting[done]]
        progress(job.name)
        try:
            outcomes[waiting[done]] = done.result()
        except Exception as error:  # noqa: BLE001  # each executor has errors of its own for a process it has lost
            outcomes[waiting[done]] = lost_worker(job.name, error)
    return [outcomes[number] for number in range(len(todo))]


async def _run_all(
    todo: Sequence[Job], jobs: int | None, workers: Workers | None, progress: Callable[[str], None]
) -> list[Outcome | ExecutionError]:
    slots = asyncio.Semaphore(jobs or os.cpu_count() or 1)

    async def one(job: Job) -> Outcome | ExecutionError:
        """Waits for a free slot; an error is told with those of the others."""
        async with slots:
            progress(job.name)
            try:
                return await _run(job, workers)
            except ExecutionError as error:
                return error

    return await asyncio.gather(*map(one, todo))


async def _run(job: Job, workers: Workers | None) -> Outcome:
    if not job.steps:
        return Outcome([], {"inputs": [], "deeds": [], "restless": [], "environment": {}})
    if workers and _suits_worker(job):
        try:
            return await workers.run(job)
        except NeedsKernelError:
            pass  # a kernel of its own can do all a worker can, only slower
    from sourcebook.execute.kernel import run_in_kernel  # nbclient takes a third of a second to import

    return await run_in_kernel(job)


def _suits_worker(job: Job) -> bool:
    """Other kernels may be other languages, or other Pythons with other packages."""
    return bool(job.steps) and job.kernel == "python3"
