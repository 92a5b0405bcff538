"""Executed notebooks -> PDF, HTML, Markdown, Word; never judges facts.

The room itself can be called: ``sourcebook.render("project", to=("html", "pdf"))``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Unpack

if TYPE_CHECKING:
    from sourcebook.errors import Issue
    from sourcebook.render.execution import Running


class _Room(ModuleType):
    """A package that is also its main function."""

    def __call__(
        self,
        path: str | Path = ".",
        to: str | Sequence[str] = ("html", "pdf"),
        *,
        parameters: Mapping[str, Any] | None = None,
        out: Path | None = None,
        execute: bool = True,
        engine: str = "sourcebook",
        warn: Callable[[Issue], None] | None = None,
        **running: Unpack[Running],
    ) -> list[Path]:
        """Renders the project folder or single document at ``path``; the files written.

        ``to`` names some of ``list_formats()``; the rest is that of ``render_project``.
        """
        from sourcebook.render.report import render_project

        formats = to.split(",") if isinstance(to, str) else to
        return render_project(
            Path(path),
            formats,
            parameters=parameters,
            out=out,
            execute=execute,
            engine=engine,
            warn=warn,
            **running,
        )


sys.modules[__name__].__class__ = _Room
