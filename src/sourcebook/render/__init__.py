"""Executed notebooks -> PDF, HTML, Markdown, Word; never judges facts.

The room itself can be called: ``sourcebook.render("project", to=("html", "pdf"))``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """A package that is also its main function."""

    def __call__(
        self,
        path: str | Path = ".",
        to: str | Sequence[str] = ("html", "pdf"),
        *,
        parameters: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> list[Path]:
        """Renders the project folder or single document at ``path``; the files written.

        ``to`` names formats (html, pdf, md, docx, typst, qmd); ``options`` are those of ``render_project``.
        """
        from sourcebook.render.report import render_project

        formats = to.split(",") if isinstance(to, str) else to
        return render_project(Path(path), formats, parameters=parameters, **options)


sys.modules[__name__].__class__ = _Room
