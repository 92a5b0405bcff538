"""The nbconvert exporter: an executed notebook as Markdown for pandoc, exhibits set aside in its resources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import default

from sourcebook.render.cells.options import CellOptions, ShownOutputs

_THEME = Path(__file__).parent.parent / "theme"


class ChapterExporter(TemplateExporter):
    """Markdown of one chapter. Each cell is preceded by a marker block that names its place, for messages.

    An exhibit becomes a fenced div ``.exhibit`` that holds caption, table cells, notes and source line as
    Markdown; picture and data stay in ``resources["exhibits"][label]``.
    """

    output_mimetype = "text/markdown"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".md"

    @property
    def extra_template_basedirs(self) -> list[str]:  # type: ignore[override]
        """Where our Jinja templates live."""
        return [str(_THEME)]

    @default("template_name")
    def _template_name_default(self) -> str:
        return "chapter"

    @default("preprocessors")
    def _preprocessors_default(self) -> list[type[Preprocessor]]:
        return [CellOptions, ShownOutputs]

    def default_filters(self) -> Iterator[tuple[str, Callable[..., str]]]:
        """nbconvert's filters and ours."""
        yield from super().default_filters()
        yield "fence", _fence
        yield "citations", _citations


def export_chapter(
    notebook: NotebookNode, name: str, defaults: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Markdown and resources (``exhibits``, ``warnings``) of an executed notebook called ``name`` in messages."""
    exporter = ChapterExporter(
        config={
            "CellOptions": {"name": name, "defaults": dict(defaults), "enabled": True},
            "ShownOutputs": {"enabled": True},
        }
    )
    text, resources = exporter.from_notebook_node(notebook, {"stem": Path(name).stem})
    return text, resources


def _fence(text: str) -> str:
    """A code fence longer than any run of backticks in ``text``."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _citations(keys: list[str]) -> str:
    return "[" + "; ".join(f"@{key}" for key in keys) + "]"
