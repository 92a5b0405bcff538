"""Tables in Typst. pandoc's own writer leaves out header cells and column widths that a page can live with."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, cast

from sourcebook.render.document import Node, is_div, iterate, plain_text, raw_inline, transform
from sourcebook.render.formats.table_widths import (
    GUTTER,
    LONG_NAME,
    as_line,
    cut_table,
    in_parts,
    measure_columns,
)
from sourcebook.render.table_styles import Look, read_look

_ALIGN = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center", "AlignDefault": "left"}
WIDE = "#wide-table("
SHORT = "#short-table("
_CALLS = (WIDE, SHORT, "#report-table(")
# How much fits on a line of the full width at the table's size, and with type as small as may be.
_LINE = 104
_SMALLER = 132
# The same for a page on its side; a table that is wider is cut.
_TURNED = 195
# And where no page can be turned, in a box.
_BOX = 80
# The class of a table that stands where no page can be turned.
_UPRIGHT = "upright"
_CLOSED = ("BlockQuote", "BulletList", "OrderedList", "DefinitionList", "Note", "Table")
# What words behind a column of numbers take besides (`beside-number` of the theme).
_BESIDE = 2
# A table of at most so many lines is not split: on the next page it can be seen whole.
_TOGETHER = 16
# A row of more lines may be parted.
_TALL = 30


def keep_upright(
    value: Any, is_box: Callable[[Node], bool], *, inside: bool = False, boxed: bool = False
) -> Any:
    """``value`` with a mark on the tables within boxes, quotations, lists, notes and cells, where no page can be turned,
    and without breaks of pages in boxes, in which none can begin; itself where there are none of these.
    """
    if isinstance(value, list):
        parts = [keep_upright(part, is_box, inside=inside, boxed=boxed) for part in value]
        return value if all(map(operator.is_, parts, value)) else parts
    if not isinstance(value, dict) or not isinstance(value.get("c"), list):
        return value
    kind, content = value["t"], value["c"]
    if kind in ("Para", "Plain") and not any(node["t"] == "Note" for node in content):
        return value
    if boxed and is_div(cast(Node, value), "page-break"):
        return {**value, "c": [["", [], []], []]}
    boxed = boxed or (kind == "Div" and is_box(cast(Node, value)))
    made = keep_upright(content, is_box, inside=inside or boxed or kind in _CLOSED, boxed=boxed)
    if kind == "Table" and inside:
        (label, classes, pairs), *rest = made
        made = [[label, [*classes, _UPRIGHT], pairs], *rest]
    return value if made is content else {**value, "c": made}


def typst_table(table: Node) -> Node:
    """A pandoc table as one Typst table: repeated header, light rules, columns as wide as the model says.

    One that cannot be read upright gets a page of its own on its side; a short one is not split. What is too wide for
    that is several tables upright, one below the other, each with the columns that head its rows.
    """
    room = (_BOX, _BOX) if _UPRIGHT in table["c"][0][1] else (_TURNED, _LINE)
    inlines: list[Node] = []
    for part in cut_table(table, in_parts, *room):
        inlines += [raw_inline("typst", "#v(1em)"), *_write_table(part)] if inlines else _write_table(part)
    return {"t": "Para", "c": inlines}


def _write_table(table: Node) -> list[Node]:
    _, _, specs, head, bodies, foot = table["c"]
    aligns = ", ".join(_ALIGN[spec[0]["t"]] for spec in specs)
    rows = [row for body in bodies for row in [*body[2], *body[3]]]
    call = WIDE if is_wide(table) else SHORT if _count_lines(specs, rows) <= _TOGETHER else "#report-table("
    settings = f"{_widths(specs, [*head[1], *rows], len(head[1]), call == WIDE)}, align: ({aligns},), heads: {len(head[1])},"
    settings += f" rows: {len(head[1]) + len(rows)},"
    inlines = [raw_inline("typst", call + settings)]
    if head[1]:
        inlines += [
            raw_inline("typst", f"table.header({'repeat: false, ' if _leads(head[1]) else ''}"),
            *_rows(head[1], strong=True),
            raw_inline("typst", "),"),
        ]
    tall = [_count_lines(specs, [row]) > _TALL for row in rows]
    kept = 0 if foot[1] or call == SHORT or any(tall[-2:]) else _count_kept(rows)
    inlines += _rows(rows[: len(rows) - kept], tall=tall)
    last = foot[1] or rows[len(rows) - kept :]
    if last:
        inlines += [
            raw_inline("typst", "table.footer(repeat: false,"),
            *_rows(last),
            raw_inline("typst", "),"),
        ]
    return [*inlines, raw_inline("typst", ")")]


def _leads(rows: Sequence[Any]) -> bool:
    """Whether there is a link or a note in it, which PDF/UA forbids in a header that comes again on the next page."""
    return any(
        node["t"] in ("Link", "Note", "Cite") or (node["t"] == "RawInline" and "#note-mark" in node["c"][1])
        for node in iterate(list(rows))
    )


def _count_kept(rows: Sequence[Any]) -> int:
    """How many rows at the end shall not be parted: one alone on a page would look lost.

    Typst keeps together what is a footer, and nothing else; a cell must not reach into it from above.
    """
    start = len(rows) - 2
    reaching = any(
        y + cell[2] > start for y, (_, cells) in enumerate(rows[: max(0, start)]) for cell in cells
    )
    return 0 if start < 2 or reaching else 2


def find_table(blocks: Sequence[Node]) -> list[Node]:
    """The inlines of the call, if ``blocks`` are one table and nothing else; else none."""
    inlines: list[Node] = blocks[0]["c"] if len(blocks) == 1 and blocks[0]["t"] == "Para" else []
    calls = [one for one in inlines if one["t"] == "RawInline" and one["c"][1].startswith(_CALLS)]
    return inlines if inlines[:1] == calls else []


def is_wide(table: Node) -> bool:
    """Whether the longest words of all columns, side by side, do not fit on an upright page, and it may be turned."""
    if _UPRIGHT in table["c"][0][1]:
        return False
    _, _, specs, head, bodies, _ = table["c"]
    rows = [*head[1], *[row for body in bodies for row in body[3]]]
    return (
        sum(size + GUTTER for size in measure_columns(rows, len(specs), in_parts, bold=len(head[1])))
        > _SMALLER
    )


def _count_lines(specs: Sequence[Any], rows: Sequence[Any]) -> float:
    """About how many lines ``rows`` take, the space between them counted in."""
    set_widths = [spec[1].get("c", 0) for spec in specs]
    sizes = set_widths if all(set_widths) else measure_columns(rows, len(specs), as_line)
    shares = [max(1, _LINE * size / max(1, sum(sizes))) for size in sizes]
    lines = 0.0
    for _, cells in rows:
        longest = [len(plain_text(cell[4])) / share for cell, share in zip(cells, shares, strict=False)]
        lines += max(map(math.ceil, longest), default=1) + 0.6
    return lines


def _widths(specs: Sequence[Any], rows: Sequence[Any], heads: int, wide: bool) -> str:
    """The columns' widths as asked for, and what their longest words and longest cells need: the theme sees to these."""
    aligned = [_ALIGN[spec[0]["t"]] for spec in specs]
    beside = [0, *(_BESIDE * (pair == ("right", "left")) for pair in pairwise(aligned))]
    least, most = (
        [*map(operator.add, measure_columns(rows, len(specs), split, bold=heads), beside)]
        for split in (in_parts, as_line)
    )
    listed = (
        f"{name}: ({''.join(f'{size}, ' for size in sizes)})"
        for name, sizes in (("least", least), ("most", most))
    )
    return f"columns: ({_shares(specs, least, most, wide)},), {', '.join(listed)}"


