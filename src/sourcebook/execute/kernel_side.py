"""What our driver asks of a kernel before, between and after its cells; everything else is ipykernel's own."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Final

from sourcebook.cache.trace import Trace, count_child_faults
from sourcebook.execute.environment import limit_memory

_SETTING: Final = "figure.figsize"
_traces: list[Trace] = []
_child_faults: list[int] = []
_for_one_cell: list[tuple[list[float], list[float]]] = []


def begin(settings: str) -> None:
    """Sets the memory limit and starts the trace; ``settings`` is JSON as the driver wrote it."""
    from IPython.core.getipython import get_ipython

    chosen = json.loads(settings)
    limit_memory(chosen["memory"])
    if shell := get_ipython():
        _child_faults[:] = [count_child_faults()]
        shell.events.register("post_run_cell", _await_readers)
    _traces.append(Trace(Path(chosen["trace"]), Path(chosen["scratch"])))


def _await_readers(_: object) -> None:
    """Gives ipykernel time to read what programs wrote: later it would show in another cell, or in none."""
    before, _child_faults[:] = _child_faults[:], [count_child_faults()]
    wrote = _child_faults != before
    with contextlib.suppress(ImportError, OSError):
        from fcntl import ioctl
        from termios import FIONREAD

        pipes = [number for number in (1, 2) if Path(f"/dev/fd/{number}").is_fifo()]
        for _ in range(1000):
            if not any(any(ioctl(number, FIONREAD, bytes(4))) for number in pipes):
                break
            wrote = True
            time.sleep(0.001)
    time.sleep(0.02 if wrote else 0.002)  # what was read is passed on


def end() -> None:
    """Writes what was recorded; what happens at the kernel's own end is added, if it comes to that.

    Children that have ended and that nobody asked about are buried: ipykernel would wait for them to end until it is
    killed, and what the notebook left open would not be written.
    """
    _traces[-1].write()
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def set_size(width: float | None, height: float | None, until_end: bool = False) -> None:
    """Gives figures a size from now on, or until ``end_size``; the sides that are None stay as they are."""
    import matplotlib as mpl

    old = list(mpl.rcParams[_SETTING])
    mpl.rcParams[_SETTING] = [width or old[0], height or old[1]]
    if until_end:
        _for_one_cell.append((old, list(mpl.rcParams[_SETTING])))


def end_size() -> None:
    """Gives figures the size that ``set_size`` replaced for a while, unless the code has set one of its own meanwhile."""
    import matplotlib as mpl

    while _for_one_cell:
        old, set_by_us = _for_one_cell.pop()
        if list(mpl.rcParams[_SETTING]) == set_by_us:
            mpl.rcParams[_SETTING] = old
