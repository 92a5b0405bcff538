"""Nodes of the report as the page shows them, for pandoc's HTML writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sourcebook.core.options import HEIGHT, WIDTH
from sourcebook.render.assembly import Report
from sourcebook.render.document import (
    Node,
    attributes,
    link,
    raw_inline,
    text,
    transform,
)
from sourcebook.render.formats.html_claims import Entry, mark_claim, write_explorer
from sourcebook.render.formats.html_elements import wrap, write_box, write_exhibit
from sourcebook.render.formats.html_linebreaks import keep_together, loosen_address
from sourcebook.render.formats.html_tables import name_columns
from sourcebook.render.passes.dialect import NO_ALT, alternative_text
from sourcebook.render.passes.exhibits import read_exhibit
from sourcebook.render.passes.media import data_address


class HtmlNodes:
    """Turns nodes into what pandoc's HTML writer shows as we want it; ``entries`` are those of all claims."""

    def __init__(self, report: Report, entries: Mapping[str, Entry]) -> None:
        self.report, self.project, self.entries = report, report.project, entries

    def blocks(self, blocks: list[Node]) -> list[Node]:
        """``blocks`` for the page."""
        made: list[Node] = transform(blocks, self._visit)
        return made

    def _visit(self, node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        marked = mark_claim(node, self.entries)
        if marked is not None:
            return marked
        if kind == "RawBlock":
            return [] if node["c"][0] == "place" else None
        if kind == "Image":
            return _image(node, self.project.root)
        if kind == "Table":
            return wrap(
                f'div class="scroll{name_columns(node)}" role="group" aria-label="Table" tabindex="0"',
                [node],
                "</div>",
            )
        if kind in ("Para", "Plain", "Emph", "Strong"):
            return {"t": kind, "c": keep_together(node["c"])}
        if kind == "Link":
            return {"t": kind, "c": [node["c"][0], loosen_address(node["c"][1]), node["c"][2]]}
        if kind == "Cite":
            return list(node["c"][1])
        if kind == "Header":
            return _heading(node)
        if kind == "Span" and "kbd" in attributes(node)[1]:
            return [raw_inline("html", "<kbd>"), *node["c"][1], raw_inline("html", "</kbd>")]
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
        if "claim-explorer" in classes:
            return self.blocks(write_explorer(self.entries))
        if "claim-entry" in classes:
            kept = [[key, value] for key, value in pairs.items() if key == "verdict"]
            return [{"t": "Div", "c": [[label, classes, kept], node["c"][1]]}]
        return write_box(node)


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


def _image(node: Node, root: Path) -> Node:
    """The picture inside the page; its alternative text is what a screen reader says."""
    (label, classes, pairs), _, (target, title) = node["c"]
    address = target if target.startswith("data:") else data_address(root / target)
    kept = [pair for pair in pairs if pair[0] in (WIDTH.name, HEIGHT.name, "style")]
    return {
        "t": "Image",
        "c": [[label, classes, kept], text(alternative_text(node) or NO_ALT), [address, title]],
    }
