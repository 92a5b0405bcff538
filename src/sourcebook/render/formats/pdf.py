"""PDF through Typst: PDF/UA-1 and PDF/A-3a at once, the project's data and chapters attached."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from sourcebook.core.files import scratch_folder
from sourcebook.errors import ToolError
from sourcebook.render.assembly import Report
from sourcebook.render.formats import Files, Format
from sourcebook.render.formats.typst import PLACE, collect_attachments, write_typst
from sourcebook.render.tools import compile_typst


def begin_pdf(report: Report) -> Callable[[], Files]:
    """Writes the Typst source; what is returned sets it, and gives the PDF, when it is called, just once.

    That raises ``ToolError`` at the cell that Typst could not set.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(scratch_folder()))
        lines = write_typst(report, folder, collect_attachments(report.project)).split("\n")
        held = stack.pop_all()

    def finish() -> Files:
        """Typst's part, which leaves Python alone; the folder goes with it."""
        with held:
            try:
                pdf = compile_typst(folder, [folder / "fonts"], lambda line: _place(lines, line))
                return {f"{report.project.name}.pdf": pdf}
            except ToolError as error:
                raise report.places.raise_refined(error) from error

    return finish


def _place(lines: list[str], line: int) -> str:
    """The cell whose marker comment stands nearest above ``line`` of the Typst source."""
    above = (text.removeprefix(PLACE) for text in reversed(lines[:line]) if text.startswith(PLACE))
    return next(above, "")


def _write(report: Report, _folder: Path | None) -> Files:
    return begin_pdf(report)()


FORMAT = Format(
    name="pdf",
    title="Report (PDF)",
    mime="application/pdf",
    write=_write,
    answers=frozenset({"pdf", "typst"}),
    raw=frozenset({"typst"}),
    settings=("typst", "pdf"),
    quarto="typst",
    binary=True,
    begin=begin_pdf,
)
