"""PDF through Typst: PDF/UA-1 and PDF/A-3a at once, the project's data and chapters attached."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from sourcebook.core.files import scratch_folder
from sourcebook.errors import Issue, ToolError
from sourcebook.render.assembly import Report
from sourcebook.render.formats import Files, Format
from sourcebook.render.formats.fonts import find_lacking, list_fonts
from sourcebook.render.formats.look import check_families, own_fonts
from sourcebook.render.formats.typst import PLACE, collect_attachments, write_typst
from sourcebook.render.formats.typst_math import FORMULA
from sourcebook.render.typst_compiler import NO_GLYPH, TypstError, compile_typst, measure_sources

# So many formulas may be beyond Typst before all stand as TeX: each costs another try.
_FORMULAS = 20
_NAME = "name a font that has them, CJKmainfont or mainfont, with its files in font-paths"


def begin_pdf(report: Report) -> Callable[[], Files]:
    """Writes the Typst source; what is returned sets it, and gives the PDF, when it is called, just once.

    That raises ``ToolError`` at the cell that Typst could not set.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(scratch_folder()))
        source = write_typst(report, folder, collect_attachments(report.project))
        lines, size = source.split("\n"), measure_sources(folder)
        held = stack.pop_all()

    def compile_with(*, system: bool, standard: bool = True) -> bytes:
        """The PDF with this machine's fonts or without, and as a standard wants it or not."""
        found = partial(_place, lines)
        return compile_typst(folder, [folder / "fonts"], found, size=size, system=system, standard=standard)

    def finish() -> Files:
        """Typst's part, which leaves Python alone; the folder goes with it."""
        with held:
            pdf = b""
            tries = 0
            while not pdf:
                tries += 1
                try:
                    pdf = compile_with(system=bool(check_families(report.project)))
                except ToolError as error:
                    if not report.project.strict and NO_GLYPH.search(str(error)):
                        pdf = _set_foreign(report, source, compile_with)
                    elif not (
                        isinstance(error, TypstError)
                        and _spell_formula(folder, error, report, every=tries > _FORMULAS)
                    ):
                        raise report.places.raise_refined(error) from error
            return {f"{report.project.name}.pdf": pdf}

    return finish


def _spell_formula(folder: Path, error: TypstError, report: Report, *, every: bool) -> bool:
    """Writes the formula at which Typst ended, or ``every`` one, as TeX, and warns of it; whether it was one."""
    path = folder / "main.typ"
    text = path.read_text(encoding="utf-8")
    if every and (spelled := FORMULA.sub(r"#raw(\1)", text)) != text:
        path.write_text(spelled, encoding="utf-8")
        what = "Typst cannot set many of the formulas: all others stand as TeX in print, too"
        report.places.fault("Readers would miss something.", [Issue(report.project.name, what)])
        return True
    at = sum(map(len, text.split("\n")[: error.line - 1])) + error.line - 1 + error.column
    for match in FORMULA.finditer(text):
        if match.start() <= at < match.end():
            path.write_text(f"{text[: match.start()]}#raw({match[1]}){text[match.end() :]}", encoding="utf-8")
            what = "Typst cannot set a formula, which stands as TeX in print"
            found = str(json.loads(match[1]))
            report.places.fault(
                "Readers would miss something.", [Issue(error.issues[0].where, what, found[:80])]
            )
            return True
    return False


def _set_foreign(report: Report, source: str, compile_with: Callable[..., bytes]) -> bytes:
    """The PDF of a report with signs that its fonts lack: from fonts of this machine, or as boxes."""
    signs = _shorten(find_lacking(source, list_fonts(own_fonts(report.project))))
    try:
        pdf = compile_with(system=True)
        what = "signs that the report's fonts lack are taken from this machine's, on which the bytes of the PDF then depend"
    except ToolError as error:
        if not NO_GLYPH.search(str(error)):
            raise report.places.raise_refined(error) from error
        pdf = compile_with(system=True, standard=False)
        what = "no font here has some signs: they are boxes, in a PDF that is neither PDF/UA nor PDF/A"
    report.places.complain([Issue(report.project.name, what, signs, fix=_NAME)])
    return pdf


def _shorten(signs: str) -> str:
    return signs if len(signs) <= 20 else f"{signs[:20]} and {len(signs) - 20} more"


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
    quarto="typst",
    binary=True,
    begin=begin_pdf,
)
