"""Typst source: the numbered tree in calls of our theme, pictures and attachments beside it."""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sourcebook.ledger.verdicts import SYMBOLS
from sourcebook.render.tools import place_complaints
from sourcebook.render.tree.assembly import Report
from sourcebook.render.tree.conditions import drop_places, select_by_format
from sourcebook.render.tree.dialect import NO_ALT, alternative_text, title_of
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
from sourcebook.render.tree.exhibits import Exhibit, Payloads, read_exhibit, read_layout
from sourcebook.render.write.fonts import copy_fonts
from sourcebook.render.write.pieces import join_typst, write_pieces
from sourcebook.render.write.typst_table import WIDE, typst_table
from sourcebook.render.write.web.about import say_date

_THEME = Path(__file__).parent.parent / "theme"
# Citations are set already: the writer shall not hand them to Typst again.
_FORM = "typst-citations"
# Div classes that are one call each, Span classes likewise.
_SIMPLE = {
    name: name for name in ("lead", "claim-entry", "references", "ledger", "small", "page-break", "landscape")
}
_SIMPLE |= {"column-margin": "margin-note", "aside": "margin-note"}
_SIMPLE |= {
    f"column-{name}": "wide"
    for name in (
        "page", "screen", "body-outset", "page-inset", "page-right", "screen-inset", "body-outset-right", "page-inset-right",
        "screen-right", "screen-inset-right",
    )
}  # fmt: skip
_BOXES = ("theorem", "equation", "tab", "grid", "columns", "code-fold", *_SIMPLE)
_SPANS = {"aside": "margin-note", "column-margin": "margin-note", "kbd": "key", "mark": "highlight"}
_BREAKS = re.compile(r"(?<=[/.?&=_#:;,%@+-])(?=[^\s/.])|(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_]{24})(?=[^\W\d_])")
PLACE = "// place: "


def write_typst(report: Report, folder: Path, attachments: Mapping[str, bytes], form: str = "pdf") -> str:
    """Writes ``main.typ`` and all it needs into ``folder``; returns its text.

    ``attachments`` are files by their paths in the project; the PDF will hold each under that path.
    """
    blocks, warnings = select_by_format(report.document["blocks"], form)
    report.places.complain(warnings)
    writer = _Writer(report, folder)
    listed = _list_exhibits(blocks, report.payloads)
    blocks = drop_places(writer.blocks(blocks), "typst", "\n" + PLACE + "{}\n")
    shift = ["--shift-heading-level-by=1"]
    (pieces,), complaints = write_pieces(report.document, [blocks], _FORM, shift, report.memo)
    body = join_typst(pieces)
    report.places.complain(place_complaints(complaints, report.document["blocks"]))
    abstract = drop_places(writer.blocks(report.abstract))
    (found,), _ = write_pieces(report.document, [abstract], _FORM, [], report.memo)
    finding = join_typst(found)
    shutil.copyfile(_THEME / "report.typ", folder / "report.typ")
    attached = "\n".join(_attach(path, body, folder) for path, body in attachments.items())
    source = f"{_opening(report, finding, form, listed)}\n{attached}\n{body}\n"
    (folder / "main.typ").write_text(source, encoding="utf-8")
    copy_fonts(folder / "fonts")
    return source


