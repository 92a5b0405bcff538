"""Many notebooks, side by side: each in its own kernel, failures gathered and told together."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from nbformat import NotebookNode

from sourcebook.errors import ExecutionError, Issue
from sourcebook.execute.kernel import execute_notebook

Progress = Callable[[str], None]


def execute_notebooks(
    paths: Sequence[Path],
    *,
    names: Sequence[str],
    timeout: int = 300,
    jobs: int | None = None,
    progress: Progress = lambda _: None,
) -> list[NotebookNode]:
    """The executed notebooks in the order of ``paths``; ``names`` are what messages call them.

    At most ``jobs`` run at once (default: one per core). A failing notebook does not stop the others;
    ``ExecutionError`` then tells of every failure.
    """
    return asyncio.run(_execute_all(list(zip(paths, names, strict=True)), timeout, jobs, progress))


async def _execute_all(
    work: list[tuple[Path, str]], timeout: int, jobs: int | None, progress: Progress
) -> list[NotebookNode]:
    slots = asyncio.Semaphore(jobs or os.cpu_count() or 1)

    async def one(path: Path, name: str) -> NotebookNode:
        async with slots:
            progress(name)
            return await execute_notebook(path, timeout=timeout, name=name)

    results = await asyncio.gather(*(one(*item) for item in work), return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    for failure in failures:
        if not isinstance(failure, ExecutionError):
            raise failure
    if failures:
        raise _gathered([failure for failure in failures if isinstance(failure, ExecutionError)])
    return [result for result in results if not isinstance(result, BaseException)]


def _gathered(failures: list[ExecutionError]) -> ExecutionError:
    if len(failures) == 1:
        return failures[0]
    issues: list[Issue] = [issue for failure in failures for issue in failure.issues]
    summaries = "\n".join(failure.summary for failure in failures)
    return ExecutionError(f"{len(failures)} notebooks failed.\n{summaries}", issues)
