"""Nodes of the report as the page shows them, for pandoc's HTML writer."""

from __future__ import annotations

import html
import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from sourcebook.core.options import HEIGHT, WIDTH
from sourcebook.render.assembly import Report
from sourcebook.render.document import (
    Node,
    attributes,
    div,
    link,
    plain,
    plain_text,
    raw,
    raw_inline,
    text,
    transform,
    unlink_inner,
)
from sourcebook.render.formats.html_claims import Entry, mark_claim, write_explorer
from sourcebook.render.formats.html_elements import write_box, write_exhibit
from sourcebook.render.formats.html_linebreaks import keep_together, loosen_address, shorten_address
from sourcebook.render.formats.html_tables import measure, open_table
from sourcebook.render.nested_notes import lift_notes
from sourcebook.render.passes.dialect import describe_picture
from sourcebook.render.passes.exhibits import read_exhibit
from sourcebook.render.passes.media import NO_PICTURE, data_address
from sourcebook.render.tools import COLOURS


class HtmlNodes:
    """Turns nodes into what pandoc's HTML writer shows as we want it; ``entries`` are those of all claims."""

    def __init__(self, report: Report, entries: Mapping[str, Entry]) -> None:
        self.report, self.project, self.entries = report, report.project, entries
        self.numbers = itertools.count(1)

    def blocks(self, blocks: list[Node]) -> list[Node]:
        """``blocks`` for the page."""
        return lift_notes(transform(blocks, self._visit), "html", self.numbers)

    def _visit(self, node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        marked = mark_claim(node, self.entries)
        if marked is not None:
            return marked
        if kind == "RawBlock":
            return [] if node["c"][0] == "place" else None
        if visit := _VISITS.get(kind):
            return visit(node)
        if kind == "Image":
            return _image(node, self.project.root)
        if kind == "Table":
            return [raw("html", open_table(node, self.project.lang)), node, raw("html", "</div>")]
        if kind in ("Para", "Plain", "Emph", "Strong"):
            return _keep(node)
        if kind == "Link":
            inlines = unlink_inner(node["c"][1])
            return {"t": kind, "c": [node["c"][0], loosen_address(inlines), node["c"][2]]}
        if kind == "Cite":
            return list(node["c"][1])
        return self._division(node) if kind == "Div" else None

    def _find_place(self, key: str) -> str:
        """How readers call the cell that computed something."""
        cell = self.report.places.sources.get(key)
        return cell.place if cell else key

    def _division(self, node: Node) -> list[Node] | None:
        label, classes, pairs = attributes(node)
        if "exhibit" in classes:
            exhibit = read_exhibit(node, self.report.payloads)
            return write_exhibit(replace(exhibit, place=self._find_place(exhibit.place)), self.project)
        if label == "refs" and "references" in classes:
            return _list_references(node["c"][1])
        if "claim-explorer" in classes:
            return self.blocks(write_explorer(self.entries))
        if "claim-entry" in classes:
            kept = [[key, value] for key, value in pairs.items() if key == "verdict"]
            style = ["style", measure([plain_text(node)])]
            return [{"t": "Div", "c": [[label, classes, [*kept, style]], node["c"][1]]}]
        return write_box(node, self.project.lang)


def _list_references(entries: list[Node]) -> list[Node]:
    """The sources as a list: its elements say by themselves what pandoc says of each with a class and a role."""
    size = measure([plain_text(entry) for entry in entries])
    blocks = [raw("html", f'<ul id="refs" class="references" role="list" style="{size}">')]
    for entry in entries:
        first, *rest = entry["c"][1]
        name = html.escape(attributes(entry)[0])
        shown = transform({"t": "Plain", "c": first["c"]}, _shorten)
        blocks += [raw("html", f'<li id="{name}">'), shown, *rest, raw("html", "</li>")]
    return [*blocks, raw("html", "</ul>")]


def _shorten(node: Node) -> Node | None:
    """A link whose words are its address with the beginning of it; what is printed has all of it (print.css)."""
    if node["t"] != "Link" or plain_text(node["c"][1]) != (address := node["c"][2][0]):
        return None
    return {
        "t": "Link",
        "c": [["", ["address"], []], [{"t": "Str", "c": shorten_address(address)}], node["c"][2]],
    }


def _keep(node: Node) -> Node | list[Node]:
    """Inlines whose lines break where they may; what stands in the margin breaks no sentence."""
    rest = [item for item in node["c"] if not _is_aside(item)]
    kept: Node = {"t": node["t"], "c": keep_together(rest if node["t"] == "Para" else node["c"])}
    if node["t"] != "Para" or len(rest) == len(node["c"]):
        return kept
    notes = [item for item in node["c"] if _is_aside(item)]
    return [*(div([plain(note["c"][1])], attributes(note)[0], "aside") for note in notes), kept]


def _is_aside(node: Node) -> bool:
    return node["t"] == "Span" and "aside" in attributes(node)[1]


def _span(node: Node) -> Node | list[Node] | None:
    """A key, what stands for a picture, or where a note is made: the link to it."""
    label, classes, pairs = attributes(node)
    if not (label or classes or pairs):
        return list(node["c"][1])
    if "note-mark" in classes:
        opening = f'<a href="#{pairs["note"]}" role="doc-noteref"><sup>'
        return [raw_inline("html", opening), *node["c"][1], raw_inline("html", "</sup></a>")]
    if "kbd" in classes:
        return [raw_inline("html", "<kbd>"), *node["c"][1], raw_inline("html", "</kbd>")]
    return link(node["c"][1], pairs["address"], NO_PICTURE) if "address" in pairs else None


def _coloured(node: Node) -> Node | None:
    """A text output with colours, as HTML that is ours."""
    _, classes, pairs = attributes(node)
    if COLOURS not in pairs:
        return None
    return raw("html", f'<pre class="{" ".join(classes)}"><code>{pairs[COLOURS]}</code></pre>')


def _heading(node: Node) -> Node | None:
    """A heading's number is its permalink."""
    level, (label, classes, pairs), inlines = node["c"]
    if (
        not label
        or not inlines
        or inlines[0]["t"] != "Span"
        or "header-section-number" not in attributes(inlines[0])[1]
    ):
        return None
    number = link(inlines[0]["c"][1], f"#{label}", "header-section-number")
    return {"t": "Header", "c": [level, [label, classes, pairs], [number, *inlines[1:]]]}


def find_picture(node: Node) -> str:
    """The file of the project that an image shows; empty for an image that holds its picture, and other nodes."""
    target = str(node["c"][2][0]) if node["t"] == "Image" else "data:"
    return "" if target.startswith("data:") else target


def _image(node: Node, root: Path) -> Node:
    """The picture inside the page; its alternative text is what a screen reader says."""
    (label, classes, pairs), _, (target, title) = node["c"]
    address = data_address(root / target) if find_picture(node) else target
    kept = [pair for pair in pairs if pair[0] in (WIDTH.name, HEIGHT.name, "style")]
    return {
        "t": "Image",
        "c": [[label, classes, kept], text(describe_picture(node)), [address, title]],
    }


_VISITS: dict[str, Callable[[Node], Node | list[Node] | None]] = {
    "Header": _heading,
    "Span": _span,
    "CodeBlock": _coloured,
}
