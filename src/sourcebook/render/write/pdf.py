"""PDF: the numbered tree as Typst, compiled to PDF/UA-1 and PDF/A-3a with the project's data attached."""

from __future__ import annotations

import json
import mimetypes
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sourcebook.render.source.project import Project
from sourcebook.render.tools import compile_typst, write_document
from sourcebook.render.tree.dialect import alternative_text, title_of
from sourcebook.render.tree.document import (
    Node,
    attributes,
    is_div,
    iterate,
    para,
    plain_text,
    raw,
    raw_inline,
    text,
    transform,
)
from sourcebook.render.tree.exhibits import Exhibit, Payloads, read_exhibit
from sourcebook.render.tree.tables import typst_table
from sourcebook.render.write.fonts import copy_fonts

_THEME = Path(__file__).parent.parent / "theme"
# Citations are set already: the writer shall not hand them to Typst again.
_FORM = "typst-citations"
# Where a long address may break.
_BREAKS = re.compile(r"[./_?&=-]+(?=\w)")
_BOXES = ("lead", "claim-entry", "references", "ledger", "small")


def render_pdf(
    project: Project,
    document: dict[str, Any],
    abstract: list[Node],
    payloads: Payloads,
    attachments: Sequence[Path],
) -> bytes:
    """The PDF's bytes. ``attachments`` are paths relative to the project; each is embedded under that path."""
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as name:
        folder = Path(name)
        listed = _list_exhibits(document["blocks"], payloads)
        blocks = _Writer(project.root, payloads, folder).blocks(document["blocks"])
        body = write_document({**document, "meta": {}, "blocks": blocks}, _FORM)
        finding = write_document({**document, "meta": {}, "blocks": abstract}, _FORM)
        shutil.copyfile(_THEME / "report.typ", folder / "report.typ")
        attached = "\n".join(_attach(project.root, path, folder) for path in attachments)
        (folder / "main.typ").write_text(
            f"{_opening(project, finding, listed)}\n{attached}\n{body}\n", encoding="utf-8"
        )
        copy_fonts(folder / "fonts")
        return compile_typst(folder, [folder / "fonts"])


class _Writer:
    """Turns nodes into Typst while it gathers the pictures they need in ``folder``."""

    def __init__(self, root: Path, payloads: Payloads, folder: Path) -> None:
        self.root, self.payloads, self.folder = root, payloads, folder

    def blocks(self, blocks: list[Node]) -> list[Node]:
        """``blocks`` with everything pandoc's Typst writer would lose or get wrong written by us."""
        result: list[Node] = transform(blocks, self._visit)
        return result

    def _visit(self, node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        if kind == "Div":
            return self._figure(read_exhibit(node, self.payloads)) if is_div(node, "exhibit") else _box(node)
        if kind == "Header" and node["c"][0] == 1:
            return [raw("typst", "#chapter-break"), node]
        if kind == "Str" and len(node["c"]) > 24:
            return {"t": "Str", "c": _BREAKS.sub("\\g<0>\u200b", node["c"])}
        if kind == "Table":
            return typst_table(node)
        if kind == "Image":
            return self._image(node)
        if kind == "Link" and "claim" in attributes(node)[1]:
            return [raw_inline("typst", "#claim-marker["), node, raw_inline("typst", "]")]
        if kind == "Span" and "aside" in attributes(node)[1]:
            return [raw_inline("typst", "#margin-note["), *node["c"][1], raw_inline("typst", "]")]
        if kind == "Math":
            # PDF/UA asks for alternative text on every equation; its TeX source is the honest one.
            alt = _string(" ".join(node["c"][1].split()))
            return [raw_inline("typst", f"#[#set math.equation(alt: {alt});"), node, raw_inline("typst", "]")]
        return None

    def _figure(self, exhibit: Exhibit) -> list[Node]:
        """One exhibit as ``#exhibit(…)[body] <label>``; its short texts are arguments made of inlines."""
        kind = {"tbl": "table", "lst": "listing"}.get(exhibit.kind, "figure")
        call = "sub-exhibit" if exhibit.sub else "exhibit"
        settings = f"kind: {_string(kind)}, name: {_string(exhibit.name)}, columns: {exhibit.columns}"
        opening = [raw_inline("typst", f"#{call}({settings}, caption: ["), *exhibit.caption]
        opening.append(raw_inline("typst", "], notes: ("))
        for note in exhibit.notes:
            opening += [raw_inline("typst", "["), *note, raw_inline("typst", "],")]
        opening += [raw_inline("typst", "), source: ["), *exhibit.source, raw_inline("typst", "])[")]
        closing = raw_inline("typst", f"] <{exhibit.label}>" if exhibit.label else "]")
        if exhibit.svg:
            opening.append(raw_inline("typst", self._picture(exhibit.label, exhibit.svg, exhibit.alt)))
        content = [typst_table(block) if block["t"] == "Table" else block for block in exhibit.content]
        return [para(opening), *([] if exhibit.svg else content), para([closing])]

    def _picture(self, label: str, svg: str, alt: str) -> str:
        path = self.folder / "exhibits" / f"{label}.svg"
        path.parent.mkdir(exist_ok=True)
        path.write_text(svg, encoding="utf-8")
        return f"#image({_string(f'exhibits/{path.name}')}, alt: {_string(alt)}, width: 100%)"

    def _image(self, node: Node) -> list[Node]:
        (_, _, pairs), _, (target, _) = node["c"]
        copy = self.folder / "media" / target
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.root / target, copy)
        width = dict(pairs).get("width", "")
        size = f", width: {width}" if re.fullmatch(r"[\d.]+(%|cm|mm|in|pt|em)", width) else ""
        call = f"#box(image({_string(f'media/{target}')}, alt: {_string(alternative_text(node))}{size}))"
        return [raw_inline("typst", call)]


