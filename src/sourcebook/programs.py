"""Other programs (git, pandoc, Quarto): the only module that starts any; kernels and what they are forked from aside."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sourcebook.errors import Issue, ToolError

# Messages in English and UTF-8 whatever the machine speaks; git neither asks for passwords nor takes locks.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
_MOST_WORDS = 4000


class Output(NamedTuple):
    """What a program wrote: its result, and its remarks."""

    content: bytes
    remarks: str


def run_program(
    command: Sequence[str | Path],
    *,
    content: bytes = b"",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    name: str = "",
) -> Output:
    """Run a program that reads ``content`` in ``folder``; messages call it ``name``.

    Raises ToolError with the program's own words when it is missing or ends with an error.
    """
    name = name or Path(command[0]).name
    settings = {**os.environ, **_ENVIRONMENT, **(environment or {})}
    try:
        done = subprocess.run(  # noqa: S603  # a list, never through a shell
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
    remarks = done.stderr.decode(errors="replace").strip()
    if done.returncode:
        said = remarks[-_MOST_WORDS:] or f"exit code {done.returncode}"
        raise ToolError(f"{name} failed.", [Issue(name, said)])
    return Output(done.stdout, remarks)
