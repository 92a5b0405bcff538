"""Other programs (git, pandoc, typst, Quarto): the only module that starts any; kernels and what they are forked from
aside.

Each has a time limit, and ends with us, however we end.
"""

from __future__ import annotations

import ctypes
import functools
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sourcebook.core.limits import program_seconds
from sourcebook.errors import Issue, ToolError

# Messages in English and UTF-8 whatever the machine speaks; git neither asks for passwords nor takes locks.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
_MOST_WORDS = 4000
# Times its limit, by the clock: for a program that waits, and for a machine with much else to do.
_PATIENCE = 10
_SET_PARENT_DEATH_SIGNAL = 1  # of prctl, see <linux/prctl.h>


class Output(NamedTuple):
    """What a program wrote: its result, and its remarks."""

    content: bytes
    remarks: str


class SlowError(ToolError):
    """A program took longer than what it was given allows."""


def run_program(
    command: Sequence[str | Path],
    *,
    content: bytes = b"",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    name: str = "",
    seconds: float | None = None,
) -> Output:
    """Run a program that reads ``content`` in ``folder``; messages call it ``name``.

    It has ``seconds`` of the processor, which a busy machine gives more slowly; without, as many as ``content`` wants.
    Raises ToolError with the program's own words when it is missing or ends with an error, SlowError when its time is over.
    """
    name = name or Path(command[0]).name
    settings = {**os.environ, **_ENVIRONMENT, **(environment or {})}
    limit = program_seconds(len(content)) if seconds is None else seconds
    try:
        done = subprocess.run(  # noqa: S603  # a list, never through a shell
            [str(part) for part in command],
            input=content,
            capture_output=True,
            check=False,
            cwd=folder,
            env=settings,
            timeout=limit * _PATIENCE,
            preexec_fn=_bound_child(limit),  # two system calls, prepared before the fork
        )
    except subprocess.TimeoutExpired as error:
        raise _too_slow(name, limit * _PATIENCE) from error
    except OSError as error:
        issue = Issue(
            name, error.strerror or str(error), fix=f"install {name}, or run 'make' to set up again"
        )
        raise ToolError("A program cannot be started.", [issue]) from error
    remarks = done.stderr.decode(errors="replace").strip()
    if done.returncode == -getattr(signal, "SIGXCPU", 0) < 0:
        raise _too_slow(name, limit)
    if done.returncode:
        said = remarks[-_MOST_WORDS:] or _say_end(done.returncode)
        raise ToolError(f"{name} failed.", [Issue(name, said)])
    return Output(done.stdout, remarks)


def _too_slow(name: str, seconds: float) -> SlowError:
    fix = "shorten or mend what it was given; 'sourcebook: program-seconds' in _quarto.yml allows more"
    issue = Issue(name, f"was stopped after {seconds:.0f} seconds", fix=fix)
    return SlowError(f"{name} did not come to an end.", [issue])


def _say_end(code: int) -> str:
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _bound_child(seconds: float) -> Callable[[], None] | None:
    """What bounds the new process's own time, and asks Linux to end it when the thread that waits for it ends."""
    if sys.platform == "win32":
        return None
    import resource

    whole = math.ceil(seconds)
    prctl, parent = _find_prctl() if sys.platform == "linux" else None, os.getpid()

    def bound() -> None:
        """Between fork and exec: nothing is imported or looked up here."""
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        own = whole if most == resource.RLIM_INFINITY else min(whole, most)
        resource.setrlimit(resource.RLIMIT_CPU, (own, most))
        if prctl:
            prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:  # it ended before we asked
                os._exit(1)

    return bound


@functools.cache
def _find_prctl() -> Callable[..., int]:
    return ctypes.CDLL(None).prctl
