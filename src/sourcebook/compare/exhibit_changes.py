"""What changed in the exhibits of a published edition: their data, and their pictures."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from sourcebook.compare.changes import Change, Detail, Pictures
from sourcebook.compare.tokens import relative_difference
from sourcebook.compare.trees import OUTPUT, Tree
from sourcebook.core.text import even_out

EXHIBITS = f"{OUTPUT}/exhibits"
Rows = list[list[str]]
_UNSEEN = re.compile(rb'\bx[0-9a-f]{8}-| textLength="[\d.]+" lengthAdjust="\w+"')


def compare_exhibits(before: Tree, after: Tree) -> tuple[list[Change], dict[str, Pictures]]:
    """One change for each exhibit that differs, and the pictures of those by label."""
    changes: list[Change] = []
    pictures: dict[str, Pictures] = {}
    names = sorted(_labels(before) | _labels(after))
    for label in names:
        old, new = (_parts(tree, label) for tree in (before, after))
        if even_out(old[0]) == even_out(new[0]) and _even_picture(old[1]) == _even_picture(new[1]):
            continue
        changes.append(_compare(label, old, new))
        if old[1] != new[1]:
            pictures[label] = Pictures(old[1], new[1])
    return changes, pictures


def _labels(tree: Tree) -> set[str]:
    return {path.rsplit("/", 1)[-1].rsplit(".", 1)[0] for path in tree.below(EXHIBITS)}


def _parts(tree: Tree, label: str) -> tuple[str, bytes]:
    return tree.text(f"{EXHIBITS}/{label}.csv"), tree.files.get(f"{EXHIBITS}/{label}.svg", b"")


def _even_picture(picture: bytes) -> bytes:
    """A picture without what nobody sees: the part of its ids that comes from its data, widths written down."""
    return _UNSEEN.sub(b"", picture)


def _compare(label: str, old: tuple[str, bytes], new: tuple[str, bytes]) -> Change:
    where = f"{EXHIBITS}/{label}"
    if not any(old) or not any(new):
        return Change("exhibit", "added" if any(new) else "removed", label, where=where)
    if even_out(old[0]) == even_out(new[0]):
        return Change("exhibit", "redrawn", label, where=where, size=0.05)
    tables = [list(csv.reader(io.StringIO(text, newline=""))) for text in (old[0], new[0])]
    details = tuple(_compare_tables(*tables))
    cells = [detail for detail in details if detail.before and detail.after]
    total = max(sum(map(len, tables[0])), sum(map(len, tables[1])), 1)
    first = max(cells, key=lambda cell: relative_difference(cell.before, cell.after), default=None)
    sides = (first.before, first.after) if first else ("", "")
    context = first.label if first else ""
    size = min(len(details) / total, 1.0)
    return Change("exhibit", "changed", label, *sides, where, size, (), details, context)


def _compare_tables(old: Rows, new: Rows) -> Iterator[Detail]:
    """Cells that differ, found by the leading columns that name a row in both; then rows that came and went."""
    columns = new[0] if new else []
    if not old or old[0] != columns:
        yield Detail("columns", ", ".join(old[0] if old else []), ", ".join(columns))
        return
    width = _key_width(old[1:], new[1:], len(columns))
    earlier, later = (
        {_key(row, width, number): row for number, row in enumerate(rows[1:])} for rows in (old, new)
    )
    for key, row in later.items():
        for column, before, after in zip(columns, earlier.get(key, row), row, strict=False):
            if even_out(before) != even_out(after):
                yield Detail(f"{_say(key, columns)}, {column}", _tidy(before), _tidy(after))
    for key, row in earlier.items():
        if key not in later:
            yield Detail(_say(key, columns), before=_rest(row, width))
    for key, row in later.items():
        if key not in earlier:
            yield Detail(_say(key, columns), after=_rest(row, width))


def _key_width(old: Rows, new: Rows, width: int) -> int:
    """How many leading columns tell rows apart on both sides; none when only their place does."""
    for count in range(1, width):
        if all(len({tuple(row[:count]) for row in rows}) == len(rows) for rows in (old, new)):
            return count
    return 0


def _key(row: Sequence[str], width: int, number: int) -> tuple[str, ...]:
    return tuple(map(even_out, row[:width])) if width else (f"row {number + 1}",)


def _say(key: Sequence[str], columns: Sequence[str]) -> str:
    """What tells a row from the others, without the bounds that a date is given for drawing."""
    pairs = zip(key, columns, strict=False) if len(key) > 1 else ((part, "") for part in key)
    return " ".join(part for part, column in pairs if part and not column.startswith("when_"))


def _tidy(cell: str) -> str:
    """A cell as people read it: computed numbers without the noise of their last digits."""
    try:
        return f"{float(cell):.6g}" if len(cell) > 12 else cell
    except ValueError:
        return cell


def _rest(row: Sequence[str], width: int) -> str:
    return ", ".join(map(_tidy, row[width:])) or "a row"
