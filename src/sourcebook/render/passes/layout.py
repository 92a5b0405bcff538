"""How writers arrange blocks: Quarto's layouts read and filled, titles of callouts, theorems and tabs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from sourcebook.core.options import APPEARANCE, ICON, LAYOUT, LAYOUT_NCOL, LAYOUT_NROW
from sourcebook.render.document import Node, is_div, text

Layout = tuple[tuple[float, ...], ...]
"""Rows of relative widths; negative ones are gaps."""


def read_layout(pairs: Mapping[str, str], count: int) -> Layout:
    """Rows of relative widths for ``count`` parts, from Quarto's ``layout``, ``layout-ncol`` or ``layout-nrow``."""
    if LAYOUT.is_in(pairs):
        rows = json.loads(LAYOUT.of(pairs))
        rows = rows if rows and isinstance(rows[0], list) else [rows]
        return tuple(tuple(float(width) for width in row) for row in rows)
    columns = int(LAYOUT_NCOL.of(pairs) or 0)
    if not columns and LAYOUT_NROW.is_in(pairs):
        columns = -(-count // int(LAYOUT_NROW.of(pairs)))
    if columns <= 1 or not count:
        return ()
    return tuple((1.0,) * columns for _ in range(-(-count // columns)))


def lay_out(
    blocks: Sequence[Node],
    layout: Layout,
    begin: Callable[[tuple[float, ...]], Node],
    part: tuple[Node, Node],
    end: Node,
) -> list[Node]:
    """``blocks`` in the rows of ``layout``, each between what ``begin`` makes of its widths and ``end``, each block
    between the two nodes of ``part``; blocks beyond the layout follow.
    """
    made: list[Node] = []
    left = list(blocks)
    for row in layout:
        made.append(begin(row))
        for width in row:
            filled = [left.pop(0)] if width > 0 and left else []
            made += [part[0], *filled, part[1]]
        made.append(end)
    return [*made, *left]


def title_of(node: Node) -> tuple[list[Node], list[Node]]:
    """The inlines of a Div's ``.title`` and the blocks without it."""
    blocks: list[Node] = node["c"][1]
    if blocks and is_div(blocks[0], "title"):
        return blocks[0]["c"][1][0]["c"], blocks[1:]
    return [], blocks


def callout_kind(classes: Iterable[str]) -> str:
    """The kind of a callout (note, tip …) by the classes of a Div; empty for any other."""
    return next((name.removeprefix("callout-") for name in classes if name.startswith("callout-")), "")


def head_theorem(title: list[Node], pairs: Mapping[str, str]) -> list[Node]:
    """What stands over a theorem: its name with its number, and its title if it has one."""
    return [*text(pairs["name"]), *([*text(" ("), *title, *text(")")] if title else [])]


def head_callout(kind: str, title: list[Node], pairs: Mapping[str, str]) -> list[Node]:
    """What stands over a callout of ``kind`` (note, tip …): the kind, with its number if it has one, and its title.

    A word says the kind, for a colour does not reach everyone; it goes where Quarto would show no icon.
    """
    minimal = APPEARANCE.of(pairs) == "minimal"
    if (minimal or (title and ICON.of(pairs) == "false")) and "name" not in pairs:
        return title
    name = text(pairs.get("name") or pairs.get("word") or kind.capitalize())
    return [*name, {"t": "Str", "c": ": "}, *title] if title else name
