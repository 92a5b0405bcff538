"""The whole ledger of a project, read and checked at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sourcebook.errors import Issue, LedgerError
from sourcebook.ledger.article import Article, read_description
from sourcebook.ledger.links import check_links
from sourcebook.ledger.schema import Schema, read_schema
from sourcebook.ledger.sources import Source, read_sources
from sourcebook.ledger.tables import Row, Sheet, read_sheets


@dataclass(frozen=True)
class Ledger:
    """All records of a project as written, their cells still text."""

    root: Path
    schema: Schema
    article: Article
    sources: Mapping[str, Source]
    sheets: Mapping[str, Sheet]

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table in the order of its file."""
        return self.sheets[table].rows


def read_ledger(root: Path) -> Ledger:
    """Read ``data/``; raises one LedgerError that holds every problem of every file."""
    schema = read_schema(root)
    article, issues = read_description(root)
    sources, found = read_sources(root)
    issues += found
    sheets, found = read_sheets(root, schema)
    issues += found
    issues += check_links(sheets, article, sources)
    if issues or article is None or sources is None:
        raise LedgerError(_summary(issues), _in_file_order(issues))
    return Ledger(root, schema, article, sources, sheets)


def _summary(issues: list[Issue]) -> str:
    count = "one problem" if len(issues) == 1 else f"{len(issues)} problems"
    return f"The ledger cannot be used, it has {count}:"


def _in_file_order(issues: list[Issue]) -> list[Issue]:
    """File by file, line by line, as somebody mending them would go."""

    def place(issue: Issue) -> tuple[str, int]:
        """File and line, 0 for an issue of the whole file."""
        path, _, rest = issue.where.partition(", line ")
        digits = rest.split(",")[0]
        return path, int(digits) if digits.isdigit() else 0

    return sorted(issues, key=place)
