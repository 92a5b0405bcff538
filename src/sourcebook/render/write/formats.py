"""The formats a report can be written in, and the files each consists of; a writer is imported when it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

from sourcebook.render.assembly import Report
from sourcebook.render.source.project import Project

FORMATS = ("html", "pdf", "md", "docx", "typst", "json")
Files = dict[str, bytes]


def prepare_writing(project: Project, formats: Sequence[str], folder: Path | None) -> None:
    """Does what takes long and waits for no chapter: imports, and for a page cuts fonts, to be kept in ``folder``."""
    import_module("sourcebook.render.export.outputs")
    if "pdf" in formats:
        import_module("sourcebook.render.write.pdf")
    if "html" in formats:
        from sourcebook.render.write.html import prepare_html

        prepare_html(project, folder)


def write_formats(report: Report, formats: Sequence[str], folder: Path | None = None) -> Files:
    """The files of ``report`` in all ``formats``, by their paths below ``folder`` (which may keep a store of ours).

    Typst takes longest and leaves Python alone: its source is written first, and the other formats while it works.
    """
    with ThreadPoolExecutor(len(formats)) as pool:
        pdf = pool.submit(_begin_pdf(report)) if "pdf" in formats else None
        waiting = [
            pdf if pdf and form == "pdf" else pool.submit(write_report, report, form, folder)
            for form in formats
        ]
        return {name: body for one in waiting for name, body in one.result().items()}


def _begin_pdf(report: Report) -> Callable[[], Files]:
    from sourcebook.render.write.pdf import begin_pdf

    finish = begin_pdf(report)
    return lambda: {f"{report.project.name}.pdf": finish()}


def write_report(report: Report, form: str, folder: Path | None = None) -> Files:
    """Like ``write_formats`` for one format."""
    name = report.project.name
    if form == "html":
        from sourcebook.render.write.html import render_html

        return {f"{name}.html": render_html(report, folder)}
    if form == "docx":
        from sourcebook.render.write.word import render_word

        return {f"{name}.docx": render_word(report)}
    if form == "md":
        from sourcebook.render.write.markdown import render_markdown

        return render_markdown(report)
    if form == "json":
        from sourcebook.render.report_json import write_report_json

        return {f"{name}.json": write_report_json(report)}
    if form == "pdf":
        return _begin_pdf(report)()
    from sourcebook.render.write.pdf import render_typst

    return {f"{name}-typst/{path}": body for path, body in render_typst(report).items()}
