"""The box around a table: how high it will be about, and on a phone each row a card, whose cells say which column they are of."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from sourcebook.render.document import Node, plain_text
from sourcebook.render.words import translate

# Fewer columns have room on a phone; of more the style sheet knows no names (exhibits.css).
_FROM, _TO = 4, 9
# A table of numbers fits there anyway: cells up to so many characters, and its columns' longest words side by side.
_SHORT, _CHARACTER, _BETWEEN, _ROOM = 12, 7, 10, 330
_WORDS = re.compile(r"\s+|(?<=\w[-–])")


def open_table(table: Node, lang: str) -> str:
    """The tag of the box that a table is in, whose rows are cards on a phone if they have no room there.

    Tables of up to three columns have room; cells that span others have no name of their own.
    """
    _, _, specs, head, bodies, _ = table["c"]
    rows = [*head[1], *(row for body in bodies for row in [*body[2], *body[3]])]
    spans = any(cell[2] > 1 or cell[3] > 1 for _, cells in rows for cell in cells)
    words = [[plain_text(cell[4]) for cell in cells] for _, cells in rows]
    plain = _FROM <= len(specs) <= _TO and not spans and len(head[1]) == 1
    names = words[0] if plain and not _fits(words[0], words[1:]) else []
    return write_opening(translate("Table", lang), names, [cell for row in words for cell in row])


def write_opening(label: str, names: Iterable[str], cells: Sequence[str]) -> str:
    """That tag for a table with such ``cells``; where its rows become cards with the ``names`` of the columns."""
    said = "".join(f";--h{n}:{_css_string(name)}" for n, name in enumerate(names, start=1) if n > 1)
    return (
        f'<div class="scroll{" cards" if said else ""}" style="{html.escape(measure(cells) + said)}" '
        f'role="group" aria-label="{label}" tabindex="0">'
    )


def measure(cells: Sequence[str]) -> str:
    """How much is in a table or in paragraphs, by which the style sheet reckons their height until they are laid out."""
    return f"--cells:{len(cells)};--signs:{sum(map(len, cells))}"


def _fits(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table has room on a phone without long texts becoming narrow columns."""
    columns = list(zip(names, *rows, strict=False))
    widest = [max(len(word) for cell in column for word in _WORDS.split(cell)) for column in columns]
    short = all(len(cell) <= _SHORT for row in rows for cell in row[1:])
    return short and sum(count * _CHARACTER + _BETWEEN for count in widest) <= _ROOM


def _css_string(words: str) -> str:
    return "'" + re.sub(r"['\\\n<]", "", words) + "'"
