"""Typst source: the numbered tree in calls of our theme, pictures and attachments beside it."""

from __future__ import annotations

import mimetypes
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sourcebook.core.dates import parse_when
from sourcebook.core.files import scratch_folder
from sourcebook.core.options import LOF, LOT, PAPERSIZE, TOC, TOC_DEPTH
from sourcebook.errors import LedgerError
from sourcebook.render.assembly import Report
from sourcebook.render.document import (
    Node,
    attributes,
    is_div,
    iterate,
    para,
    raw_inline,
    transform,
)
from sourcebook.render.formats import Files, Format
from sourcebook.render.formats.fonts import copy_fonts
from sourcebook.render.formats.look import check_families, own_fonts, write_typst_look
from sourcebook.render.formats.parts import cut_chapters, name_chapters, write_typst_parts
from sourcebook.render.formats.typst_divs import quote
from sourcebook.render.formats.typst_math import mend_formulas
from sourcebook.render.formats.typst_nodes import TypstWriter
from sourcebook.render.passes.conditions import drop_places, select_by_format
from sourcebook.render.passes.exhibits import Payloads, read_exhibit
from sourcebook.render.passes.side_notes import NotesBeside, fill_beside
from sourcebook.render.source.carried import MANIFEST, describe_carried, list_carried, write_manifest
from sourcebook.render.source.people import list_keywords, open_document
from sourcebook.render.source.project import Project

_THEME = Path(__file__).parent.parent / "theme"
# Citations are set already: the writer shall not hand them to Typst again. Quotation marks are written as they shall
# stand: what Typst makes of straight ones is wrong after digits and brackets.
_FORM = "typst-citations-smart"
PLACE = "// place: "
# What takes the outer margin, where notes may stand.
_REACHING = {"full-wide": "none", "exhibit": '"figure"', "bare-exhibit": "none"}
# What need not: a table that is no exhibit.
_INSIDE = ("report-table", "short-table")


def render_typst(report: Report, _folder: Path | None = None) -> Files:
    """The source folder to take over: ``main.typ``, the theme, pictures and fonts, by path."""
    with scratch_folder() as name:
        folder = Path(name)
        write_typst(report, folder, collect_attachments(report.project), "typst")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {
            f"{report.project.name}-typst/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for path in files
        }


def write_typst(report: Report, folder: Path, attachments: Mapping[str, bytes], form: str = "pdf") -> str:
    """Writes ``main.typ`` and all it needs into ``folder``; returns its text.

    ``attachments`` are files by their paths in the project; the PDF will hold each under that path.
    """
    blocks, warnings = select_by_format(report.document["blocks"], form)
    blocks = NotesBeside(report.project, form, cards=True).blocks(blocks)
    report.places.complain(warnings)
    writer = TypstWriter(report, folder)
    blocks = fill_beside(blocks, writer.floats, book=writer.book)
    top = [_define("shown-title", report.title), _define("shown-subtitle", report.subtitle)]
    top = writer.blocks([*top, _list_exhibits([*report.abstract, *blocks], report.payloads)])
    # The title is the one heading of the first level.
    options = ["--shift-heading-level-by=1"] if report.title else []
    abstract = drop_places(writer.blocks(report.abstract, inside=True))
    abstract = transform(abstract, _raise_heading) if report.title else abstract
    comment = "\n" + PLACE + "{}\n"
    chapters = [drop_places(writer.blocks(chapter), "typst", comment) for chapter in cut_chapters(blocks)]
    parts = {"typst top": top, "typst abstract": abstract, **name_chapters("typst", chapters)}
    words, finding, *rest = map(mend_formulas, write_typst_parts(report, parts, _FORM, options))
    body = "\n".join(rest)
    shutil.copyfile(_THEME / "report.typ", folder / "report.typ")
    attached = "\n".join(_attach(path, body, folder) for path, body in attachments.items())
    opening = _opening(report, finding, form, notes="#margin-note[" in body)
    # What is listed and shown before the report may have pictures, which are calls of the theme.
    source = f'#import "report.typ": *\n{words}\n{opening}\n{attached}\n{body}\n'
    (folder / "main.typ").write_text(source, encoding="utf-8")
    look = write_typst_look(report.project, form, read_paper(report.project, form), folder)
    (folder / "look.typ").write_text(look, encoding="utf-8")
    report.places.complain(check_families(report.project))
    copy_fonts(folder / "fonts", own_fonts(report.project))
    return source


