"""Other programs (pandoc, git): the only module that starts any."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sourcebook.errors import Issue, ToolError

# Messages in English and UTF-8 whatever the machine speaks; git neither asks for passwords nor takes locks.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def run_program(
    command: Sequence[str | Path],
    *,
    content: bytes = b"",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """What a program writes when it reads ``content``; ``folder`` is where it runs.

    Raises ToolError with the program's own words when it is missing or ends with an error.
    """
    name = Path(command[0]).name
    settings = {**os.environ, **_ENVIRONMENT, **(environment or {})}
    try:
        done = subprocess.run(
            [str(part) for part in command],
            input=content,
            capture_output=True,
            check=False,
            cwd=folder,
            env=settings,
        )
    except OSError as error:
        issue = Issue(
            name, error.strerror or str(error), fix=f"install {name}, or run 'make' to set up again"
        )
        raise ToolError("A program cannot be started.", [issue]) from error
    if done.returncode:
        complaints = done.stderr.decode(errors="replace").strip()
        raise ToolError(f"{name} failed.", [Issue(name, complaints or f"exit code {done.returncode}")])
    return done.stdout
