"""Typst source: the numbered tree in calls of our theme, pictures and attachments beside it."""

from __future__ import annotations

import mimetypes
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sourcebook.core.options import LOF, LOT, PAPERSIZE, TOC, TOC_DEPTH
from sourcebook.render.assembly import Report
from sourcebook.render.document import Node, attributes, is_div, iterate
from sourcebook.render.passes.conditions import drop_places, select_by_format
from sourcebook.render.passes.exhibits import Payloads, read_exhibit
from sourcebook.render.source.project import Project
from sourcebook.render.tools import place_complaints
from sourcebook.render.write.fonts import copy_fonts
from sourcebook.render.write.look import check_families, own_fonts, write_typst_look
from sourcebook.render.write.pieces import cut_at, join_typst, write_pieces
from sourcebook.render.write.typst_boxes import quote
from sourcebook.render.write.typst_nodes import TypstWriter
from sourcebook.render.write.web.about import say_date

_THEME = Path(__file__).parent.parent / "theme"
# Citations are set already: the writer shall not hand them to Typst again.
_FORM = "typst-citations"
PLACE = "// place: "
# What takes the outer margin, where notes may stand.
_REACHING = {"wide": "none", "exhibit": '"figure"', "bare-exhibit": "none"}


def write_typst(report: Report, folder: Path, attachments: Mapping[str, bytes], form: str = "pdf") -> str:
    """Writes ``main.typ`` and all it needs into ``folder``; returns its text.

    ``attachments`` are files by their paths in the project; the PDF will hold each under that path.
    """
    blocks, warnings = select_by_format(report.document["blocks"], form)
    report.places.complain(warnings)
    writer = TypstWriter(report, folder)
    listed = _list_exhibits(blocks, report.payloads)
    # Made one by one: pandoc writes a chapter while we make the next.
    made = (drop_places(writer.blocks(run), "typst", "\n" + PLACE + "{}\n") for run in cut_at(1, blocks))
    shift = ["--shift-heading-level-by=1"]
    written = write_pieces(report.document, made, _FORM, shift, report.memo)
    body = join_typst([run for pieces, _ in written for run in pieces])
    complaints = [said for _, some in written for said in some]
    report.places.complain(place_complaints(complaints, report.document["blocks"]))
    abstract = drop_places(writer.blocks(report.abstract))
    ((found, _),) = write_pieces(report.document, [abstract], _FORM, [], report.memo)
    finding = join_typst(found)
    shutil.copyfile(_THEME / "report.typ", folder / "report.typ")
    attached = "\n".join(_attach(path, body, folder) for path, body in attachments.items())
    opening = _opening(report, finding, form, listed, notes="#margin-note[" in body)
    source = f"{opening}\n{attached}\n{body}\n"
    (folder / "main.typ").write_text(source, encoding="utf-8")
    look = write_typst_look(report.project, form, _read_paper(report.project, form), folder)
    (folder / "look.typ").write_text(look, encoding="utf-8")
    report.places.complain(check_families(report.project))
    copy_fonts(folder / "fonts", own_fonts(report.project))
    return source


def _list_exhibits(blocks: list[Node], payloads: Payloads) -> str:
    """The exhibits as a Typst array of name, finding and label, for the list after the contents."""
    entries = []
    for node in iterate(blocks):
        if is_div(node, "exhibit") and "sub" not in attributes(node)[1] and attributes(node)[2].get("name"):
            exhibit = read_exhibit(node, payloads)
            title = payloads.get(exhibit.key, {}).get("title") or exhibit.headline
            entries.append(f"({quote(attributes(node)[2]['name'])}, {quote(title)}, <{exhibit.label}>)")
    return "(" + "".join(f"{entry}, " for entry in entries) + ")"


def _opening(report: Report, finding: str, form: str, listed: str, *, notes: bool) -> str:
    project = report.project
    book = project.kind == "book"
    fields: dict[str, Any] = {
        "title": project.title, "subtitle": project.subtitle, "author": project.author, "date": say_date(project),
        "description": project.description, "keywords": list(project.keywords), "lang": project.lang.split("-")[0],
        "region": project.lang.partition("-")[2] or "none", "paper": _read_paper(project, form),
        "book": book, "toc": bool(project.option(form, TOC, book)), "depth": int(project.option(form, TOC_DEPTH, 1 if book else 3)),
    }  # fmt: skip
    below = "".join(
        f"#let {name} = below-notes({name}, floating: {kind})\n" for name, kind in _REACHING.items() if notes
    )
    settings = ", ".join(f"{key}: {_literal(value)}" for key, value in fields.items())
    exhibits = listed if project.option(form, LOF, book) or project.option(form, LOT) else "()"
    return f'#import "report.typ": *\n{below}#show: report.with({settings}, exhibits: {exhibits}, finding: [{finding}])\n'


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return "(" + "".join(f"{quote(item)}, " for item in value) + ")"
    return quote(value)


def _read_paper(project: Project, form: str) -> str:
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
