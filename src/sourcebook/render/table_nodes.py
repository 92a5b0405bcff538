"""Tables in pandoc's tree: built from an exhibit's model, header cells scoped, numbers aligned."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sourcebook.render.document import Node, attr, plain, plain_text, span, text

"""The attribute that asks for widths of columns."""
_ALIGN = {"left": "AlignLeft", "right": "AlignRight", "decimal": "AlignRight", "center": "AlignCenter"}

_WIDEST = 1e9  # what is more is no width


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
    for number, column in enumerate(columns):
        if column.get("align") == "decimal":
            pad_decimals([cells[number] for _, cells in body])
    caption: list[Any] = [None, []]
    return {
        "t": "Table",
        "c": [attr(), caption, specs, [attr(), [[attr(), head]]], [[attr(), stub, [], body]], [attr(), []]],
    }


def scope_headers(table: Node) -> None:
    """Says, in place, of each header cell whether it heads a column, several, or a row."""
    _, _, _, head, bodies, _ = table["c"]
    for _, cells in head[1]:
        for cell in cells:
            _set_scope(cell, "colgroup" if cell[3] > 1 else "col")
    for _, stub, between, rows in bodies:
        for _, cells in between:
            for cell in cells:
                _set_scope(cell, "colgroup")
        for column in _columns(rows, len(table["c"][2]))[:stub]:
            for cell in column:
                _set_scope(cell, "rowgroup" if cell[2] > 1 else "row")


def align_numbers(table: Node) -> None:
    """Columns of numbers are set right, in place, on their decimal point; others keep their alignment."""
    _, _, specs, _, bodies, _ = table["c"]
    columns = _columns([row for body in bodies for row in body[3]], len(specs))
    for number, cells in enumerate(columns):
        words = [plain_text(cell[4]).strip() for cell in cells]
        if specs[number][0]["t"] != "AlignDefault" or not any(map(str.strip, words)):
            continue
        if all(_NUMBER.match(word) for word in words if word not in _MISSING) and set(words) - _MISSING:
            specs[number][0] = {"t": "AlignRight"}
            pad_decimals(cells)


def merge_index_names(table: Node) -> None:
    """pandas gives the names of an index a header row of their own: they go, in place, into the row above."""
    _, _, _, head, bodies, _ = table["c"]
    stub = bodies[0][1] if bodies else 0
    if len(head[1]) < 2 or not stub:
        return
    upper, lower = head[1][-2][1], head[1][-1][1]
    empty = not any(plain_text(cell[4]).strip() for cell in [*upper[:stub], *lower[stub:]])
    if len(upper) == len(lower) and empty:
        head[1][-2][1] = [*lower[:stub], *upper[stub:]]
        head[1].pop()


def pad_decimals(cells: Sequence[list[Any]]) -> None:
    """Gives every number of a column the same width after its decimal point, in place, with invisible digits."""
    words = [plain_text(cell[4]).strip() for cell in cells]
    tails = [_tail(word) if _NUMBER.match(word) else None for word in words]
    longest = max((tail for tail in tails if tail is not None), key=len, default="")
    if any(word.endswith(("%", ")")) for word in words):
        return
    for cell, tail in zip(cells, tails, strict=True):
        missing = longest[len(tail) :] if tail is not None else ""
        if missing and cell[4] and cell[4][-1]["t"] in ("Plain", "Para"):
            cell[4][-1]["c"] = [*cell[4][-1]["c"], span([], "", "pad", digits=missing)]


def _column_spec(column: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> list[Node]:
    width: Node = {"t": "ColWidthDefault"}
    total = sum(max(0, other.get("width") or 0) for other in columns)
    if (column.get("width") or 0) > 0 and total < _WIDEST:
        width = {"t": "ColWidth", "c": round(column["width"] / total, 4)}
    return [{"t": _ALIGN.get(column.get("align") or "left", _ALIGN["left"])}, width]


def _label(column: Mapping[str, Any]) -> list[Node]:
    label = column.get("label") or ""
    return text(f"{label} ({column['unit']})" if column.get("unit") else label)


def _cell(blocks: list[Node], scope: str) -> list[Any]:
    pairs = {"scope": scope} if scope else {}
    return [attr(**pairs), {"t": "AlignDefault"}, 1, 1, [_tight(block) for block in blocks]]


def _tight(block: Node) -> Node:
    return plain(block["c"]) if block["t"] == "Para" else block


def _set_scope(cell: list[Any], scope: str) -> None:
    cell[0][2] = [
        *[pair for pair in cell[0][2] if pair[0] not in ("scope", "halign", "valign")],
        ["scope", scope],
    ]


def _columns(rows: Sequence[Any], count: int) -> list[list[list[Any]]]:
    """The body's cells by column, spans taken into account; spanning cells stand in their first column only."""
    columns: list[list[list[Any]]] = [[] for _ in range(count)]
    taken: dict[tuple[int, int], bool] = {}
    for y, (_, cells) in enumerate(rows):
        x = 0
        for cell in cells:
            while taken.get((x, y)):
                x += 1
            if x < count:
                columns[x].append(cell)
            for down in range(cell[2]):
                for right in range(cell[3]):
                    taken[x + right, y + down] = True
            x += cell[3]
    return columns


def _tail(word: str) -> str:
    """The decimal point and the digits after it."""
    return "".join(re.findall(r"\.\d*", word)[-1:])


_NUMBER = re.compile(r"^[-+−–(]?[$€£]?\d[\d,\u2009\u202f\u00a0 ]*(\.\d+)?([eE][-+]?\d+)?\s*%?\)?$")
_MISSING = {"", "NaN", "nan", "None", "NaT", "<NA>", "–", "—", "-", "n/a"}
