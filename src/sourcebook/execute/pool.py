"""Jobs side by side: in warm workers where they suit, in kernels of their own where not."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from sourcebook.errors import ExecutionError
from sourcebook.execute.job import Job, Outcome
from sourcebook.execute.warm import find_heavy
from sourcebook.execute.workers import NeedsKernelError, Workers, can_fork


def run_jobs(
    todo: Sequence[Job],
    *,
    jobs: int | None = None,
    kernel: bool = False,
    workers: Workers | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Outcome | ExecutionError]:
    """What came of each job, in order: its outcome, or the error to tell.

    At most ``jobs`` run at once (default: one per core). ``workers`` are used when the caller has started some, none
    at all with ``kernel``. ``progress`` is told the name of each job as it starts.
    """
    if not todo:
        return []
    with ExitStack() as stack:
        if not kernel and not workers and can_fork() and any(map(_suits_worker, todo)):
            sources = [step.source or "" for job in todo for step in job.steps]
            workers = stack.enter_context(Workers(find_heavy(sources)))
        return asyncio.run(_run_all(todo, jobs, None if kernel else workers, progress))


async def _run_all(
    todo: Sequence[Job], jobs: int | None, workers: Workers | None, progress: Callable[[str], None]
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
