"""The ledger of a project: each file read, and checked, when it is first asked for, or all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sourcebook.errors import Issue, LedgerError
from sourcebook.ledger.article import Article, read_description
from sourcebook.ledger.links import check_links
from sourcebook.ledger.schema import read_schema
from sourcebook.ledger.sources import Source, read_sources
from sourcebook.ledger.tables import Row, Sheet, read_table


def read_ledger(root: Path) -> Ledger:
    """Read all of ``data/``; raises one LedgerError that holds every problem of every file."""
    ledger = Ledger(root)
    ledger.require("sections", "sources", *ledger.schema.tables)
    return ledger


class Ledger:
    """A project's records as written, their cells still text. ``sheets`` holds the tables read so far.

    A part is a table, ``sources`` or ``sections``, as the schema calls them. Besides the schema none is opened before
    somebody asks for it: what a notebook opened is what its kept result rests on.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.schema = root, read_schema(root)
        self.sheets: dict[str, Sheet] = {}
        self._article: Article | None = None
        self._sources: dict[str, Source] | None = None
        self._issues: dict[str, list[Issue]] = {}
        self._sound: list[set[str]] = []

    @property
    def article(self) -> Article:
        """The article's description; raises LedgerError with its problems."""
        self.require("sections")
        assert self._article is not None
        return self._article

    @property
    def sources(self) -> Mapping[str, Source]:
        """The publications by key; raises LedgerError with their problems."""
        self.require("sources")
        assert self._sources is not None
        return self._sources

    def sheet(self, table: str) -> Sheet:
        """A table that is sound by itself; raises LedgerError with its problems."""
        self.require(table)
        return self.sheets[table]

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table in the order of its file."""
        return self.sheet(table).rows

    def require(self, *parts: str) -> None:
        """Read parts of the ledger, check each, and check what they say about one another.

        Whoever joins parts requires them together first. Raises one LedgerError that holds every problem.
        """
        if any(sound.issuperset(parts) for sound in self._sound):
            return
        for part in parts:
            if part not in self._issues:
                self._issues[part] = self._read(part)
        issues = [issue for part in parts for issue in self._issues[part]]
        issues += check_links(
            {part: self.sheets[part] for part in parts if part in self.sheets},
            self._article if "sections" in parts else None,
            self._sources if "sources" in parts else None,
        )
        if issues:
            raise LedgerError(_summary(issues), _in_file_order(issues))
        self._sound.append(set(parts))

    def _read(self, part: str) -> list[Issue]:
        """Read one file; returns what is wrong with it by itself."""
        if part == "sections":
            self._article, issues = read_description(self.root)
        elif part == "sources":
            self._sources, issues = read_sources(self.root)
        else:
            sheet, issues = read_table(self.root, self.schema.tables[part])
            if sheet:
                self.sheets[part] = sheet
        return issues


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
