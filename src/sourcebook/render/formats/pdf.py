"""PDF through Typst: PDF/UA-1 and PDF/A-3a at once, the project's data and chapters attached."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from sourcebook.errors import Issue, ToolError
from sourcebook.render.assembly import Report
from sourcebook.render.formats import Files, Format
from sourcebook.render.formats.typst import PLACE, collect_attachments, write_typst
from sourcebook.render.tools import NO_SIGN, compile_typst


def begin_pdf(report: Report) -> Callable[[], Files]:
    """Writes the Typst source; what is returned sets it, and gives the PDF, when it is called, just once.

    That raises ``ToolError`` at the cell that Typst could not set.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sourcebook-")))
        lines = write_typst(report, folder, collect_attachments(report.project)).split("\n")
        held = stack.pop_all()

    def finish() -> Files:
        """Typst's part, which leaves Python alone; the folder goes with it."""
        with held:
            try:
                pdf = _compile(report, folder, lambda line: _place(lines, line))
                return {f"{report.project.name}.pdf": pdf}
            except ToolError as error:
                raise report.places.raise_refined(error) from error

    return finish


def _compile(report: Report, folder: Path, place_of: Callable[[int], str]) -> bytes:
    """The PDF; where our fonts lack signs, with those of this machine, and where these do too, without the standards.

    A strict build takes our fonts alone.
    """
    own = [folder / "fonts"]
    try:
        return compile_typst(folder, own, place_of)
    except ToolError as error:
        if report.project.strict or NO_SIGN not in str(error):
            raise
    from matplotlib.font_manager import findSystemFonts  # hardly ever needed

    there = sorted(Path(path) for path in findSystemFonts())
    used = set((folder / "main.typ").read_text(encoding="utf-8"))
    lacking = used - _list_signs(sorted(own[0].iterdir()))
    missing = lacking - _list_signs(there)
    where, fix = report.project.chapters[0].as_posix(), "name a font that has them: mainfont, or _brand.yml"
    if lacking - missing:
        what = "the PDF shows signs in fonts of this machine: on another one its bytes will be others"
        report.places.complain([Issue(where, what, _spell(lacking - missing), fix=fix)])
    folders = sorted({path.parent for path in there})
    try:
        return compile_typst(folder, [*own, *folders], place_of)
    except ToolError as error:
        if NO_SIGN not in str(error):
            raise
    what = "no font has some signs: the PDF shows boxes for them, and keeps to no standard (PDF/A, PDF/UA)"
    report.places.complain([Issue(where, what, _spell(missing), fix=fix)])
    return compile_typst(folder, [*own, *folders], place_of, standards=False)


def _list_signs(files: Sequence[Path]) -> set[str]:
    """The characters that any of the font ``files`` has."""
    import uharfbuzz as harfbuzz

    signs: set[str] = set()
    for path in files:
        try:
            signs |= {chr(code) for code in harfbuzz.Face(harfbuzz.Blob.from_file_path(str(path))).unicodes}
        except (harfbuzz.HarfBuzzError, ValueError):  # no font that is read here
            continue
    return signs


def _spell(signs: set[str]) -> str:
    """Some of the signs."""
    seen = sorted(sign for sign in signs if sign.isprintable() and not sign.isspace())
    return "".join(seen[:40]) + (" …" if len(seen) > 40 else "")


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
