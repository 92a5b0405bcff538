"""One notebook to be run, and what came of it: plain data that any process, here or elsewhere, can take."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sourcebook.cache.dependencies import Named
from sourcebook.cache.store import Result
from sourcebook.cache.trace import Recording
from sourcebook.errors import ExecutionError


@dataclass(frozen=True)
class Step:
    """One cell that needs a kernel: its code (None for a Markdown cell), then its inline expressions.

    ``before`` is an expression evaluated ahead of both, for what it does.
    """

    cell: int
    source: str | None
    may_fail: bool = False
    expressions: tuple[str, ...] = ()
    before: str = ""


@dataclass(frozen=True)
class Job:
    """One notebook's steps and the limits they run in.

    ``name`` is how messages call it, ``folder`` where its code runs, ``kernel`` a kernelspec; ``timeout`` is seconds
    per step, ``memory`` the MiB its process may allocate (0: no limit); ``named`` is what its author says.
    """

    name: str
    folder: Path
    steps: tuple[Step, ...]
    kernel: str = "python3"
    timeout: int = 300
    memory: int = 4096
    named: Named = field(default_factory=Named)


@dataclass(frozen=True)
class Outcome:
    """The results of a job's steps, or the ``failure`` that ended them; ``trace`` is what they read and did.

    There is no trace (None) of a kernel that could not be watched, or did not end by itself.
    """

    results: list[Result]
    trace: Recording | None = None
    failure: ExecutionError | None = None


def place(name: str, cell: int) -> str:
    """How messages call a cell: counted from one, as a reader would."""
    return f"{name}, cell {cell + 1}"