def collect_attachments(project: Project) -> dict[str, bytes]:
    """What the PDF carries so that it alone is enough, by path: a project with its manifest, or a document's files."""
    if project.kind == "book":
        names = list_carried(project)
        manifest = write_manifest(describe_carried(project.root, names))
        return {MANIFEST: manifest} | {name: (project.root / name).read_bytes() for name in names}
    paths = sorted({*project.chapters, *project.notebooks, *project.bibliography})
    inside = [path for path in paths if ".." not in path.parts and (project.root / path).is_file()]
    return {path.as_posix(): (project.root / path).read_bytes() for path in inside}


def _raise_heading(node: Node) -> Node | None:
    """A heading of the abstract, which keeps its level where those of the body are shifted."""
    return {"t": "Header", "c": [node["c"][0] - 1, *node["c"][1:]]} if node["t"] == "Header" else None


def _define(name: str, words: Sequence[Node]) -> Node:
    """Inlines under a name."""
    return para([raw_inline("typst", f"#let {name} = ["), *words, raw_inline("typst", "]")])


def _list_exhibits(blocks: list[Node], payloads: Payloads) -> Node:
    """The exhibits as a Typst array of name, finding and label, for the list after the contents."""
    entries = [raw_inline("typst", "#let listed = (")]
    for node in iterate(blocks):
        if is_div(node, "exhibit") and "sub" not in attributes(node)[1] and attributes(node)[2].get("name"):
            exhibit = read_exhibit(node, payloads)
            entries += [
                raw_inline("typst", f"({quote(attributes(node)[2]['name'])}, ["),
                *exhibit.headline,
                raw_inline("typst", f"], <{exhibit.label}>),"),
            ]
    return para([*entries, raw_inline("typst", ")")])


def _opening(report: Report, finding: str, form: str, *, notes: bool) -> str:
    project = report.project
    book = project.kind == "book"
    toc = bool(project.option(form, TOC, book))
    fields: dict[str, Any] = {
        "title": project.title, "author": project.author, "date": project.date_in_words, "edition": _find_day(project.date),
        "description": project.description, "keywords": list(project.keywords), "lang": project.lang.split("-")[0],
        "region": project.lang.partition("-")[2] or "none", "paper": read_paper(project, form),
        "book": book, "toc": toc, "depth": int(project.option(form, TOC_DEPTH, 1 if book else 3)),
    }  # fmt: skip
    below = "".join(
        f"#let {name} = below-notes({name}, floating: {kind})\n" for name, kind in _REACHING.items() if notes
    )
    below += "".join(f"#let {name} = {name}.with(reach: false)\n" for name in _INSIDE if notes)
    keywords = list_keywords(project)
    lines = [*open_document(project, project.date_in_words), *([keywords] if keywords else [])]
    settings = ", ".join(f"{key}: {_literal(value)}" for key, value in fields.items())
    exhibits = "listed" if project.option(form, LOF, book and toc) or project.option(form, LOT) else "()"
    settings += f", shown-title: shown-title, shown-subtitle: shown-subtitle, lines: {_literal(lines)}"
    return f"{below}#show: report.with({settings}, exhibits: {exhibits}, finding: [{finding if finding.strip() else ''}])\n"


def _find_day(text: str) -> str:
    """A date that programs are told of; empty for what is no day of the calendar."""
    try:
        return text if parse_when(text).precision == "day" else ""
    except LedgerError:
        return ""


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return "(" + "".join(f"{quote(item)}, " for item in value) + ")"
    return quote(value)


def read_paper(project: Project, form: str) -> str:
    """The size of the pages by Typst's name for it."""
    name = str(project.option(form, PAPERSIZE)).lower()
    return {"letter": "us-letter", "usletter": "us-letter", "legal": "us-legal"}.get(name, name)


def _attach(path: str, body: bytes, folder: Path) -> str:
    copy = folder / "attached" / path
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(body)
    mime = mimetypes.guess_type(path)[0] or "text/plain"
    description = f"{path}, as it was when this edition was built"
    return (
        f"#pdf.attach({quote(path)}, read({quote(f'attached/{path}')}, encoding: none), "
        f'relationship: "source", mime-type: {quote(mime)}, description: {quote(description)})'
    )


FORMAT = Format(
    name="typst",
    title="Report (Typst source)",
    mime="text/x-typst",
    write=render_typst,
    answers=frozenset({"typst", "pdf"}),
    raw=frozenset({"typst"}),
    quarto="typst",
)
