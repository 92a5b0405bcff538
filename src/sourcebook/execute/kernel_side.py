"""What our driver asks of a kernel before, between and after its cells; everything else is ipykernel's own."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Final

from sourcebook.cache.trace import Trace
from sourcebook.execute.environment import limit_memory

_SETTING: Final = "figure.figsize"
_traces: list[Trace] = []
_for_one_cell: list[tuple[list[float], list[float]]] = []


def begin(settings: str) -> None:
    """Sets the memory limit and starts the trace; ``settings`` is JSON as the driver wrote it."""
    chosen = json.loads(settings)
    limit_memory(chosen["memory"])
    _traces.append(Trace(Path(chosen["trace"]), Path(chosen["scratch"])))


def end() -> None:
    """Writes what was recorded; what happens at the kernel's own end is added, if it comes to that.

    Children that have ended and that nobody asked about are buried: ipykernel would wait for them to end until it is
    killed, and what the notebook left open would not be written.
    """
    _traces[-1].write()
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def set_size(width: float | None, height: float | None) -> None:
    """Gives figures a size from now on; the sides that are None stay as they are."""
    import matplotlib as mpl

    old = mpl.rcParams[_SETTING]
    mpl.rcParams[_SETTING] = [width or old[0], height or old[1]]


def use_size(width: float | None, height: float | None) -> None:
    """Like ``set_size``, until ``end_size``."""
    import matplotlib as mpl

    old = list(mpl.rcParams[_SETTING])
    set_size(width, height)
    _for_one_cell.append((old, list(mpl.rcParams[_SETTING])))


def end_size() -> None:
    """Gives figures the size that ``use_size`` replaced, unless the code has set one of its own meanwhile."""
    import matplotlib as mpl

    while _for_one_cell:
        old, set_by_us = _for_one_cell.pop()
        if list(mpl.rcParams[_SETTING]) == set_by_us:
            mpl.rcParams[_SETTING] = old
