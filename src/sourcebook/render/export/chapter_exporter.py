"""Executed notebooks as Markdown: the nbconvert exporter of chapters."""

from __future__ import annotations

from pathlib import Path

from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import Preprocessor
from traitlets import default

from sourcebook.render.export.cell_options import CellOptions
from sourcebook.render.export.outputs import ShownOutputs

_THEME = Path(__file__).parent.parent / "theme"


class ChapterExporter(TemplateExporter):
    """Markdown of one chapter. Each cell is preceded by a marker block that names its place, for messages.

    Outputs that are no Markdown have placeholders in it, and are in ``resources["outputs"]`` themselves.
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
