"""nbconvert's exporters ``report_html``, ``report_pdf``, ``report_md`` and ``report_docx``; with hyphens too.

``jupyter nbconvert --to report-pdf x.ipynb`` and JupyterLab's export menu find them as entry points.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from sourcebook.core.text_chapter import find_front_matter, parse_front_matter
from sourcebook.errors import SourcebookError
from sourcebook.execute.plan import Settings
from sourcebook.render.formats import Format, find_format
from sourcebook.render.report import build_report
from sourcebook.render.source.chapters import chapter_of
from sourcebook.render.source.places import Places
from sourcebook.render.source.project import describe_document
from sourcebook.render.source.signature import is_signed


class _Report(Exporter):
    """One notebook as a report document, with the outputs that it holds; it is run first if ``--execute`` asks for it."""

    form: ClassVar[Format]

    @default("default_preprocessors")
    def _default_preprocessors_default(self) -> list[str]:
        """nbconvert's own but for the one that runs notebooks, which knows no inline expressions."""
        return [
            name for name in Exporter().default_preprocessors if not str(name).endswith("ExecutePreprocessor")
        ]

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return f".{self.form.name}"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes | str, dict[str, Any]]:
        """The document, and ``resources`` whose ``outputs`` hold files that belong to it.

        Raises a ``SourcebookError`` of the phase that failed.
        """
        notebook, found = super().from_notebook_node(nb, resources, **kw)
        place = found.get("metadata", {})
        path = Path(place.get("path") or ".").resolve() / f"{place.get('name') or 'notebook'}.ipynb"
        project = describe_document(path, parse_front_matter(find_front_matter(notebook.cells)[0], path.name))
        project = project.told(trust=is_signed(path))
        chapter = chapter_of(notebook, project.root, project.chapters[0], area=project.area)
        places = Places(lambda issue: self.log.warning("%s", issue), project.strict)
        try:
            run = self.config.get("ExecutePreprocessor", {}).get("enabled") is True
            report = build_report(project, [chapter], places, Settings(), execute=run)
            files = self.form.write(report, None)
        except SourcebookError as error:
            self.log.error("%s", error)
            raise
        body = files.pop(f"{project.name}.{self.form.name}")
        found["outputs"] = {**(found.get("outputs") or {}), **files}
        return (body if self.form.binary else body.decode()), found


class HtmlReport(_Report):
    """``report_html``: one self-contained page."""

    form = find_format("html")
    export_from_notebook, output_mimetype = form.title, form.mime


class PdfReport(_Report):
    """``report_pdf``: PDF/UA-1 and PDF/A-3a."""

    form = find_format("pdf")
    export_from_notebook, output_mimetype = form.title, form.mime


class MarkdownReport(_Report):
    """``report_md``: Markdown for a forge, pictures beside it."""

    form = find_format("md")
    export_from_notebook, output_mimetype = form.title, form.mime


class WordReport(_Report):
    """``report_docx``: a Word document."""

    form = find_format("docx")
    export_from_notebook, output_mimetype = form.title, form.mime
