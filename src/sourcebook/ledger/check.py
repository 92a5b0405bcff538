"""Everything that can be said about a project without rendering it: what ``sourcebook check`` runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sourcebook.core.text import escape, listing, plural
from sourcebook.core.vocabulary import VERDICTS
from sourcebook.errors import Issue, LedgerError
from sourcebook.ledger.cases import collect_cases
from sourcebook.ledger.cells import split_list
from sourcebook.ledger.codebook import check_codebook
from sourcebook.ledger.notebooks import check_notebooks, check_pages
from sourcebook.ledger.reading import Ledger, read_ledger
from sourcebook.ledger.sources import SOURCES
from sourcebook.ledger.typed_numbers import check_numbers
from sourcebook.ledger.verdicts import check_stale, check_verdicts

_UNVERIFIED = "Anchors were not verified again: that needs the article (sourcebook verify ARTICLE)."
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


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
        *check_codebook(root, ledger.schema),
        *_check_tables(ledger),
        *check_notebooks(root),
        *check_pages(root),
        *check_numbers(root, ledger.sheet("numbers"), _collect_names(ledger)),
    ]
    return Result(tuple(issues), _summarise(ledger, stale))


def _check_tables(ledger: Ledger) -> Iterator[Issue]:
    """A table that the schema does not describe is read by nobody."""
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
    for path in (*ledger.root.glob("notebooks/*.ipynb"), *ledger.root.glob("*.md")):
        used.update(_WORD.findall(path.read_text(encoding="utf-8", errors="replace")))
    for key, source in ledger.sources.items():
        if key not in used:
            yield Issue(
                f"{SOURCES}, line {source.line}", "a source is never used", key, fix="cite it, or take it out"
            )


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
