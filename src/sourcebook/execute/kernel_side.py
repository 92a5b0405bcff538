"""What our driver asks of a kernel before the first cell; everything else is ipykernel's own."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from sourcebook.cache.trace import Trace
from sourcebook.execute.environment import limit_memory
from sourcebook.execute.figures import end_size, set_size, use_size

__all__ = ["begin", "end", "end_size", "set_size", "use_size"]

_traces: list[Trace] = []


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