def _shares(specs: Sequence[Any], least: Sequence[int], most: Sequence[int], wide: bool) -> str:
    if all(spec[1]["t"] == "ColWidth" for spec in specs):
        shares = [spec[1]["c"] for spec in specs]
        whole = sum(shares) > 0.99  # what is asked for is rounded
        return ", ".join(f"{share}fr" if whole else f"{100 * share:g}%" for share in shares)
    if wide:
        return ", ".join(f"{size + GUTTER}fr" for size in least)
    if sum(size + GUTTER for size in most) <= _LINE * 0.6:
        return ", ".join(["auto"] * len(specs))
    # Text columns share what the short, aligned ones leave over.
    flexible = [
        spec[0]["t"] in ("AlignLeft", "AlignDefault") and size > 12
        for spec, size in zip(specs, most, strict=True)
    ]
    return ", ".join(
        f"{max(1, round(min(size, 60) ** 0.7, 1))}fr" if free else "auto"
        for free, size in zip(flexible, most, strict=True)
    )


def _rows(rows: Sequence[Any], strong: bool = False, tall: Sequence[bool] = ()) -> list[Node]:
    """The cells of ``rows``; ``tall`` are those that may go on over the next page."""
    inlines: list[Node] = []
    for number, (_, cells) in enumerate(rows):
        broken = number < len(tall) and tall[number]
        for attributes, align, rowspan, colspan, blocks in cells:
            settings = ["breakable: true"] * broken
            settings += [f"rowspan: {rowspan}"] * (rowspan > 1) + [f"colspan: {colspan}"] * (colspan > 1)
            settings += [f"align: {_ALIGN[align['t']]}"] * (align["t"] != "AlignDefault")
            settings += ["align: center"] * (strong and colspan > 1 and align["t"] == "AlignDefault")
            inlines += _cell(settings, read_look(dict(attributes[2])), blocks, strong)
    return inlines