def _box(node: Node) -> list[Node] | None:
    """A Div whose class our Typst theme has a function for; other Divs are pandoc's."""
    label, classes, pairs = attributes(node)
    title, blocks = title_of(node)
    callout = next((name for name in classes if name.startswith("callout-")), None)
    if callout:
        kind = callout.removeprefix("callout-")
        return _titled(f"callout(kind: {_string(kind)}, ", title or text(kind.capitalize()), blocks)
    if "theorem" in classes:
        return _titled(f"theorem(name: {_string(pairs['name'])}, ", title, blocks, label)
    if "equation" in classes:
        return _wrapped(f"numbered-equation(number: {_string(pairs['number'])})", blocks, label)
    if "tab" in classes:
        return _titled("tab(", title, blocks)
    if "columns" in classes:
        return _wrapped("side-by-side", node["c"][1], label)
    if "column" in classes:
        return _wrapped("side", node["c"][1], label)
    if {"column-margin", "aside"} & set(classes):
        return _wrapped("margin-note", node["c"][1], label)
    if "code-fold" in classes:
        return blocks
    name = next((name for name in _BOXES if name in classes), None)
    return _wrapped(name, node["c"][1], label) if name else None


def _titled(call: str, title: list[Node], blocks: list[Node], label: str = "") -> list[Node]:
    opening = para([raw_inline("typst", f"#{call}title: ["), *title, raw_inline("typst", "])[")])
    return [opening, *blocks, raw("typst", "]" + (f" <{label}>" if label else ""))]


def _wrapped(call: str, blocks: list[Node], label: str = "") -> list[Node]:
    return [raw("typst", f"#{call}["), *blocks, raw("typst", "]" + (f" <{label}>" if label else ""))]


def _list_exhibits(blocks: list[Node], payloads: Payloads) -> str:
    """The exhibits as a Typst array of name, finding and label, for the list after the contents."""
    entries = []
    for node in iterate(blocks):
        if is_div(node, "exhibit") and "sub" not in attributes(node)[1] and attributes(node)[2].get("name"):
            exhibit = read_exhibit(node, payloads)
            title = payloads.get(exhibit.label, {}).get("title") or _first_sentence(
                plain_text(exhibit.caption)
            )
            entries.append(f"({_string(exhibit.name)}, {_string(title)}, <{exhibit.label}>)")
    return "(" + "".join(f"{entry}, " for entry in entries) + ")"


def _first_sentence(words: str) -> str:
    return re.split(r"(?<=\w)\.(?=\s|$)", words, maxsplit=1)[0]


def _opening(project: Project, finding: str, exhibits: str) -> str:
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
    return f'#import "report.typ": *\n#show: report.with({settings}, exhibits: {exhibits}, finding: [{finding}])\n'


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
