"""What changed in the chapters' files, and where in them a sentence or an exhibit comes from."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from sourcebook.compare.cells import sides_of
from sourcebook.compare.changes import Change, Detail
from sourcebook.compare.flow import Flow, Passage, Roots, trace_chapter
from sourcebook.compare.phrases import MASK, mask_numbers
from sourcebook.compare.trees import Tree
from sourcebook.core.notebook import drop_options, parse_notebook
from sourcebook.core.options import is_prose

_WORD = re.compile(r"\w+|\0")
_RUN = 3

Cells = Sequence[Mapping[str, Any]]


class Chapters:
    """The notebooks of a state by path; traced only when somebody asks where something comes from."""

    def __init__(self, tree: Tree) -> None:
        self.files = {path: tree.files[path] for path in tree.below("notebooks", ".ipynb")}
        self.cells = {path: _read_cells(body) for path, body in self.files.items()}

    @cached_property
    def flows(self) -> dict[str, Flow]:
        """What each chapter's passages and exhibits are made of."""
        return {path: trace_chapter(path, cells) for path, cells in self.cells.items()}

    @cached_property
    def exhibits(self) -> dict[str, tuple[str, Roots]]:
        """Cell and roots of each exhibit by label."""
        return {label: found for flow in self.flows.values() for label, found in flow.exhibits.items()}

    def find_passage(self, sentence: str) -> Passage | None:
        """The paragraph a printed sentence was written in: the one that shares most runs of three words with it.

        A sentence too short for that is sought whole, with its values left open.
        """
        runs = list(_runs(sentence))
        votes = Counter(index for run in runs for index in self._index.get(run, ()))
        if not votes:
            whole = _tokens(mask_numbers(sentence).replace(MASK, "\0"))
            found = [passage for passage in self._passages if whole in _tokens(passage.text)]
            return found[0] if len(found) == 1 else None
        best, count = max(votes.items(), key=lambda item: (item[1], -item[0]))
        return self._passages[best] if count * 4 >= len(runs) else None

    @cached_property
    def _passages(self) -> list[Passage]:
        return [passage for path in sorted(self.flows) for passage in self.flows[path].passages]

    @cached_property
    def _index(self) -> dict[tuple[str, ...], set[int]]:
        index: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for number, passage in enumerate(self._passages):
            for run in _runs(passage.text):
                index[run].add(number)
        return index


def compare_chapters(before: Chapters, after: Chapters) -> tuple[list[Change], Counter[str]]:
    """Cells whose code changed, by chapter, and how many chapters changed in nothing a reader or a run sees."""
    changes: list[Change] = []
    cosmetic: Counter[str] = Counter()
    moved = _find_renamed(before, after)
    cosmetic["chapter files renamed"] = len(moved)
    for path in sorted(after.files):
        old = moved.get(path, path)
        if old not in before.files or before.files[old] == after.files[path]:
            continue
        details = tuple(_compare_code(before.cells[old], after.cells[path]))
        if details:
            changes.append(_told(path, details))
        elif _text(before.cells[old]) == _text(after.cells[path]):
            cosmetic["chapters with other metadata, outputs or cell ids"] += 1
    return changes, cosmetic


def _told(path: str, details: tuple[Detail, ...]) -> Change:
    return Change("code", "changed", path, *sides_of(details), path, min(len(details) / 10, 1.0), (), details)


def _read_cells(body: bytes) -> Cells:
    try:
        return list(parse_notebook(body)["cells"])
    except ValueError:
        return []


def _find_renamed(before: Chapters, after: Chapters) -> dict[str, str]:
    """Old path by new path of chapters that have another name and the same cells."""
    gone = {_text(before.cells[path]): path for path in before.files if path not in after.files}
    come = [path for path in after.files if path not in before.files]
    return {path: gone[_text(after.cells[path])] for path in come if _text(after.cells[path]) in gone}


def _text(cells: Cells) -> tuple[tuple[str, str], ...]:
    return tuple((str(cell.get("cell_type")), cell["source"].strip()) for cell in cells)


def _compare_code(old: Cells, new: Cells) -> Iterator[Detail]:
    """Code cells that differ, by their ids; a cell that only got another id is the same."""
    before, after = _code(old), _code(new)
    same = Counter(before.values()) & Counter(after.values())
    for name in dict.fromkeys([*before, *after]):
        left, right = before.get(name, ""), after.get(name, "")
        if left != right and not ((not left and same[right]) or (not right and same[left])):
            yield Detail(name, left, right)


def _code(cells: Cells) -> dict[str, str]:
    """Captions and alternative texts stand in code cells and are compared as what they are: words of the report."""
    return {
        str(cell.get("id") or f"number {number}"): drop_options(cell["source"], is_prose).strip()
        for number, cell in enumerate(cells, start=1)
        if cell.get("cell_type") == "code"
    }


def _tokens(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.lower()))} "


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """Runs of three words; figures and what is computed break them."""
    words = [word.lower() for word in _WORD.findall(text)]
    for start in range(len(words) - _RUN + 1):
        run = tuple(words[start : start + _RUN])
        if not any(word == "\0" or word.isdigit() for word in run):
            yield run
