"""PDF: the numbered tree as Typst, compiled to PDF/UA-1 and PDF/A-3a with the project's data attached."""

from __future__ import annotations

import json
import mimetypes
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sourcebook.render.document import Node, attributes, is_div, para, plain_text, raw, raw_inline, transform
from sourcebook.render.exhibits import Exhibit, read_exhibit
from sourcebook.render.fonts import copy_fonts
from sourcebook.render.project import Project
from sourcebook.render.tables import typst_table
from sourcebook.render.tools import compile_typst, write_document

_THEME = Path(__file__).parent / "theme"
# Citations are set already: the writer shall not hand them to Typst again.
_FORM = "typst-citations"
_BOXES = ("lead", "claim-entry", "ledger", "small")


def render_pdf(
    project: Project,
    document: dict[str, Any],
    abstract: list[Node],
    payloads: Mapping[str, Mapping[str, Any]],
    attachments: Sequence[Path],
) -> bytes:
    """The PDF's bytes. ``attachments`` are paths relative to the project; each is embedded under that path."""
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as name:
        folder = Path(name)
        blocks = _typst_blocks(document["blocks"], payloads, folder)
        body = write_document({**document, "meta": {}, "blocks": blocks}, _FORM)
        finding = write_document({**document, "meta": {}, "blocks": abstract}, _FORM)
        shutil.copyfile(_THEME / "report.typ", folder / "report.typ")
        attached = "\n".join(_attach(project.root, path, folder) for path in attachments)
        (folder / "main.typ").write_text(f"{_opening(project, finding)}\n{attached}\n{body}\n", encoding="utf-8")
        copy_fonts(folder / "fonts")
        return compile_typst(folder, [folder / "fonts"])


def render_typst(
    project: Project, document: dict[str, Any], payloads: Mapping[str, Mapping[str, Any]], folder: Path
) -> str:
    """The body of the report as Typst source; its pictures are written to ``folder``."""
    return write_document({**document, "meta": {}, "blocks": _typst_blocks(document["blocks"], payloads, folder)}, _FORM)


def _typst_blocks(
    blocks: list[Node], payloads: Mapping[str, Mapping[str, Any]], folder: Path
) -> list[Node]:
    (folder / "exhibits").mkdir(exist_ok=True)
    result: list[Node] = transform(blocks, lambda node: _visit(node, payloads, folder))
    return result


def _visit(
    node: Node, payloads: Mapping[str, Mapping[str, Any]], folder: Path
) -> Node | list[Node] | None:
    kind = node["t"]
    if is_div(node, "exhibit"):
        return _figure(read_exhibit(node, payloads), folder)
    if kind == "Div":
        return _box(node)
    if kind == "Table":
        return typst_table(node)
    if kind == "Link" and "claim" in attributes(node)[1]:
        return [raw_inline("typst", "#claim-marker["), node | {"c": [["", [], []], *node["c"][1:]]}, raw_inline("typst", "]")]
    if kind == "Math":
        # PDF/UA asks for alternative text on every equation; its TeX source is the honest one.
        alt = _string(node["c"][1])
        return [raw_inline("typst", f"#[#set math.equation(alt: {alt});"), node, raw_inline("typst", "]")]
    return None


def _box(node: Node) -> list[Node] | None:
    label, classes, pairs = attributes(node)
    callout = next((name for name in classes if name.startswith("callout-")), None)
    if callout:
        kind = callout.removeprefix("callout-")
        title = pairs.get("title", kind.capitalize())
        return _wrapped(f"callout(kind: {_string(kind)}, title: {_string(title)})", node["c"][1])
    name = next((name for name in _BOXES if name in classes), None)
    return _wrapped(name, node["c"][1], label) if name else None


def _wrapped(call: str, blocks: list[Node], label: str = "") -> list[Node]:
    return [raw("typst", f"#{call}["), *blocks, raw("typst", "]" + (f" <{label}>" if label else ""))]


def _figure(exhibit: Exhibit, folder: Path) -> list[Node]:
    """One exhibit as ``#exhibit(…)[body] <label>``; its texts are arguments made of inlines."""
    kind = "figure" if exhibit.kind == "fig" else "table"
    opening = f"#exhibit(kind: {_string(kind)}, number: {_string(exhibit.number)}, caption: ["
    inlines = [raw_inline("typst", opening), *exhibit.caption, raw_inline("typst", "], notes: (")]
    for note in exhibit.notes:
        inlines += [raw_inline("typst", "["), *note, raw_inline("typst", "],")]
    inlines.append(raw_inline("typst", "), source: ["))
    inlines += [*exhibit.source, raw_inline("typst", "])[")]
    if exhibit.table:
        inlines += typst_table(exhibit.table)["c"] if exhibit.table["t"] == "Table" else exhibit.table["c"]
    else:
        path = folder / "exhibits" / f"{exhibit.label}.svg"
        path.write_text(exhibit.svg, encoding="utf-8")
        inlines.append(raw_inline("typst", f"#image({_string(f'exhibits/{path.name}')}, alt: {_string(exhibit.alt)}, width: 100%)"))
    return [para([*inlines, raw_inline("typst", f"] <{exhibit.label}>")])]


def _opening(project: Project, finding: str) -> str:
    fields = {
        "title": project.title,
        "subtitle": project.subtitle,
        "author": project.author,
        "date": project.date,
        "description": project.description,
        "lang": project.lang.split("-")[0],
        "region": project.lang.partition("-")[2] or "none",
        "paper": project.paper,
    }
    settings = ", ".join(f"{key}: {_string(value)}" for key, value in fields.items())
    return f'#import "report.typ": *\n#show: report.with({settings}, finding: [{finding}])\n'


def _attach(root: Path, path: Path, folder: Path) -> str:
    copy = folder / "attached" / path
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / path, copy)
    mime = mimetypes.guess_type(path.name)[0] or "text/plain"
    description = f"{path.as_posix()}, as it was when this edition was built"
    return (
        f"#pdf.attach({_string(path.as_posix())}, read({_string(f'attached/{path.as_posix()}')}, encoding: none), "
        f'relationship: "source", mime-type: {_string(mime)}, description: {_string(description)})'
    )


def _string(value: str) -> str:
    """A Typst string literal."""
    return json.dumps(value, ensure_ascii=False)
