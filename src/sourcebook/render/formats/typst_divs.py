"""Divs that our Typst theme has a function for: callouts, theorems, tabs, grids, margin notes."""

from __future__ import annotations

import json
import re
from itertools import pairwise

from sourcebook.core.options import APPEARANCE
from sourcebook.core.vocabulary import VERDICTS
from sourcebook.render.document import (
    Node,
    attributes,
    div,
    is_div,
    iterate,
    para,
    plain_text,
    raw,
    raw_inline,
)
from sourcebook.render.passes.layout import Layout, callout_kind, head_callout, lay_out, read_layout, title_of

# Div classes that are one call each, Span classes likewise.
_SIMPLE = {
    name: name
    for name in (
        "opening-lead",
        "lead",
        "references",
        "ledger",
        "small",
        "page-break",
        "landscape",
        "side-notes",
        "side-cards",
    )
}
_SIMPLE |= {"column-margin": "margin-note", "aside": "margin-note"}
_SIMPLE |= {
    f"column-{name}": "full-wide"
    for name in (
        "page", "screen", "body-outset", "page-inset", "page-right", "screen-inset", "body-outset-right", "page-inset-right",
        "screen-right", "screen-inset-right",
    )
}  # fmt: skip
# Signs on a line of a claim's entry, and the lines of one that stands on one page: less than half of it, which might be empty.
_ENTRY_LINE, _ENTRY_LINES = 112, 26
# Those whose right edge is not the text's: a note within them has no margin beside it.
_ACROSS = {
    "grid",
    "columns",
    *(name for name, call in _SIMPLE.items() if call in ("margin-note", "full-wide")),
}
_BOXES = (
    "claim-entry",
    "beside",
    "noted",
    "side-card",
    "side-note",
    "theorem",
    "equation",
    "tab",
    "grid",
    "columns",
    "code-fold",
    "file",
    *_SIMPLE,
)
# Those of them within which pages may begin.
_CLOSED = {*_BOXES, "tab", "abstract"} - {
    "landscape",
    "small",
    "ledger",
    "references",
    "file",
    "code-fold",
    "page-break",
}


def keep_notes(node: Node) -> None:
    """Has, in place, the notes in a Div that leaves them no margin stand in the text."""
    if _ACROSS & set(attributes(node)[1]):
        for one in iterate(node["c"][1]):
            if one["t"] in ("RawInline", "RawBlock") and one["c"][1].startswith("#margin-note["):
                one["c"][1] = one["c"][1].replace("#margin-note[", "#inner-note[", 1)


def quote(value: str) -> str:
    """A Typst string literal."""
    return json.dumps(value, ensure_ascii=False)


def is_box(node: Node) -> bool:
    """Whether our theme puts a Div into a block of its own, in which no page can begin."""
    classes = set(attributes(node)[1])
    return bool(callout_kind(classes) or classes & _CLOSED)


def open_chapters(blocks: list[Node]) -> list[Node]:
    """``blocks`` of a book, in which a lead right under a chapter's heading is one that opens the chapter."""
    opened = list(blocks)
    for number, (heading, lead) in enumerate(pairwise(blocks), start=1):
        if heading["t"] == "Header" and heading["c"][0] == 1 and is_div(lead, "lead"):
            label, classes, pairs = attributes(lead)
            opened[number] = div(lead["c"][1], label, "opening-lead", *classes, **pairs)
    return opened


def write_box(node: Node) -> list[Node] | None:
    """A Div whose class our Typst theme has a function for; other Divs are pandoc's."""
    label, classes, pairs = attributes(node)
    title, blocks = title_of(node)
    if kind := callout_kind(classes):
        heading = head_callout(kind, title, pairs)
        bare = str(APPEARANCE.of(pairs) in ("simple", "minimal")).lower()
        return _titled(f"callout(kind: {quote(kind)}, bare: {bare}, ", heading, blocks, label)
    name = next((name for name in _BOXES if name in classes), None)
    if name == "noted":
        opens = str("opens" in classes).lower()
        return [raw("typst", f"#noted(opens: {opens})["), *blocks, raw("typst", "]")]
    if name == "beside":
        # The part of what is noted begins that it is.
        return [raw("typst", "]["), *_wrapped("side-notes", blocks)]
    if name == "side-card":
        term = VERDICTS.get(pairs["verdict"])
        said = (term.sign, term.word, term.colour) if term else ("", "", "#ffffff")
        return [raw("typst", f"#side-card({', '.join(map(quote, (pairs['claim'], *said)))})")]
    if name == "side-note":
        return _wrapped(f"side-note({pairs['number']}, <{label}>)", blocks)
    if name == "claim-entry":
        return _wrapped(f"claim-entry(whole: {str(_is_short(blocks)).lower()})", blocks, label)
    if name in _SIMPLE:
        return _wrapped(_SIMPLE[name], node["c"][1], label)
    if name == "theorem":
        return _titled(f"theorem(name: {quote(pairs['name'])}, ", title, blocks, label)
    if name == "equation":
        return _wrapped(f"numbered-equation(number: {quote(pairs['number'])})", blocks, label)
    return _arranged(node, name, title, blocks)


def _is_short(blocks: list[Node]) -> bool:
    """Whether the paragraphs of a claim's entry take less than half a page."""
    texts = (plain_text(node["c"]) for node in iterate(blocks) if node["t"] in ("Para", "Plain"))
    return sum(len(said) // _ENTRY_LINE + 1.3 for said in texts) < _ENTRY_LINES


def write_grid(blocks: list[Node], layout: Layout) -> list[Node]:
    """Blocks side by side, one grid for each row."""
    return lay_out(blocks, layout, _row, (raw("typst", "["), raw("typst", "],")), raw("typst", ")"))


def _row(widths: tuple[float, ...]) -> Node:
    tracks = ", ".join(f"{abs(width):g}fr" for width in widths)
    return raw("typst", f"#grid(columns: ({tracks},), gutter: 4mm,")


def _arranged(node: Node, name: str | None, title: list[Node], blocks: list[Node]) -> list[Node] | None:
    """Tabs one after the other, folded code open, grids and columns as grids."""
    if name == "tab":
        return _titled("tab(", title, blocks)
    if name == "grid":
        return write_grid(node["c"][1], read_layout(attributes(node)[2], len(node["c"][1])))
    if name == "columns":
        return _columns(node["c"][1])
    if name == "file":
        return [
            raw("typst", "#block(sticky: true, below: 0.5em)["),
            blocks[0],
            raw("typst", "]"),
            *blocks[1:],
        ]
    return blocks if name == "code-fold" else None


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
    return write_grid([div(side["c"][1]) for side in sides], (tracks,))
