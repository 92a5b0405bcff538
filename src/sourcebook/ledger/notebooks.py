"""Notebooks as they must stand in version control: no outputs, no execution counts, stable cell ids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sourcebook.core.notebook import parse_notebook
from sourcebook.errors import Issue
from sourcebook.ledger.prose import find_chapters
from sourcebook.ledger.textfile import CHOOSE, CONFLICT, find_markers

_FINISH = "merge it again cell by cell: git checkout --merge FILE, after make git-setup"
_STRIP = "strip the outputs, for example with `make format`"


def check_notebooks(root: Path) -> list[Issue]:
    """Everything in ``notebooks/`` that a run or an editor has left behind, by notebook and cell."""
    issues: list[Issue] = []
    for path in sorted(root.glob("notebooks/**/*.ipynb")):
        if not any(part.startswith(".") for part in path.relative_to(root).parts):
            issues += _check_notebook(path.relative_to(root).as_posix(), path)
    return issues


def check_pages(root: Path) -> list[Issue]:
    """What a merge has left unfinished in ``_quarto.yml`` and in the chapters that are no notebooks."""
    pages = [name for name in find_chapters(root) if not name.endswith(".ipynb") and (root / name).is_file()]
    return [issue for name in ("_quarto.yml", *pages) for issue in _check_page(name, root / name)]


def _check_page(name: str, path: Path) -> Iterator[Issue]:
    text = path.read_text(encoding="utf-8", errors="replace")
    for line, mark in find_markers(text):
        yield Issue(f"{name}, line {line}", "a conflict marker of git", mark, fix=CHOOSE)


def _check_notebook(name: str, path: Path) -> Iterator[Issue]:
    try:
        content = parse_notebook(path.read_bytes())
        cells, version = content["cells"], (content["nbformat"], content["nbformat_minor"])
    except (OSError, ValueError, KeyError) as error:
        marks = _find_conflicts(path)
        if marks:
            yield Issue(f"{name}, line {marks[0]}", "a conflict marker of git", fix=_FINISH)
            return
        yield Issue(name, "not a notebook", str(error), "a Jupyter notebook")
        return
    if version < (4, 5):
        yield Issue(name, "an old notebook format", ".".join(map(str, version)), "4.5, which has cell ids")
    first: dict[str, int] = {}
    for number, cell in enumerate(cells, start=1):
        where = f"{name}, cell {number}"
        yield from _check_cell(where, cell)
        key = cell.get("id")
        if not key:
            yield Issue(where, "a cell without an id", fix="save the notebook with a current Jupyter")
        elif key in first:
            yield Issue(where, "a cell id stands twice", key, f"another than that of cell {first[key]}")
        else:
            first[key] = number


def _find_conflicts(path: Path) -> list[int]:
    """Lines where a merge was left unfinished."""
    data = path.read_bytes() if path.is_file() else b""
    return [data.count(b"\n", 0, mark.start()) + 1 for mark in CONFLICT.finditer(data)]


def _check_cell(where: str, cell: dict[str, Any]) -> Iterator[Issue]:
    for line, mark in find_markers(cell["source"]):
        yield Issue(f"{where}, line {line}", "a conflict marker of git", mark, fix=CHOOSE)
    if cell.get("outputs"):
        yield Issue(where, "a cell with outputs", f"{len(cell['outputs'])} outputs", "none", _STRIP)
    if cell.get("execution_count") is not None:
        yield Issue(where, "an execution count", str(cell["execution_count"]), "null", _STRIP)
