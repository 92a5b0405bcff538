"""PDF through Typst: PDF/UA-1 and PDF/A-3a at once, the project's data and chapters attached."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from sourcebook.errors import ToolError
from sourcebook.render.assembly import Report
from sourcebook.render.source.carried import MANIFEST, describe_carried, list_carried, write_manifest
from sourcebook.render.source.project import Project
from sourcebook.render.tools import compile_typst
from sourcebook.render.write.typst import PLACE, write_typst


def begin_pdf(report: Report) -> Callable[[], bytes]:
    """Writes the Typst source; what is returned sets it, and gives the PDF's bytes, when it is called, just once.

    That raises ``ToolError`` at the cell that Typst could not set.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sourcebook-")))
        lines = write_typst(report, folder, collect_attachments(report.project)).split("\n")
        held = stack.pop_all()

    def finish() -> bytes:
        """Typst's part, which leaves Python alone; the folder goes with it."""
        with held:
            try:
                return compile_typst(folder, [folder / "fonts"], lambda line: _place(lines, line))
            except ToolError as error:
                raise report.places.raise_refined(error) from error

    return finish


def render_typst(report: Report) -> dict[str, bytes]:
    """The source folder to take over: ``main.typ``, the theme, pictures and fonts, by path."""
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as name:
        folder = Path(name)
        write_typst(report, folder, collect_attachments(report.project), "typst")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def collect_attachments(project: Project) -> dict[str, bytes]:
    """What the PDF carries so that it alone is enough, by path: a project with its manifest, or a document's files."""
    if project.kind == "book":
        names = list_carried(project)
        manifest = write_manifest(describe_carried(project.root, names))
        return {MANIFEST: manifest} | {name: (project.root / name).read_bytes() for name in names}
    paths = sorted({*project.chapters, *project.notebooks, *project.bibliography})
    inside = [path for path in paths if ".." not in path.parts and (project.root / path).is_file()]
    return {path.as_posix(): (project.root / path).read_bytes() for path in inside}


def _place(lines: list[str], line: int) -> str:
    """The cell whose marker comment stands nearest above ``line`` of the Typst source."""
    above = (text.removeprefix(PLACE) for text in reversed(lines[:line]) if text.startswith(PLACE))
    return next(above, "")
