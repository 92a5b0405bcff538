"""Everything that can be said about a project without rendering it: what ``sourcebook check`` runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.core.notebook import parse_notebook
from sourcebook.core.text import escape, listing, plural
from sourcebook.core.textfile import CHOOSE, CONFLICT, find_markers
from sourcebook.core.vocabulary import VERDICTS
from sourcebook.errors import Issue, LedgerError
from sourcebook.ledger.cases import collect_cases
from sourcebook.ledger.cells import split_list
from sourcebook.ledger.codebook import check_codebook
from sourcebook.ledger.load import Ledger, read_ledger
from sourcebook.ledger.prose import find_chapters
from sourcebook.ledger.sources import SOURCES
from sourcebook.ledger.typed_numbers import check_numbers
from sourcebook.ledger.verdicts import check_stale, check_verdicts

_UNVERIFIED = "Anchors were not verified again: that needs the article (sourcebook verify ARTICLE)."
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_FINISH = "merge it again cell by cell: git checkout --merge FILE, after make git-setup"
_STRIP = "strip the outputs, for example with `make format`"


@dataclass(frozen=True)
class Result:
    """What a check found: everything that must be mended, and the state of the ledger in a paragraph."""

    issues: tuple[Issue, ...]
    summary: str


def check_project(root: Path) -> Result:
    """Check schema, links, verdicts, sources, codebook, notebooks and typed numbers; raises nothing for what data
    can get wrong.
    """
    try:
        ledger = read_ledger(root)
    except LedgerError as error:
        found = error.issues or (Issue("data", error.summary),)
        summary = "The ledger could not be read, so verdicts, sources, codebook and numbers were not checked."
        return Result((*found, *check_notebooks(root), *check_pages(root)), summary)
    stale = check_stale(ledger)
    issues = [
        *check_verdicts(ledger),
        *stale,
        *_check_sources(ledger),
        *_check_judgements(ledger),
        *check_codebook(root, ledger.schema),
        *_check_tables(ledger),
        *check_notebooks(root),
        *check_pages(root),
        *check_numbers(root, ledger.sheet("numbers"), _collect_names(ledger)),
    ]
    return Result(tuple(issues), _summarise(ledger, stale))


def _check_tables(ledger: Ledger) -> Iterator[Issue]:
    """CSV files that the schema does not describe: nothing reads them."""
    known = {table.path for table in ledger.schema.tables.values()}
    for path in sorted(ledger.root.glob("data/**/*.csv")):
        name = path.relative_to(ledger.root).as_posix()
        if name not in known and not path.name.startswith("."):
            fix = "describe it in data/datapackage.json, or take it out"
            yield Issue(name, "a table that is not in the schema", fix=fix)


def _check_sources(ledger: Ledger) -> Iterator[Issue]:
    """A publication nothing refers to is a leftover; notebooks may cite one that no table names."""
    used = {
        key
        for sheet in ledger.sheets.values()
        for column in sheet.table.columns
        if column.references == "sources"
        for row in sheet.rows
        for key in split_list(column, row[column.name])
    }
    for path in (*_find_notebooks(ledger.root), *ledger.root.glob("*.md")):
        used.update(_WORD.findall(path.read_text(encoding="utf-8", errors="replace")))
    for key, source in ledger.sources.items():
        if key not in used:
            yield Issue(
                f"{SOURCES}, line {source.line}", "a source is never used", key, fix="cite it, or take it out"
            )


def _check_judgements(ledger: Ledger) -> Iterator[Issue]:
    """A key judgement says how likely it is in the very word of the scale."""
    sheet = ledger.sheet("judgements")
    for row in sheet.rows:
        if not re.search(rf"(?<!very )\b{row['likelihood']}\b", row["judgement"]):
            where = sheet.where(row, "judgement")
            yield Issue(where, "a judgement without its likelihood", row["judgement"], row["likelihood"])


def _collect_names(ledger: Ledger) -> frozenset[str]:
    """Names that prose may print whatever number they hold: ids of claims, title and headings of the article."""
    about = ledger.article
    titles = [about.title, *(section.heading for section in about.sections)]
    return frozenset((*(row["id"] for row in ledger.rows("claims")), *titles, *map(escape, titles)))


def _summarise(ledger: Ledger, stale: list[Issue]) -> str:
    cases = collect_cases(ledger).values()
    verdicts = Counter(case.verdict["verdict"] for case in cases)
    unsealed = sum(1 for case in cases if not case.verdict["seen"]) - verdicts["pending"]
    counts = [
        plural(len(ledger.rows("claims")), "claim"),
        f"{plural(len(ledger.rows('evidence')), 'row')} of evidence",
        plural(len(ledger.sources), "source"),
    ]
    judged = [f"{verdicts[name]} {name}" for name in VERDICTS if verdicts[name]]
    seals = f"{len(stale) - unsealed} stale, {unsealed} not sealed"
    return f"{listing(counts)}. Verdicts: {listing(judged) or 'none'}; {seals}. {_UNVERIFIED}"


def check_notebooks(root: Path) -> list[Issue]:
    """Everything in the notebooks that a run or an editor has left behind, by notebook and cell."""
    return [
        issue
        for path in _find_notebooks(root)
        for issue in _check_notebook(path.relative_to(root).as_posix(), path)
    ]


def _find_notebooks(root: Path) -> list[Path]:
    """``index.ipynb`` and the notebooks in ``notebooks/``, without an editor's hidden copies."""
    found = sorted((*root.glob("index.ipynb"), *root.glob("notebooks/**/*.ipynb")))
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts)]


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
