"""Rows and cells that differ between two states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sourcebook.compare.changes import Detail
from sourcebook.compare.phrases import even_out
from sourcebook.compare.records import Cells


def find_differing(before: Mapping[str, Cells], after: Mapping[str, Cells]) -> list[str]:
    """Names of rows that are in one state only or differ, sorted."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def list_cells(old: Cells, new: Cells) -> list[Detail]:
    """Cells that differ; a column that only one state has is the schema's story unless it says something."""
    names = [*new, *(name for name in old if name not in new)]
    pairs = ((name, old.get(name, ""), new.get(name, "")) for name in names)
    return [Detail(*pair) for pair in pairs if even_out(pair[1]) != even_out(pair[2])]


def one_side(text: str, *, added: bool) -> tuple[str, str]:
    """Before and after of something that came or went."""
    return ("", text) if added else (text, "")


def sides_of(cells: Sequence[Detail]) -> tuple[str, str]:
    """Both sides of a change that is one detail; of several, the details tell."""
    return (cells[0].before, cells[0].after) if len(cells) == 1 else ("", "")
