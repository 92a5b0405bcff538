"""Quarto Markdown: the executed report with every value in place and nothing left to run, for Quarto to number and set."""

from __future__ import annotations

import copy
from pathlib import Path

from sourcebook.core.brand import BRAND
from sourcebook.core.options import (
    EXECUTE,
    PROJECT,
    TITLE,
)
from sourcebook.core.yaml_text import dump_yaml
from sourcebook.errors import Issue, RenderError
from sourcebook.render.assembly import Report
from sourcebook.render.document import attributes, iterate, raw
from sourcebook.render.formats import Files, Format
from sourcebook.render.formats.qmd_nodes import QmdWriter
from sourcebook.render.passes.conditions import drop_places
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.source.metadata import rename_chapters
from sourcebook.render.source.project import Project
from sourcebook.render.source.shortcodes import VARIABLES
from sourcebook.render.tools import place_complaints, write_markdown

# Marks stand as they shall be read, and tables in a form that holds all of theirs.
_FORM = "markdown-smart-simple_tables-multiline_tables"
_OPTIONS = ("--wrap=none", "--columns=10000", "--markdown-headings=atx")

# Quarto's exhibits stay on one page, and rows that do not fit there are lost.
_LONG_TABLES = '#show figure.where(kind: "quarto-float-tbl"): set block(breakable: true)'


def render_qmd(report: Report, folder: Path | None = None) -> Files:
    """``NAME.qmd`` with its pictures, by path; of a book its chapters and settings in the folder ``NAME-qmd``.

    Raises ``RenderError`` where the report's chapters were not kept as they were before numbering.
    """
    project = report.project
    if not report.plain:
        issue = Issue(
            "qmd", "the chapters of this report were numbered already", fix="name the format when it is built"
        )
        raise RenderError("The report cannot be written in this format.", [issue])
    if project.kind != "book":
        taken = [(project.root / path).resolve() for path in project.chapters]
        own = folder is not None and (folder / f"{project.name}.qmd").resolve() in taken
        name = f"{project.name}-executed" if own else project.name
        files = write_chapter(report, report.plain[0], project.chapters[0], Path(f"{name}.qmd"))
        beside = {path: project.root / path for path in _list_kept(project)}
        return files | {
            path.as_posix(): file.read_bytes()
            for path, file in beside.items()
            if folder is None or (folder / path).resolve() != file.resolve()
        }
    files = {}
    base = Path(f"{project.name}-qmd")
    for chapter, path in zip(report.plain, project.chapters, strict=True):
        files |= write_chapter(report, chapter, path, base / path.with_suffix(".qmd"))
    files |= {(base / path).as_posix(): (project.root / path).read_bytes() for path in _list_kept(project)}
    settings = (project.root / "_quarto.yml").read_text(encoding="utf-8-sig")
    renamed = {path.as_posix(): path.with_suffix(".qmd").as_posix() for path in project.chapters}
    files[(base / "_quarto.yml").as_posix()] = rename_chapters(settings, renamed).encode()
    return files


def _list_kept(project: Project) -> list[Path]:
    """Files below the project that its chapters rest on when they are set."""
    kept = [*project.bibliography, *([project.csl] if project.csl else []), *project.brand.files]
    kept += [Path(name) for name in (BRAND, VARIABLES) if (project.root / name).is_file()]
    return [path for path in kept if ".." not in path.parts and not path.is_absolute()]


def write_chapter(report: Report, chapter: ChapterTree, source: Path, target: Path) -> Files:
    """One chapter, which lies at ``source``, as the file ``target`` with its pictures."""
    writer = QmdWriter(report, chapter, (report.project.root / source).parent, target)
    blocks = writer.blocks(drop_places(copy.deepcopy(chapter.blocks)))
    if any(node["t"] == "Div" and attributes(node)[0].startswith("tbl-") for node in iterate(blocks)):
        blocks.insert(0, raw("typst", _LONG_TABLES))
    document = {**chapter.head, "meta": {}, "blocks": blocks}
    written, complaints = write_markdown(document, _FORM, _OPTIONS)
    report.places.complain(place_complaints(complaints, chapter.blocks))
    book = report.project.kind == "book"
    left_out = {EXECUTE.name, PROJECT.name, "jupyter", "kernelspec"}
    left_out |= {TITLE.name} if book else set()  # it is a heading already
    given = chapter.meta if book else report.project.meta
    front = {key: value for key, value in given.items() if key not in left_out}
    head = dump_yaml(front) if front else ""
    body = f"---\n{head}---\n\n{written}" if head else written
    return {target.as_posix(): body.encode(), **writer.files}


FORMAT = Format(
    name="qmd",
    title="Report (Quarto Markdown)",
    mime="text/markdown",
    write=render_qmd,
    answers=frozenset({"qmd"}),
    raw=frozenset({"html", "html5", "typst", "latex", "tex", "openxml", "md", "markdown"}),
)
