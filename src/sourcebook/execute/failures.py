"""What is said when a notebook cannot be run to its end; the same words whichever way it was run."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import replace

from sourcebook.errors import ExecutionError, Issue, SourcebookError

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ERROR_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
_MOST_LINES = 24
_FIXES = {
    "StdinNotImplementedError": "a report is built with nobody at the keyboard: take the answer from a parameter or a file",
    "MemoryError": "the notebook met the memory limit of its process; see --memory",
}
# Said for people already: the lines of ours that led there would only bury it.
_OWN = {"ChartError", *(error.__name__ for error in SourcebookError.__subclasses__())}
_FILE = re.compile(r" \(\d+\.py, line \d+\)$")  # IPython's own name for a cell
_STOPPED = {
    "SIGKILL": "often the sign that the machine ran out of memory",
    "SIGSEGV": "a compiled library crashed",
}


def cell_raised(where: str, ename: str, evalue: str, traceback: Sequence[str]) -> ExecutionError:
    """A cell raised an error that was not expected of it; unless it is one of ours, the traceback is in the message."""
    trace = [_ANSI.sub("", line) for line in traceback]
    lines = _ERROR_LINE.findall("\n".join(trace))
    own, said = ename in _OWN, _FILE.sub("", _ANSI.sub("", evalue))
    issue = Issue(
        f"{where}, line {lines[0]}" if lines else where,
        said if own else f"{ename}: {said}",
        fix=_FIXES.get(ename, ""),
    )
    return ExecutionError("\n".join(["A cell raised an error.", *([] if own else _shorten(trace))]), [issue])


def cell_too_long(where: str, timeout: int) -> ExecutionError:
    """A cell was stopped at its time limit of ``timeout`` seconds."""
    issue = Issue(where, "did not end in time", expected=f"at most {timeout} s", fix="see --timeout")
    return ExecutionError("A cell ran too long and was stopped.", [issue])


def kernel_died(where: str, status: int | None, complaint: str = "") -> ExecutionError:
    """The process that ran a cell is gone; ``status`` as of ``Popen.returncode``, ``complaint`` its last words."""
    issue = Issue(where, "the kernel stopped while this cell ran", found=_ending(status))
    return ExecutionError("\n".join(["A kernel died.", *_shorten(complaint.splitlines())]), [issue])


def kernel_left(where: str) -> ExecutionError:
    """A cell has asked the kernel to end, though cells follow it."""
    issue = Issue(where, "ends the kernel, so that no later cell can run", fix="take exit() or quit() out")
    return ExecutionError("A kernel was ended by its notebook.", [issue])


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
        issue = Issue(name, "cannot be done there", found, fix=fix)
        return ExecutionError("A worker lacks a package.", [issue])
    issue = Issue(name, "the process that had it in hand is gone", found)
    return ExecutionError("A worker was lost.", [issue])


def expressions_failed(where: str, failed: Sequence[tuple[str, str, str]]) -> ExecutionError:
    """Inline expressions that raised: (expression, name of the error, its message)."""
    issues = [
        Issue(where, f"the inline expression {text!r} raised {ename}: {_ANSI.sub('', evalue)}")
        for text, ename, evalue in failed
    ]
    return ExecutionError("An inline expression failed.", issues)


def gather_failures(failures: Sequence[ExecutionError]) -> ExecutionError:
    """One error that tells of all; what stopped many notebooks alike is said once."""
    if len(failures) == 1:
        return failures[0]
    summaries = dict.fromkeys(failure.summary for failure in failures)
    alike: dict[Issue, list[str]] = {}
    for issue in (issue for failure in failures for issue in failure.issues):
        alike.setdefault(replace(issue, where=""), []).append(issue.where)
    issues = [replace(issue, where=_say_places(places)) for issue, places in alike.items()]
    return ExecutionError("\n".join([f"{len(failures)} notebooks failed.", *summaries]), issues)


def _say_places(places: Sequence[str]) -> str:
    rest = len(places) - 1
    return places[0] + (f" and {rest} {'place' if rest == 1 else 'places'} more" if rest else "")


def _ending(status: int | None) -> str:
    if status is None:
        return ""
    if status >= 0:
        return f"exit status {status}"
    name = signal.Signals(-status).name
    hint = _STOPPED.get(name)
    return f"ended by {name}" + (f", {hint}" if hint else "")


def _shorten(trace: Sequence[str]) -> list[str]:
    """Its lines, indented; of a long one the beginning and the end."""
    lines = "\n".join(trace).splitlines()
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES // 2], "...", *lines[-_MOST_LINES // 2 :]]
    return ["    " + line for line in lines]
