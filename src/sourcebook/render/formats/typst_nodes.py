"""Nodes in calls of our Typst theme, where pandoc's own writer would lose something; pictures gathered beside."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from sourcebook.core.options import HEIGHT, WIDTH
from sourcebook.core.vocabulary import verdict_sign
from sourcebook.render.assembly import Report
from sourcebook.render.document import (
    Node,
    attributes,
    inlines_of,
    is_div,
    iterate,
    para,
    plain_text,
    raw,
    raw_inline,
    transform,
)
from sourcebook.render.formats.typst_code import typst_code
from sourcebook.render.formats.typst_divs import (
    is_box,
    keep_notes,
    open_chapters,
    quote,
    write_box,
    write_grid,
)
from sourcebook.render.formats.typst_math import typst_math
from sourcebook.render.formats.typst_table import SHORT, WIDE, find_table, keep_upright, typst_table
from sourcebook.render.passes.dialect import NO_ALT, alternative_text
from sourcebook.render.passes.exhibits import Exhibit, read_exhibit

_BREAKS = re.compile(r"(?<=[/.?&=_#:;,%@+-])(?=[^\s/.])|(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_]{24})(?=[^\W\d_])")
# What Typst would read as something else, and a range of years or numbers, in which no line shall end.
_KEPT = re.compile(r"(-{2,}|\.{3,}|-\?|(?<![\w–])\d{1,4}–\d{1,4}(?![\w–]))")
_SPANS = {
    "aside": "margin-note",
    "column-margin": "margin-note",
    "header-section-number": "section-number",
    "kbd": "key",
    "mark": "highlight",
    "reference": "whole",
}


class TypstWriter:
    """Turns nodes into Typst while it gathers the pictures they need in ``folder``."""

    def __init__(self, report: Report, folder: Path) -> None:
        self.root, self.payloads, self.folder = report.project.root, report.payloads, folder
        self.book, self.notebook = report.project.kind == "book", report.project.is_notebook

    def blocks(self, blocks: list[Node], *, inside: bool = False) -> list[Node]:
        """``blocks`` with everything pandoc's Typst writer would lose or get wrong written by us; ``inside`` a box no page is turned."""
        blocks = open_chapters(blocks) if self.book else blocks
        result: list[Node] = transform(keep_upright(blocks, is_box, inside=inside), self._visit)
        return transform(result, _turned) if any(map(_is_wide, iterate(result))) else result

    def floats(self, node: Node) -> bool:
        """Whether a block is an exhibit that finds its own place on a page."""
        if not self.book or not is_div(node, "exhibit"):
            return False
        exhibit = read_exhibit(node, self.payloads)
        return exhibit.kind not in ("tbl", "lst") and not exhibit.still

    def _visit(self, node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        if kind == "Div":
            keep_notes(node)
            return (
                self._figure(read_exhibit(node, self.payloads))
                if is_div(node, "exhibit")
                else write_box(node)
            )
        if kind == "Image":
            return self._image(node)
        if kind == "Header":
            made = _heading(node)
            return [raw("typst", "#chapter-break"), *made] if node["c"][0] == 1 and self.book else made
        if kind == "CodeBlock" and self.notebook and "cell-code" in attributes(node)[1]:
            return [raw("typst", "#input["), typst_code(node) or node, raw("typst", "]")]
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
        # Nothing floats away from its cell in a document, which may be a notebook; a book is set like one.
        settings += ", float: false" if exhibit.still or not self.book else ""
        settings += f", at: <{exhibit.label}>" if exhibit.label and call == "exhibit" else ""
        table = find_table(exhibit.content)
        # PDF/UA wants it of a figure of words, too, such as what stands for a chart that cannot be shown; it hides the
        # structure of what is in it, so no table may be there.
        drawn = exhibit.svg or any(
            name in one["c"][1]
            for one in iterate(exhibit.content)
            if one["t"] in ("RawInline", "RawBlock")
            for name in ("picture(", "table(")
        )
        settings += (
            f", alt: {quote(exhibit.alt)}"
            if call == "exhibit" and kind != "listing" and not (drawn or table)
            else ""
        )
        settings += ", whole: true" if table and table[0]["c"][1].startswith(SHORT) else ""
        opening = [raw_inline("typst", f"#{call}({settings}, caption: ["), *exhibit.head]
        opening.append(raw_inline("typst", "],"))
        # A table has its notes itself, and keeps them with its last row.
        if table:
            table[1:1] = _small_print(exhibit)
        else:
            opening += _small_print(exhibit)
        opening.append(raw_inline("typst", ")["))
        closing = raw_inline("typst", f"] <{exhibit.label}>" if exhibit.label and call != "exhibit" else "]")
        if exhibit.svg:
            opening.append(raw_inline("typst", self._picture(exhibit)))
        content = [] if exhibit.svg else write_grid(exhibit.content, exhibit.layout)
        made = [para(opening), *content, para([closing])]
        if not exhibit.sub and _turn_upright(content):
            return [raw("typst", "#landscape["), *made, raw("typst", "]")]
        return made

    def _picture(self, exhibit: Exhibit) -> str:
        path = self.folder / "exhibits" / f"{exhibit.file}.svg"
        path.parent.mkdir(exist_ok=True)
        path.write_text(exhibit.svg, encoding="utf-8")
        width = _length(exhibit.width)
        size = f", width: {width}" if width else ""
        name = quote(f"exhibits/{path.name}")
        return f"#picture({name}, alt: {quote(exhibit.alt or NO_ALT)}{size})"

    def _image(self, node: Node) -> list[Node]:
        (label, _, pairs), _, (target, _) = node["c"]
        name = target if not target.startswith("data:") else ""
        copy = self.folder / "media" / (name or _data_name(target))
        copy.parent.mkdir(parents=True, exist_ok=True)
        if name:
            shutil.copyfile(self.root / target, copy)
        else:
            copy.write_bytes(base64.b64decode(target.partition(",")[2]))
        _set_in_rgb(copy)
        width = _length(WIDTH.of(dict(pairs)) or "")
        path = quote(copy.relative_to(self.folder).as_posix())
        size = f", width: {width}" if width else ""
        height = _length(HEIGHT.of(dict(pairs)) or "")
        size += f", height: {height}" if height and not height.endswith("%") else ""
        return [
            raw_inline(
                "typst",
                f"#box(picture({path}, alt: {quote(alternative_text(node) or NO_ALT)}{size}))"
                + (f" <{label}>" if label else ""),
            )
        ]


def _set_in_rgb(copy: Path) -> None:
    """A JPEG for presses (CMYK) in the colours of screens, in place: without a profile of its inks no PDF may hold it."""
    if copy.suffix.lower() not in (".jpg", ".jpeg"):
        return
    from PIL import Image, ImageOps  # most reports have drawings only

    with Image.open(copy) as picture:
        if picture.mode == "CMYK":
            ImageOps.exif_transpose(picture).convert("RGB").save(copy, "JPEG", quality=95)


def _heading(node: Node) -> list[Node]:
    """A heading with what it may not hold, margin notes, below it; one without words, as of a picture, is none in print."""
    words: list[Node] = []
    beside: list[Node] = []
    depth = 0
    for one in transform(node["c"][2], _heading_note):
        code = one["c"][1] if one["t"] == "RawInline" else ""
        if depth or code == "#margin-note[":
            depth += code.endswith("[") - code.startswith("]")
            beside.append(one)
        else:
            words.append(one)
    below = [para(beside)] if beside else []
    if not plain_text(words).strip():
        return [*([para(words)] if words else []), *below]
    return [{"t": "Header", "c": [*node["c"][:2], words]}, *below]


def _heading_note(node: Node) -> list[Node] | None:
    if node["t"] != "Note":
        return None
    return [raw_inline("typst", "#heading-note["), *inlines_of(node["c"]), raw_inline("typst", "]")]


def _small_print(exhibit: Exhibit) -> list[Node]:
    """An exhibit's notes and source as arguments."""
    inlines = [raw_inline("typst", "notes: (")]
    for note in exhibit.below:
        inlines += [raw_inline("typst", "["), *note, raw_inline("typst", "],")]
    return [*inlines, raw_inline("typst", "), source: ["), *exhibit.source, raw_inline("typst", "],")]


def _is_wide(node: Node) -> bool:
    return node["t"] == "RawInline" and node["c"][1].startswith(WIDE)


def _turn_upright(blocks: list[Node]) -> bool:
    """Whether there is a wide table in ``blocks``; the page around it will be turned, the table itself no more."""
    wide = [node for node in iterate(blocks) if _is_wide(node)]
    for node in wide:
        node["c"][1] = node["c"][1].replace(WIDE, "#turned-table(", 1)
    return bool(wide)


def _turned(node: Node) -> list[Node] | None:
    """A wide table that is no exhibit, on a page of its own: no block may be around it."""
    if node["t"] == "Div" and any(block == raw("typst", "#landscape[") for block in node["c"][1]):
        return [{"t": "Div", "c": [node["c"][0], []]}, *node["c"][1]]
    if node["t"] != "Para" or not node["c"] or not _is_wide(node["c"][0]) or not _turn_upright(node["c"]):
        return None
    return [raw("typst", "#landscape["), node, raw("typst", "]")]


def _link(node: Node) -> list[Node] | None:
    if node["c"][2][0] in ("", "#"):  # it leads nowhere, or to the top of a page; Typst knows no such links
        return list(node["c"][1])
    if "claim" not in attributes(node)[1]:
        return None
    sign = quote(verdict_sign(attributes(node)[2].get("verdict", "")))
    return [raw_inline("typst", f"#claim-marker(sign: {sign})["), node, raw_inline("typst", "]")]


def _tie_marks(node: Node) -> None:
    """Ties the mark of a claim to the word before it, so that no line has marks alone; those of a list may part."""
    inlines = node["c"]
    for number, (gap, mark) in enumerate(pairwise(inlines)):
        words = gap["c"] if gap["t"] == "Str" else " " if gap["t"] in ("Space", "SoftBreak") else ""
        listed = words == ", " or (words == " " and inlines[number - 1] == {"t": "Str", "c": ","})
        if words.endswith(" ") and not listed and _begins_with_mark(mark):
            inlines[number] = {"t": "Str", "c": words[:-1] + "\u00a0"}


def _begins_with_mark(node: Node) -> bool:
    while node["t"] == "Span" and node["c"][1]:
        node = node["c"][1][0]
    return node["t"] == "RawInline" and node["c"][1].startswith("#claim-marker(")


def _span(node: Node) -> list[Node] | None:
    _, classes, pairs = attributes(node)
    if "note-mark" in classes:
        return [
            raw_inline("typst", f"#note-mark(<{pairs['note']}>)["),
            *node["c"][1],
            raw_inline("typst", "]"),
        ]
    if "pad" in classes:
        return [raw_inline("typst", f"#hide({quote(pairs['digits'])})")]
    call = next((call for name, call in _SPANS.items() if name in classes), None)
    return [raw_inline("typst", f"#{call}["), *node["c"][1], raw_inline("typst", "]")] if call else None


def _definitions(node: Node) -> Node | list[Node]:
    """A list of terms, each on a line of the source; of those whose definitions are more than a paragraph none ends a page."""
    node = {"t": node["t"], "c": [[transform(term, _keep_in_line), texts] for term, texts in node["c"]]}
    found = [[block for blocks in definitions for block in blocks] for _, definitions in node["c"]]
    if all(len(blocks) == 1 and blocks[0]["t"] in ("Plain", "Para") for blocks in found):
        return node
    made: list[Node] = []
    opening = "#terms(tight: false, separator: [], terms.item(defined["
    for (term, _), blocks in zip(node["c"], found, strict=True):
        apart = [para(block["c"]) if block["t"] == "Plain" else block for block in blocks]
        made += [para([raw_inline("typst", opening), *term, raw_inline("typst", "])[")]), *apart]
        made.append(raw("typst", "],"))
        opening = "terms.item(defined["
    return [*made, raw("typst", ")")]


def _keep_in_line(node: Node) -> Node | None:
    if node["t"] == "LineBreak":
        return raw_inline("typst", "#linebreak()")
    return {"t": "Math", "c": [{"t": "InlineMath"}, node["c"][1]]} if node["t"] == "Math" else None


def _string(node: Node) -> list[Node] | None:
    """A long address or name may break after its signs and inside its longest runs; what Typst would read as a dash or
    an ellipsis stays as it is, and a range in one piece.
    """
    words = node["c"].split(" ")
    parts = _KEPT.split(node["c"])
    if max(map(len, words)) < 26 and len(parts) == 1:
        return None
    made: list[Node] = []
    for part in parts:
        if _KEPT.fullmatch(part):
            kept = f"#box[{part}];" if "–" in part else "".join(f"\\{sign}" for sign in part)
            made.append(raw_inline("typst", kept))
        elif part:
            made.append({"t": "Str", "c": _break_long(part)})
    return made


def _code(node: Node) -> Node:
    return {"t": "Code", "c": [node["c"][0], _break_long(node["c"][1])]}


def _break_long(words: str) -> str:
    return " ".join(_BREAKS.sub("\u200b", word) if len(word) >= 26 else word for word in words.split(" "))


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


_VISITS: dict[str, Callable[[Node], Node | list[Node] | None]] = {
    "Para": _tie_marks,
    "Plain": _tie_marks,
    "Code": _code,
    "CodeBlock": typst_code,
    "Table": typst_table,
    "Str": _string,
    "DefinitionList": _definitions,
    "Link": _link,
    "Span": _span,
    "Math": typst_math,
}
