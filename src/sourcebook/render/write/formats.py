"""The formats a report can be written in, and the files each consists of; a writer is imported when it is wanted."""

from __future__ import annotations

from pathlib import Path

from sourcebook.render.tree.assembly import Report

FORMATS = ("html", "pdf", "md", "docx", "typst")
Files = dict[str, bytes]


def write_report(report: Report, form: str, folder: Path | None = None) -> Files:
    """The files of ``report`` in ``form``, by their paths below ``folder`` (which may keep a store of ours)."""
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
    from sourcebook.render.write.pdf import render_pdf, render_typst

    if form == "pdf":
        return {f"{name}.pdf": render_pdf(report)}
    return {f"{name}-typst/{path}": body for path, body in render_typst(report).items()}
