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


def _html(report: Report, folder: Path | None) -> Files:
    return {f"{report.project.name}.html": render_html(report, folder)}


def _pdf(report: Report, _: Path | None) -> Files:
    return {f"{report.project.name}.pdf": render_pdf(report)}


def _markdown(report: Report, _: Path | None) -> Files:
    return render_markdown(report)


def _word(report: Report, _: Path | None) -> Files:
    return {f"{report.project.name}.docx": render_word(report)}


def _typst(report: Report, _: Path | None) -> Files:
    return {f"{report.project.name}-typst/{name}": body for name, body in render_typst(report).items()}


_WRITERS: dict[str, Callable[[Report, Path | None], Files]] = {
    "html": _html,
    "pdf": _pdf,
    "md": _markdown,
    "docx": _word,
    "typst": _typst,
}
FORMATS = tuple(_WRITERS)
