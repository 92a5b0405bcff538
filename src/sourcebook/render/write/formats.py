"""The formats a report can be written in, and the files each consists of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sourcebook.render.tree.assembly import Report
from sourcebook.render.write.html import render_html
from sourcebook.render.write.markdown import render_markdown
from sourcebook.render.write.pdf import render_pdf, render_typst
from sourcebook.render.write.word import render_word

Files = dict[str, bytes]


def write_report(report: Report, form: str, folder: Path | None = None) -> Files:
    """The files of ``report`` in ``form``, by their paths below ``folder`` (which may keep a store of ours)."""
    return _WRITERS[form](report, folder)


_WRITERS: dict[str, Callable[[Report, Path | None], Files]] = {
    "html": lambda report, folder: {f"{report.project.name}.html": render_html(report, folder)},
    "pdf": lambda report, folder: {f"{report.project.name}.pdf": render_pdf(report)},
    "md": lambda report, folder: render_markdown(report),
    "docx": lambda report, folder: {f"{report.project.name}.docx": render_word(report)},
    "typst": lambda report, folder: {f"{report.project.name}-typst/{name}": body for name, body in render_typst(report).items()},
}
FORMATS = tuple(_WRITERS)
