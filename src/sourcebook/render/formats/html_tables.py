"""Tables on a phone: each row a card, whose cells say which column they are of."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from sourcebook.render.document import Node, plain_text

# Fewer columns have room on a phone; of more the style sheet knows no names (exhibits.css).
_FROM, _TO = 4, 9
# A table of numbers fits there anyway: cells up to so many characters, and its columns' longest words side by side.
_SHORT, _CHARACTER, _BETWEEN, _ROOM = 12, 7, 10, 280


def name_columns(table: Node) -> str:
    """The class of a table whose rows are cards on a phone, and its columns' names for them; empty for one that is not.

    Tables of up to three columns have room there; cells that span others have no name of their own.
    """
    _, _, specs, head, bodies, _ = table["c"]
    rows = [*head[1], *(row for body in bodies for row in [*body[2], *body[3]])]
    spans = any(cell[2] > 1 or cell[3] > 1 for _, cells in rows for cell in cells)
    if not _FROM <= len(specs) <= _TO or spans or len(head[1]) != 1:
        return ""
    names, *body = [[plain_text(cell[4]) for cell in cells] for _, cells in rows]
    return "" if _fits(names, body) else write_names(names)


def _fits(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table has room on a phone without long texts becoming narrow columns."""
    columns = list(zip(names, *rows, strict=False))
    widest = [max(len(word) for cell in column for word in [*cell.split(), ""]) for column in columns]
    short = all(len(cell) <= _SHORT for row in rows for cell in row[1:])
    return short and sum(count * _CHARACTER + _BETWEEN for count in widest) <= _ROOM


def write_names(names: Iterable[str]) -> str:
    """That class and an attribute with the names, after an opening quotation mark and up to before a closing one."""
    words = ";".join(f"--h{n}:{_css_string(name)}" for n, name in enumerate(names, start=1) if n > 1)
    return f' cards" style="{html.escape(words)}'


def _css_string(words: str) -> str:
    return "'" + re.sub(r"['\\\n<]", "", words) + "'"
