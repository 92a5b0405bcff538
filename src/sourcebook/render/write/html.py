"""HTML: the numbered tree as one self-contained page that asks nothing of the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sourcebook.render.source.project import Project
from sourcebook.render.tools import place_complaints
from sourcebook.render.tree.assembly import Report
from sourcebook.render.tree.conditions import select_by_format
from sourcebook.render.tree.dialect import NO_ALT, alternative_text
from sourcebook.render.tree.document import (
    Node,
    attributes,
    is_div,
    iterate,
    link,
    raw_inline,
    text,
    transform,
)  # fmt: skip
from sourcebook.render.tree.exhibits import read_exhibit
from sourcebook.render.tree.media import data_address
from sourcebook.render.write.fonts import font_css
from sourcebook.render.write.pieces import join_html, write_pieces
from sourcebook.render.write.web.about import summarise, write_footer, write_json_ld
from sourcebook.render.write.web.assets import hash_script, read_script, read_styles
from sourcebook.render.write.web.boxes import wrap, write_box
from sourcebook.render.write.web.claims import Entry, make_cards, mark_claim, read_entries
from sourcebook.render.write.web.exhibits import write_exhibit
from sourcebook.render.write.web.explorer import write_explorer
from sourcebook.render.write.web.frame import BODY, CARDS, OPTIONS, write_frame

# A corner above row headers heads nothing.
_EMPTY_HEADER = re.compile(r"<th(?: scope=\"\w+\")?((?: rowspan=\"\d+\"| colspan=\"\d+\")*)[^>]*>\s*</th>")
# What the style sheet says already, once for every cell.
_LEFT = re.compile(r"(<t[dh]) style=\"text-align: left;\"")


def render_html(report: Report, store: Path | None = None) -> bytes:
    """The whole page as bytes: text, MathML, pictures, data, styles, script and fonts in one file.

    Cut fonts are kept in a hidden folder of ``store``, if one is given.
    """
    project = report.project
    blocks, warnings = select_by_format(report.document["blocks"], "html")
    report.places.complain(warnings)
    entries = read_entries(blocks)
    if any(is_div(node, "claim-explorer") for node in iterate(blocks)):
        blocks = transform(
            blocks, lambda node: write_explorer(entries) if is_div(node, "claim-explorer") else None
        )
    shown = _Page(report, entries)
    cards = make_cards([*report.abstract, *blocks], entries)
    (body, popovers), complaints = write_pieces(
        report.document, [blocks, cards], "html5", OPTIONS, report.memo, shown.blocks
    )
    frame, said = write_frame(report, shown.blocks(report.abstract), shown.blocks(summarise(blocks, entries)))
    report.places.complain(place_complaints([*complaints, *said], report.document["blocks"]))
    frame = frame.replace(CARDS, "".join(text for run in popovers for text in run).rstrip("\n"), 1)
    page = join_html(body, frame, BODY)
    page = _LEFT.sub(r"\1", _EMPTY_HEADER.sub(r"<td\1></td>", page))
    return _dress(page, project, entries, _font_store(project, store)).encode()


def prepare_html(project: Project, store: Path | None) -> None:
    """Cuts the fonts that every page needs."""
    font_css("", _font_store(project, store))


def _font_store(project: Project, store: Path | None) -> Path | None:
    """``store``, unless it is a folder that people work in, where nothing of ours shall lie about."""
    folders = {(project.root / path).resolve().parent for path in project.chapters}
    return None if store is None or store.resolve() in folders else store


def _dress(page: str, project: Project, entries: Mapping[str, Entry], store: Path | None) -> str:
    """The page with styles, fonts, script and what it says of itself; the first of each mark is the template's."""
    script, styles = read_script(), read_styles()
    parts = {
        "/*hash*/": hash_script(script),
        "/*styles*/": font_css(page + styles, store) + "\n" + styles,
        "/*json-ld*/": write_json_ld(project, entries.values()),
    }
    for mark, content in parts.items():
        page = page.replace(mark, content, 1)
    for mark, content in {"<!--footer-->": write_footer(project), "/*script*/": script}.items():
        page = content.join(page.rsplit(mark, 1))
    return page


class _Page:
    """Turns nodes into what pandoc's HTML writer shows as we want it."""

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
            return wrap('div class="scroll" role="group" aria-label="Table" tabindex="0"', [node], "</div>")
        if kind == "Cite":
            return list(node["c"][1])
        if kind == "Header":
            return _heading(node)
        if kind == "Span" and "kbd" in attributes(node)[1]:
            return [raw_inline("html", "<kbd>"), *node["c"][1], raw_inline("html", "</kbd>")]
        return self._division(node) if kind == "Div" else None

    def _division(self, node: Node) -> list[Node] | None:
        label, classes, pairs = attributes(node)
        if "exhibit" in classes:
            exhibit = read_exhibit(node, self.report.payloads)
            cell = self.report.places.sources.get(exhibit.place)
            return write_exhibit(replace(exhibit, place=cell.place) if cell else exhibit, self.project)
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
    kept = [pair for pair in pairs if pair[0] in ("width", "height", "style")]
    return {
        "t": "Image",
        "c": [[label, classes, kept], text(alternative_text(node) or NO_ALT), [address, title]],
    }
