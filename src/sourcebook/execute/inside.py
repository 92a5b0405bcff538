"""What happens inside the process that runs a notebook, before its first cell and after its last."""

from __future__ import annotations

import json
from pathlib import Path

from sourcebook.execute.environment import limit_memory, use_scratch


def begin(settings: str) -> None:
    """Sets limits and scratch folder and starts the trace; ``settings`` is JSON as the parent wrote it."""
    chosen = json.loads(settings)
    use_scratch(Path(chosen["scratch"]))
    limit_memory(chosen["memory"])


def end() -> str:
    """The trace as JSON."""
    return "null"