def _cell(settings: list[str], look: Look, blocks: Sequence[Node], strong: bool) -> list[Node]:
    if look.bar:
        settings = [*settings, f"fill: {_gradient(look)}"]
    elif look.ground:
        settings = [*settings, f'fill: rgb("#{look.ground}")']
    content = transform(_inlines(blocks), _breakable)
    words = [f'fill: rgb("#{look.colour}")'] * bool(look.colour) + ["weight: 700"] * look.bold
    words += ['style: "italic"'] * look.italic
    opening, closing = ("#strong[", "]") if strong and content else ("", "")
    if words and content:
        opening, closing = f"{opening}#text({', '.join(words)})[", f"]{closing}"
    call = f"table.cell({', '.join(settings)})" if settings else ""
    return [raw_inline("typst", f"{call}[{opening}"), *content, raw_inline("typst", f"{closing}],")]


def _breakable(node: Node) -> Node | None:
    """A name such as those of columns may break behind its lines: nothing else in it says where."""
    long = node["t"] == "Str" and len(node["c"]) > LONG_NAME and "_" in node["c"]
    return {"t": "Str", "c": node["c"].replace("_", "_\u200b")} if long else None


def _gradient(look: Look) -> str:
    """A bar behind a cell's words: each colour up to where it ends, the cell's ground behind."""
    stops: list[str] = []
    start = 0.0
    for colour, end in [*look.bar, ("", 100.0)]:
        paint = f'rgb("#{colour or look.ground or "ffffff"}")'
        if end > start:
            stops += [f"({paint}, {start:g}%)", f"({paint}, {end:g}%)"]
        start = max(start, end)
    return f"gradient.linear({', '.join(stops)})"


def _inlines(blocks: Sequence[Node]) -> list[Node]:
    """A cell's blocks as inlines: paragraphs, items and lines one under the other."""
    inlines: list[Node] = []
    for line in _lines(blocks):
        inlines += [{"t": "LineBreak"}, *line] if inlines else line
    return inlines


def _lines(blocks: Sequence[Node]) -> Iterator[list[Node]]:
    for block in blocks:
        kind: str = block["t"]
        content: Any = block.get("c")
        if kind in ("Para", "Plain"):
            yield content
        elif kind == "LineBlock":
            yield from content
        elif kind in ("BulletList", "OrderedList"):
            items = content if kind == "BulletList" else content[1]
            first = 0 if kind == "BulletList" else content[0][0]
            for number, item in enumerate(items, start=first):
                yield from _marked(f"{number}." if first else "•", item)
        elif kind == "CodeBlock":
            yield from ([Node(t="Code", c=[["", [], []], line])] for line in content[1].split("\n"))
        elif kind == "RawBlock":
            yield [{"t": "RawInline", "c": content}]
        elif kind in ("BlockQuote", "Div"):
            yield from _lines(content if kind == "BlockQuote" else content[1])
        else:
            yield [{"t": "Str", "c": plain_text(content)}]


def _marked(mark: str, item: Sequence[Node]) -> Iterator[list[Node]]:
    for number, line in enumerate(_lines(item)):
        yield [{"t": "Str", "c": mark}, {"t": "Space"}, *line] if number == 0 else line
