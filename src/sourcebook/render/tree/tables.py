"""Tables: from an exhibit's model to pandoc's table, and from any pandoc table to Typst.

pandoc's own Typst writer leaves out header cells and column widths a page can live with, so that one is ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sourcebook.render.tree.document import Node, attr, plain, raw_inline, text

_ALIGN = {"left": "AlignLeft", "right": "AlignRight", "decimal": "AlignRight", "center": "AlignCenter"}
_TYPST_ALIGN = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center", "AlignDefault": "left"}


def build_table(columns: Sequence[Mapping[str, Any]], cells: Sequence[list[Node]]) -> Node:
    """pandoc's Table from a table model's columns and its cells (row by row, each a list of blocks).

    ``columns`` hold ``label, unit, align, header, width`` as the exhibit JSON describes them.
    """
    count = len(columns)
    rows = [list(cells[start : start + count]) for start in range(0, len(cells), count)]
    specs = [_column_spec(column, columns) for column in columns]
    head = [_cell([plain(_label(column))], "col") for column in columns]
    stub = next((n for n, column in enumerate(columns) if not column.get("header")), count)
    body = [[attr(), [_cell(c, "row" if n < stub else "") for n, c in enumerate(row)]] for row in rows]
    caption: list[Any] = [None, []]
    return {
        "t": "Table",
        "c": [attr(), caption, specs, [attr(), [[attr(), head]]], [[attr(), stub, [], body]], [attr(), []]],
    }


def typst_table(table: Node) -> Node:
    """A pandoc table as one Typst table: repeated header, light rules, columns as wide as the model says."""
    _, _, specs, head, bodies, _ = table["c"]
    aligns = ", ".join(_TYPST_ALIGN[spec[0]["t"]] for spec in specs)
    inlines = [raw_inline("typst", f"#report-table(columns: ({_typst_widths(specs)},), align: ({aligns},),")]
    inlines += [
        raw_inline("typst", "table.header("),
        *_typst_rows(head[1], strong=True),
        raw_inline("typst", "),"),
    ]
    for body in bodies:
        inlines += _typst_rows([*body[2], *body[3]])
    return {"t": "Para", "c": [*inlines, raw_inline("typst", ")")]}


def _column_spec(column: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> list[Node]:
    width: Node = {"t": "ColWidthDefault"}
    if column.get("width"):
        total = sum(other.get("width") or 0 for other in columns)
        width = {"t": "ColWidth", "c": round(column["width"] / total, 4)}
    return [{"t": _ALIGN[column.get("align") or "left"]}, width]


def _label(column: Mapping[str, Any]) -> list[Node]:
    label = column.get("label") or ""
    return text(f"{label} ({column['unit']})" if column.get("unit") else label)


def _cell(blocks: list[Node], scope: str) -> list[Any]:
    pairs = {"scope": scope} if scope else {}
    return [attr(**pairs), {"t": "AlignDefault"}, 1, 1, [_tight(block) for block in blocks]]


def _tight(block: Node) -> Node:
    return plain(block["c"]) if block["t"] == "Para" else block


def _typst_widths(specs: Sequence[Any]) -> str:
    if all(spec[1]["t"] == "ColWidth" for spec in specs):
        return ", ".join(f"{spec[1]['c']}fr" for spec in specs)
    # Text columns share what the short, aligned ones leave over.
    return ", ".join("1fr" if spec[0]["t"] in ("AlignLeft", "AlignDefault") else "auto" for spec in specs)


def _typst_rows(rows: Sequence[Any], strong: bool = False) -> list[Node]:
    inlines: list[Node] = []
    for _, cells in rows:
        for _, _, rowspan, colspan, blocks in cells:
            spans = f"table.cell(rowspan: {rowspan}, colspan: {colspan})" if rowspan * colspan > 1 else ""
            content = _cell_inlines(blocks)
            opening, closing = ("[#strong[", "]],") if strong and content else ("[", "],")
            inlines += [raw_inline("typst", spans + opening), *content, raw_inline("typst", closing)]
    return inlines


def _cell_inlines(blocks: Sequence[Node]) -> list[Node]:
    """A cell's blocks as inlines: paragraphs and list items one under the other."""
    inlines: list[Node] = []
    for block in blocks:
        parts = block["c"] if block["t"] in ("BulletList",) else [[block]]
        for part in parts:
            for item in part:
                if item["t"] in ("Para", "Plain"):
                    inlines += [{"t": "LineBreak"}, *item["c"]] if inlines else item["c"]
    return inlines
