"""PDF through Typst: PDF/UA-1 and PDF/A-3a at once, the project's data and chapters attached."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sourcebook.errors import ToolError
from sourcebook.render.source.project import Project
from sourcebook.render.tools import compile_typst
from sourcebook.render.tree.assembly import Report
from sourcebook.render.write.typst import PLACE, write_typst


def render_pdf(report: Report) -> bytes:
    """The PDF's bytes. Raises ``ToolError`` at the cell that Typst could not set."""
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as name:
        folder = Path(name)
        lines = write_typst(report, folder, list_attachments(report.project)).split("\n")
        try:
            return compile_typst(folder, [folder / "fonts"], lambda line: _place(lines, line))
        except ToolError as error:
            raise report.places.raise_refined(error) from error


def render_typst(report: Report) -> dict[str, bytes]:
    """The source folder to take over: ``main.typ``, the theme, pictures and fonts, by path."""
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as name:
        folder = Path(name)
        write_typst(report, folder, list_attachments(report.project), "typst")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def list_attachments(project: Project) -> list[Path]:
    """What the PDF carries so that it alone is enough: data, chapters, settings, requirements."""
    paths = {*project.chapters, *project.notebooks, *project.bibliography}
    if project.kind == "book":
        patterns = ("*.csv", "*.json", "*.yaml", "*.toml")
        found = [path for pattern in patterns for path in (project.root / "data").rglob(pattern)]
        single = [project.root / name for name in ("_quarto.yml", "requirements.txt", "requirements/run.txt")]
        paths |= {path.relative_to(project.root) for path in [*found, *single] if path.is_file()}
    return sorted(path for path in paths if ".." not in path.parts and (project.root / path).is_file())


def _place(lines: list[str], line: int) -> str:
    """The cell whose marker comment stands nearest above ``line`` of the Typst source."""
    above = (text.removeprefix(PLACE) for text in reversed(lines[:line]) if text.startswith(PLACE))
    return next(above, "")
