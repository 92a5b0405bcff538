"""What is said when a notebook cannot be run to its end; the same words whichever way it was run."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence

from sourcebook.errors import ExecutionError, Issue

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ERROR_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
_FIXES = {
    "StdinNotImplementedError": "a report is built with nobody at the keyboard: take the answer from a parameter or a file",
    "MemoryError": "the notebook met the memory limit of its process; see --memory",
    "HermeticError": "read from the project and write to tempfile.gettempdir(), or build without --hermetic",
}
_STOPPED = {
    "SIGKILL": "often the sign that the machine ran out of memory",
    "SIGSEGV": "a compiled library crashed",
}


def cell_raised(where: str, ename: str, evalue: str, traceback: Sequence[str]) -> ExecutionError:
    """A cell raised an error that was not expected of it; the traceback is part of the message."""
    trace = [_ANSI.sub("", line) for line in traceback]
    lines = _ERROR_LINE.findall("\n".join(trace))
    issue = Issue(
        f"{where}, line {lines[0]}" if lines else where,
        _ANSI.sub("", f"{ename}: {evalue}"),
        fix=_FIXES.get(ename, ""),
    )
    return ExecutionError("\n".join(["A cell raised an error.", *_shorten(trace)]), [issue])


def cell_too_long(where: str, timeout: int) -> ExecutionError:
    """A cell was stopped at its time limit of ``timeout`` seconds."""
    issue = Issue(where, "did not end in time", expected=f"at most {timeout} s", fix="see --timeout")
    return ExecutionError("A cell ran too long and was stopped.", [issue])


def kernel_died(where: str, status: int | None, complaint: str = "") -> ExecutionError:
    """The process that ran a cell is gone; ``status`` as of ``Popen.returncode``, ``complaint`` its last words."""
    issue = Issue(where, "the kernel stopped while this cell ran", found=_ending(status))
    return ExecutionError("\n".join(["A kernel died.", *_shorten(complaint.splitlines())]), [issue])


def kernel_absent(name: str, kernel: str, said: str = "") -> ExecutionError:
    """The kernel that a notebook names is not installed, or ``said`` why it did not start."""
    from jupyter_client.kernelspec import KernelSpecManager

    known = "one of " + ", ".join(sorted(KernelSpecManager().find_kernel_specs()))
    fix = "install it, choose another in Jupyter, or render the outputs that are stored with --no-execute"
    what = f"the kernel {kernel!r} does not start" if said else f"the kernel {kernel!r} is not installed"
    return ExecutionError("A kernel is missing.", [Issue(name, what, said, known, fix)])


def lost_worker(name: str, error: Exception) -> ExecutionError:
    """An executor gave ``error`` back instead of what it was to do for ``name``."""
    found = f"{type(error).__name__}: {error}"
    if isinstance(error, ImportError):
        fix = "install the same sourcebook, with the same packages, on every worker"
        return ExecutionError(
            "A worker lacks a package.", [Issue(name, "cannot be done there", found, fix=fix)]
        )
    return ExecutionError(
        "A worker was lost.", [Issue(name, "the process that had it in hand is gone", found)]
    )


def expressions_failed(where: str, failed: Sequence[tuple[str, str, str]]) -> ExecutionError:
    """Inline expressions that raised: (expression, name of the error, its message)."""
    issues = [
        Issue(where, f"the inline expression {text!r} raised {ename}: {_ANSI.sub('', evalue)}")
        for text, ename, evalue in failed
    ]
    return ExecutionError("An inline expression failed.", issues)


def gather_failures(failures: Sequence[ExecutionError]) -> ExecutionError:
    """One error that tells of all."""
    if len(failures) == 1:
        return failures[0]
    summaries = "\n".join(failure.summary for failure in failures)
    issues = [issue for failure in failures for issue in failure.issues]
    return ExecutionError(f"{len(failures)} notebooks failed.\n{summaries}", issues)


def _ending(status: int | None) -> str:
    if status is None:
        return ""
    if status >= 0:
        return f"exit status {status}"
    name = signal.Signals(-status).name
    hint = _STOPPED.get(name)
    return f"ended by {name}" + (f", {hint}" if hint else "")


def _shorten(trace: Sequence[str], most: int = 24) -> list[str]:
    lines = "\n".join(trace).splitlines()
    if len(lines) <= most:
        return ["    " + line for line in lines]
    return ["    " + line for line in [*lines[: most // 2], "...", *lines[-most // 2 :]]]