class _Writer:
    """Turns nodes into Typst while it gathers the pictures they need in ``folder``."""

    def __init__(self, report: Report, folder: Path) -> None:
        self.root, self.payloads, self.folder = report.project.root, report.payloads, folder
        self.book = report.project.kind == "book"

    def blocks(self, blocks: list[Node]) -> list[Node]:
        """``blocks`` with everything pandoc's Typst writer would lose or get wrong written by us."""
        result: list[Node] = transform(transform(blocks, self._visit), _turned)
        return result

    def _visit(self, node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        if kind == "Div":
            return self._figure(read_exhibit(node, self.payloads)) if is_div(node, "exhibit") else _box(node)
        if kind == "Image":
            return self._image(node)
        if kind == "Header" and node["c"][0] == 1 and self.book:
            return [raw("typst", "#chapter-break"), node]
        visit = _VISITS.get(kind)
        return visit(node) if visit else None

    def _figure(self, exhibit: Exhibit) -> list[Node]:
        """One exhibit as ``#exhibit(…)[body] <label>``; its short texts are arguments made of inlines."""
        kind = {"tbl": "table", "lst": "listing"}.get(exhibit.kind, "figure")
        call = (
            "sub-exhibit" if exhibit.sub else "exhibit" if exhibit.name or exhibit.caption else "bare-exhibit"
        )
        settings = f"kind: {quote(kind)}, name: {quote(exhibit.name)}"
        settings += f", alignment: {exhibit.align}" if exhibit.align in ("left", "center", "right") else ""
        settings += ", float: false" if exhibit.still else ""
        opening = [raw_inline("typst", f"#{call}({settings}, caption: ["), *exhibit.caption]
        opening.append(raw_inline("typst", "], notes: ("))
        for note in exhibit.notes:
            opening += [raw_inline("typst", "["), *note, raw_inline("typst", "],")]
        opening += [raw_inline("typst", "), source: ["), *exhibit.source, raw_inline("typst", "])[")]
        labelled = exhibit.label and call != "bare-exhibit"
        closing = raw_inline("typst", f"] <{exhibit.label}>" if labelled else "]")
        if exhibit.svg:
            opening.append(raw_inline("typst", self._picture(exhibit)))
        content = [] if exhibit.svg else _laid_out(exhibit.content, exhibit.layout)
        made = [para(opening), *content, para([closing])]
        if not exhibit.sub and _turn_upright(content):
            return [raw("typst", "#landscape["), *made, raw("typst", "]")]
        return made

    def _picture(self, exhibit: Exhibit) -> str:
        path = self.folder / "exhibits" / f"{exhibit.file}.svg"
        path.parent.mkdir(exist_ok=True)
        path.write_text(exhibit.svg, encoding="utf-8")
        size = f"width: {_length(exhibit.width)}" if _length(exhibit.width) else "..picture-size"
        name = quote(f"exhibits/{path.name}")
        return f"#picture({name}, alt: {quote(exhibit.alt or NO_ALT)}, {size})".replace(
            ", ..picture-size", ""
        )

    def _image(self, node: Node) -> list[Node]:
        (_, _, pairs), _, (target, _) = node["c"]
        name = target if not target.startswith("data:") else ""
        copy = self.folder / "media" / (name or _data_name(target))
        copy.parent.mkdir(parents=True, exist_ok=True)
        if name:
            shutil.copyfile(self.root / target, copy)
        else:
            copy.write_bytes(_data_bytes(target))
        width = _length(dict(pairs).get("width", ""))
        path = quote(copy.relative_to(self.folder).as_posix())
        size = f", width: {width}" if width else ""
        return [
            raw_inline(
                "typst", f"#box(picture({path}, alt: {quote(alternative_text(node) or NO_ALT)}{size}))"
            )
        ]


def _turn_upright(blocks: list[Node]) -> bool:
    """Whether there is a wide table in ``blocks``; the page around it will be turned, the table itself no more."""
    wide = [node for node in iterate(blocks) if node["t"] == "RawInline" and node["c"][1].startswith(WIDE)]
    for node in wide:
        node["c"][1] = node["c"][1].replace(WIDE, "#turned-table(", 1)
    return bool(wide)


def _turned(node: Node) -> list[Node] | None:
    """A wide table that is no exhibit, on a page of its own."""
    if node["t"] != "Para" or not node["c"] or not _turn_upright(node["c"][:1]):
        return None
    return [raw("typst", "#landscape["), node, raw("typst", "]")]


def quote(value: str) -> str:
    """A Typst string literal."""
    return json.dumps(value, ensure_ascii=False)


def _link(node: Node) -> list[Node] | None:
    if "claim" not in attributes(node)[1]:
        return None
    sign = quote(SYMBOLS.get(attributes(node)[2].get("verdict", ""), ""))
    return [raw_inline("typst", f"#claim-marker(sign: {sign})["), node, raw_inline("typst", "]")]


def _math(node: Node) -> list[Node]:
    """PDF/UA asks for alternative text on every equation; its TeX source is the honest one."""
    alt = quote(" ".join(node["c"][1].split()))
    return [raw_inline("typst", f"#[#set math.equation(alt: {alt});"), node, raw_inline("typst", "]")]


def _span(node: Node) -> list[Node] | None:
    _, classes, pairs = attributes(node)
    if "pad" in classes:
        return [raw_inline("typst", f"#hide[{pairs['digits']}]")]
    call = next((call for name, call in _SPANS.items() if name in classes), None)
    return [raw_inline("typst", f"#{call}["), *node["c"][1], raw_inline("typst", "]")] if call else None


def _breakable(node: Node) -> list[Node] | None:
    """A long address or name may break after its signs and inside its longest runs."""
    words = node["c"].split(" ")
    if max(map(len, words)) < 26:
        return None
    broken = (_BREAKS.sub("\u200b", word) if len(word) >= 26 else word for word in words)
    return [{"t": "Str", "c": " ".join(broken)}]


def _box(node: Node) -> list[Node] | None:
    """A Div whose class our Typst theme has a function for; other Divs are pandoc's."""
    label, classes, pairs = attributes(node)
    title, blocks = title_of(node)
    callout = next((name for name in classes if name.startswith("callout-")), None)
    if callout:
        return _callout(callout.removeprefix("callout-"), title, blocks, label, pairs)
    name = next((name for name in _BOXES if name in classes), None)
    if name in _SIMPLE:
        return _wrapped(_SIMPLE[name], node["c"][1], label)
    if name == "theorem":
        return _titled(f"theorem(name: {quote(pairs['name'])}, ", title, blocks, label)
    if name == "equation":
        return _wrapped(f"numbered-equation(number: {quote(pairs['number'])})", blocks, label)
    return _arranged(node, name, title, blocks)


def _arranged(node: Node, name: str | None, title: list[Node], blocks: list[Node]) -> list[Node] | None:
    """Tabs one after the other, folded code open, grids and columns as grids."""
    if name == "tab":
        return _titled("tab(", title, blocks)
    if name == "grid":
        return _laid_out(node["c"][1], read_layout(attributes(node)[2], len(node["c"][1])))
    if name == "columns":
        return _columns(node["c"][1])
    return blocks if name == "code-fold" else None


def _callout(
    kind: str, title: list[Node], blocks: list[Node], label: str, pairs: dict[str, str]
) -> list[Node]:
    heading = title or text(kind.capitalize())
    if "name" in pairs:
        heading = [*text(pairs["name"]), *([{"t": "Str", "c": ": "}, *title] if title else [])]
    return _titled(f"callout(kind: {quote(kind)}, ", heading, blocks, label)


def _titled(call: str, title: list[Node], blocks: list[Node], label: str = "") -> list[Node]:
    opening = para([raw_inline("typst", f"#{call}title: ["), *title, raw_inline("typst", "])[")])
    return [opening, *blocks, raw("typst", "]" + (f" <{label}>" if label else ""))]


def _wrapped(call: str, blocks: list[Node], label: str = "") -> list[Node]:
    return [raw("typst", f"#{call}["), *blocks, raw("typst", "]" + (f" <{label}>" if label else ""))]


def _columns(blocks: list[Node]) -> list[Node]:
    """Quarto's ``.columns``: its ``.column`` Divs side by side, as wide as each says."""
    sides = [block for block in blocks if is_div(block, "column")]
    shares = [attributes(side)[2].get("width", "") for side in sides]
    tracks = tuple(float(share.rstrip("%")) if re.fullmatch(r"[\d.]+%", share) else 50.0 for share in shares)
    return _laid_out([{"t": "Div", "c": [["", [], []], side["c"][1]]} for side in sides], (tracks,))


def _laid_out(blocks: list[Node], layout: tuple[tuple[float, ...], ...]) -> list[Node]:
    """Blocks side by side, one grid for each row; negative widths are gaps."""
    if not layout:
        return blocks
    made: list[Node] = []
    left = list(blocks)
    for row in layout:
        tracks = ", ".join(f"{abs(width):g}fr" for width in row)
        made.append(raw("typst", f"#grid(columns: ({tracks},), gutter: 4mm,"))
        for width in row:
            part = [left.pop(0)] if width > 0 and left else []
            made += [raw("typst", "["), *part, raw("typst", "],")]
        made.append(raw("typst", ")"))
    return [*made, *left]


def _length(width: str) -> str:
    """A width in Typst's units; pixels are 1/96 inch. Empty when it is no length."""
    match = re.fullmatch(r"([\d.]+)(%|cm|mm|in|pt|em|px)?", width.strip())
    if not match:
        return ""
    if match.group(2) in (None, "px"):
        return f"{float(match.group(1)) * 0.75:g}pt"
    return match.group(0)


def _data_name(address: str) -> str:
    suffix = mimetypes.guess_extension(address[5:].split(";", maxsplit=1)[0]) or ".bin"
    return hashlib.sha256(address.encode()).hexdigest()[:16] + suffix


def _data_bytes(address: str) -> bytes:
    return base64.b64decode(address.partition(",")[2])


def _list_exhibits(blocks: list[Node], payloads: Payloads) -> str:
    """The exhibits as a Typst array of name, finding and label, for the list after the contents."""
    entries = []
    for node in iterate(blocks):
        if is_div(node, "exhibit") and "sub" not in attributes(node)[1] and attributes(node)[2].get("name"):
            exhibit = read_exhibit(node, payloads)
            title = payloads.get(exhibit.key, {}).get("title") or _first_sentence(plain_text(exhibit.caption))
            entries.append(f"({quote(attributes(node)[2]['name'])}, {quote(title)}, <{exhibit.label}>)")
    return "(" + "".join(f"{entry}, " for entry in entries) + ")"


def _first_sentence(words: str) -> str:
    return re.split(r"(?<=\w)\.(?=\s|$)", words, maxsplit=1)[0]


def _opening(report: Report, finding: str, form: str, listed: str) -> str:
    project = report.project
    book = project.kind == "book"
    fields: dict[str, Any] = {
        "title": project.title, "subtitle": project.subtitle, "author": project.author, "date": say_date(project),
        "description": project.description, "keywords": list(project.keywords), "lang": project.lang.split("-")[0],
        "region": project.lang.partition("-")[2] or "none", "paper": _paper(str(project.option(form, "papersize", "a4"))),
        "book": book, "toc": bool(project.option(form, "toc", book)), "depth": int(project.option(form, "toc-depth", 1 if book else 3)),
    }  # fmt: skip
    settings = ", ".join(f"{key}: {_literal(value)}" for key, value in fields.items())
    exhibits = listed if project.option(form, "lof", book) or project.option(form, "lot", False) else "()"
    return f'#import "report.typ": *\n#show: report.with({settings}, exhibits: {exhibits}, finding: [{finding}])\n'


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return "(" + "".join(f"{quote(item)}, " for item in value) + ")"
    return quote(value)


def _paper(name: str) -> str:
    return {"letter": "us-letter", "usletter": "us-letter", "legal": "us-legal"}.get(
        name.lower(), name.lower()
    )


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


_VISITS: dict[str, Callable[[Node], Node | list[Node] | None]] = {
    "Table": typst_table,
    "Str": _breakable,
    "Link": _link,
    "Span": _span,
    "Math": _math,
}
