"""Jobs side by side, each in a kernel of its own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, as_completed

from sourcebook.errors import ExecutionError, Issue
from sourcebook.execute.failures import lost_worker
from sourcebook.execute.job import Job, Outcome
from sourcebook.execute.run import run_job
from sourcebook.execute.warm import find_heavy


def run_jobs(
    todo: Sequence[Job],
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Outcome]:
    """What came of each job, in order.

    With an ``executor`` each job is submitted to it (``run_here``); the project must be reachable by the same
    path from wherever it runs. Otherwise at most ``jobs`` run at once (default: one per core). ``progress`` is told
    of each job, as it starts or with an ``executor`` as it ends: which of how many, its name, how long the rest may take.
    """
    if executor:
        return _submit_all(todo, executor, count_jobs(progress, len(todo), 0))
    jobs = jobs or os.cpu_count() or 1
    return asyncio.run(_run_all(todo, jobs, count_jobs(progress, len(todo), jobs))) if todo else []


def count_jobs(
    progress: Callable[[str], None], total: int, at_once: int, clock: Callable[[], float] = time.monotonic
) -> Callable[[str], None]:
    """``progress``, told of each job its number and, once some have ended, how long the rest may take.

    Jobs start in turn, ``at_once`` side by side: whenever one starts, all but the last ones have ended.
    """
    begun, started = clock(), itertools.count(1)

    def tell(name: str) -> None:
        """The message for one job."""
        number = next(started)
        ended = number - at_once
        seconds = (clock() - begun) / ended * (total - ended) if ended > 0 else 0.0
        left = f", about {seconds:.0f} s left" if seconds >= 1 else ""
        progress(f"{number} of {total} notebooks: {name}{left}")

    return tell


def run_here(job: Job) -> Outcome:
    """One job, for processes of an executor: what the first call imports ahead stays for the next ones."""
    if not job.folder.is_dir():
        fix = "put the project where every worker sees it by this path"
        issue = Issue(job.name, "no such folder there", str(job.folder), fix=fix)
        return Outcome([], failure=ExecutionError("A worker lacks the project.", [issue]))
    return asyncio.run(run_job(job, find_heavy(_list_code([job]))))


def _list_code(todo: Sequence[Job]) -> list[str]:
    return [step.source or "" for job in todo for step in job.steps]


def _submit_all(todo: Sequence[Job], executor: Executor, progress: Callable[[str], None]) -> list[Outcome]:
    waiting = {executor.submit(run_here, job): number for number, job in enumerate(todo)}
    outcomes: dict[int, Outcome] = {}
    for done in as_completed(waiting):
        job = todo[waiting[done]]
        progress(job.name)
        try:
            outcomes[waiting[done]] = done.result()
        except Exception as error:  # noqa: BLE001  # each executor has errors of its own for a process it has lost
            outcomes[waiting[done]] = Outcome([], failure=lost_worker(job.name, error))
    return [outcomes[number] for number in range(len(todo))]


async def _run_all(todo: Sequence[Job], jobs: int, progress: Callable[[str], None]) -> list[Outcome]:
    slots = asyncio.Semaphore(jobs)
    modules = find_heavy(_list_code(todo))

    @contextlib.asynccontextmanager
    async def slot(job: Job) -> AsyncIterator[None]:
        """One of those that may run at once, when it is free."""
        async with slots:
            progress(job.name)
            yield

    return await asyncio.gather(*(run_job(job, modules, slot(job)) for job in todo))
