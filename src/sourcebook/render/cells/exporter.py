"""The nbconvert exporter: an executed notebook as Markdown for pandoc, exhibits set aside in its resources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import Preprocessor
from traitlets import List, default

from sourcebook.render.cells.options import CellOptions
from sourcebook.render.cells.outputs import ShownOutputs
from sourcebook.render.cells.writing import write_cell

_THEME = Path(__file__).parent.parent / "theme"


class ChapterExporter(TemplateExporter):
    """Markdown of one chapter. Each cell is preceded by a marker block that names its place, for messages.

    An exhibit becomes a fenced div ``.exhibit`` that holds caption, table cells, notes and source line as
    Markdown; picture and data stay in ``resources["exhibits"]``.
    """

    output_mimetype = "text/markdown"
    kinds = List(["fig", "tbl", "lst"], help="label prefixes that number something").tag(config=True)

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

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """nbconvert's filters and ours."""
        yield from super().default_filters()
        yield "written", lambda cell: write_cell(cell, self.kinds)
