"""What happens inside the process that runs a notebook, before its first cell and after its last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sourcebook.execute.environment import describe_environment, limit_memory, use_scratch
from sourcebook.execute.figures import end_size, set_size, use_size
from sourcebook.execute.trace import Trace

__all__ = ["begin", "end", "end_size", "set_size", "use_size"]

_traces: list[Trace] = []


def begin(settings: str) -> None:
    """Sets limits and scratch folder and starts the trace; ``settings`` is JSON as the parent wrote it."""
    chosen = json.loads(settings)
    scratch = Path(chosen["scratch"])
    use_scratch(scratch)
    limit_memory(chosen["memory"])
    if watch := chosen["watch"]:
        ignored = [Path(path) for path in watch["ignored"]]
        _traces.append(Trace(Path(watch["root"]), scratch, ignored, hermetic=watch["hermetic"]))
        _traces[-1].start()


def end(modules: list[str] | None = None, variables: set[str] | None = None) -> str:
    """The trace as JSON, ``null`` without one; ``modules`` and ``variables`` were used before it began."""
    if not _traces:
        return "null"
    trace = _traces.pop()
    for file in modules or []:
        trace.use_module(file)
    for name in variables or ():
        trace.ask_variable(name)
    found: dict[str, Any] = trace.finish()
    return json.dumps(found | {"environment": describe_environment()})
