"""How wide a table's columns must be and would like to be, and a table cut into blocks of columns that fit side by side.

Widths are counted in digits of the table's type: in print one is half as wide as the type is high.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from unicodedata import east_asian_width

from sourcebook.render.document import Node, plain_text

# What a column takes besides its words.
GUTTER = 3
_NARROW, _WIDE = frozenset("fijlrtI.,:;'’|!()[]{}-/\\ "), frozenset("mwMW@%—…")
_CAPITALS = 1.2
_BOLD = 1.06
# Blanks and slashes end a word, hyphens too, unless they are signs of numbers.
_PARTS = re.compile(r"[^\S\u00a0\u202f]+|\u200b|/+|-(?=\D)")


# A name of more signs may break behind its lines in print: nothing else in it says where.
LONG_NAME = 8
Split = Callable[[str], list[str]]


def measure_columns(rows: Sequence[Any], count: int, split: Split, *, bold: int = 0) -> list[int]:
    """The width of each column's widest part, as ``split`` parts its cells; spanning cells left out, ``bold`` rows at the top."""
    sizes = [0.0] * count
    for number, (_, cells) in enumerate(rows):
        weight = _BOLD if number < bold else 1.0
        for column, cell in enumerate(cells[:count]):
            if cell[2] * cell[3] == 1 and len(cells) == count:
                parts = split(plain_text(cell[4]))
                sizes[column] = max([sizes[column], *(weight * _width(part) for part in parts)])
    return [round(size + 0.49) for size in sizes]


def as_line(text: str) -> list[str]:
    """A cell that shall not be broken."""
    return [text]


def in_words(text: str) -> list[str]:
    """The words of a cell."""
    return _PARTS.split(text)


def in_parts(text: str) -> list[str]:
    """What no line of print may break: words, and the parts of long names."""
    return [
        part
        for word in in_words(text)
        for part in (re.split(r"(?<=_)", word) if len(word) > LONG_NAME else [word])
    ]


def _width(text: str) -> float:
    return sum(map(_sign_width, text))


def _sign_width(sign: str) -> float:
    if sign in _NARROW:
        return 0.6
    if sign in _WIDE:
        return 1.7
    if sign > "\u02ff":
        return 2.0 if east_asian_width(sign) in "WF" else 1.2
    return _CAPITALS if sign.isupper() else 1.0


def cut_table(table: Node, split: Split, most: float, room: float) -> list[Node]:
    """The table as blocks of columns that fit into ``room`` side by side, each with the columns that head its rows;
    itself where it is no wider than ``most``. Cells that span columns or rows stand in each of them then.
    """
    label, caption, specs, head, bodies, foot = table["c"]
    head, bodies, foot = [head[0], _unspan(head[1], len(specs))], [*map(list, bodies)], [*foot]
    for body in bodies:
        body[2:] = [_unspan(rows, len(specs)) for rows in body[2:]]
    foot[1] = _unspan(foot[1], len(specs))
    rows = [*head[1], *[row for body in bodies for row in [*body[2], *body[3]]], *foot[1]]
    sizes = [size + GUTTER for size in measure_columns(rows, len(specs), split, bold=len(head[1]))]
    if sum(sizes) <= most:
        return [table]
    stub = min(bodies[0][1] if bodies else 0, len(specs) - 1)
    room -= sum(sizes[:stub])
    blocks = _group(sizes[stub:], room)
    # As wide as each other: none shall be a column alone.
    even = _group(sizes[stub:], min(room, sum(sizes[stub:]) // len(blocks) + max(sizes[stub:])))
    blocks = even if len(even) == len(blocks) else blocks

    def pick(group: Sequence[Any], columns: list[int]) -> list[Any]:
        """Rows with some of their cells."""
        return [[row[0], [row[1][column] for column in columns]] for row in group]

    made: list[Node] = []
    for block in blocks:
        columns = [*range(stub), *(stub + number for number in block)]
        parts = [[body[0], body[1], pick(body[2], columns), pick(body[3], columns)] for body in bodies]
        widths = [[{"t": specs[column][0]["t"]}, {"t": "ColWidthDefault"}] for column in columns]
        named = [["", *label[1:]], [None, []]] if made else [label, caption]
        content = [
            *named,
            widths,
            [head[0], pick(head[1], columns)],
            parts,
            [foot[0], pick(foot[1], columns)],
        ]
        made.append({"t": "Table", "c": content})
    return made


def _unspan(rows: Sequence[Any], count: int) -> list[Any]:
    """Rows with a cell in every column: one that spans several columns or rows stands in each."""
    grid: list[list[Any]] = [[None] * count for _ in rows]
    for y, (_, cells) in enumerate(rows):
        for cell in cells:
            x = next((column for column, taken in enumerate(grid[y]) if taken is None), count)
            for down in grid[y : y + cell[2]]:
                for right in range(x, min(x + cell[3], count)):
                    down[right] = [*cell[:2], 1, 1, cell[4]]
    empty = [["", [], []], {"t": "AlignDefault"}, 1, 1, []]
    return [[row[0], [cell or empty for cell in cells]] for row, cells in zip(rows, grid, strict=True)]


def _group(sizes: Sequence[float], room: float) -> list[list[int]]:
    """The numbers of ``sizes`` in groups that each have room, if they are not one that has none."""
    groups: list[list[int]] = [[]]
    for number, size in enumerate(sizes):
        if groups[-1] and sum(sizes[one] for one in groups[-1]) + size > room:
            groups.append([])
        groups[-1].append(number)
    return groups
