"""Which code cells of the chapters changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sourcebook.compare.changes import Change, Detail, sides_of
from sourcebook.compare.trees import Tree
from sourcebook.core.notebook import read_options, split_options
from sourcebook.errors import ExecutionError

# Captions and alternative texts stand in code cells and are compared as what they are: words of the report.
_WORDS = ("-cap", "-alt", "-subcap")
Cells = Sequence[Mapping[str, Any]]


def compare_code(before: Tree, after: Tree) -> tuple[list[Change], Counter[str]]:
    """Cells whose code changed, by chapter, and how many chapters changed in nothing a reader or a run sees."""
    old, new = _read_chapters(before), _read_chapters(after)
    changes: list[Change] = []
    cosmetic: Counter[str] = Counter()
    renamed = _find_renamed(old, new)
    cosmetic["chapter files renamed"] = len(renamed)
    for path, cells in new.items():
        former = renamed.get(path, path)
        if former not in old or before.files[former] == after.files[path]:
            continue
        details = tuple(_compare_cells(old[former], cells))
        if details:
            size = min(len(details) / 10, 1.0)
            changes.append(Change("code", "changed", path, *sides_of(details), path, size, (), details))
        elif _text(old[former]) == _text(cells):
            cosmetic["chapters with other metadata, outputs or cell ids"] += 1
    return changes, cosmetic


def _read_chapters(tree: Tree) -> dict[str, Cells]:
    return {path: _read_cells(tree.files[path]) for path in tree.below("notebooks", ".ipynb")}


def _read_cells(body: bytes) -> Cells:
    """Cells of a notebook, none of one that cannot be read: an old state may hold what no build would take."""
    try:
        cells = json.loads(body)["cells"]
    except (ValueError, KeyError, TypeError):
        return []
    return [cell | {"source": "".join(cell.get("source", ""))} for cell in cells if isinstance(cell, dict)]


def _find_renamed(before: Mapping[str, Cells], after: Mapping[str, Cells]) -> dict[str, str]:
    """Old path by new path of chapters that have another name and the same cells."""
    gone = {_text(cells): path for path, cells in before.items() if path not in after}
    come = {path: _text(cells) for path, cells in after.items() if path not in before}
    return {path: gone[text] for path, text in come.items() if text in gone}


def _text(cells: Cells) -> tuple[tuple[str, str], ...]:
    return tuple((str(cell.get("cell_type")), cell["source"].strip()) for cell in cells)


def _compare_cells(old: Cells, new: Cells) -> Iterator[Detail]:
    """Code cells that differ, by their ids; a cell that only got another id is the same."""
    before, after = _code(old), _code(new)
    same = Counter(before.values()) & Counter(after.values())
    for name in dict.fromkeys([*before, *after]):
        left, right = before.get(name, ""), after.get(name, "")
        if left != right and not ((not left and same[right]) or (not right and same[left])):
            yield Detail(name, left, right)


def _code(cells: Cells) -> dict[str, str]:
    return {
        str(cell.get("id") or f"number {number}"): _without_words(cell)
        for number, cell in enumerate(cells, start=1)
        if cell.get("cell_type") == "code"
    }


def _without_words(cell: Mapping[str, Any]) -> str:
    try:
        options = read_options(cell)
    except ExecutionError:
        return str(cell["source"])
    kept = [f"{key}: {value}" for key, value in options.items() if not key.endswith(_WORDS)]
    return "\n".join([*kept, split_options(cell["source"])[1]]).strip()
