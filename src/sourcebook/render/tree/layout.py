"""What stands side by side: Quarto's layouts read, and blocks put into their rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from sourcebook.core.options import LAYOUT, LAYOUT_NCOL, LAYOUT_NROW
from sourcebook.render.tree.document import Node

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
