"""The ledger of a project: each file read, and checked, when it is first asked for, or all of them at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from sourcebook.core.text import nearest
from sourcebook.errors import Issue, LedgerError
from sourcebook.ledger.article import ARTICLE, Article, read_description
from sourcebook.ledger.cells import split_list
from sourcebook.ledger.csv_tables import Row, Sheet, read_table
from sourcebook.ledger.schema import Column, read_schema
from sourcebook.ledger.sources import SOURCES, Source, read_sources


def read_ledger(root: Path) -> Ledger:
    """Read all of ``data/``; raises one LedgerError that holds every problem of every file."""
    ledger = Ledger(root)
    ledger.require("sections", "sources", *ledger.schema.tables)
    return ledger


class Ledger:
    """A project's records as written, their cells still text. ``sheets`` holds the tables read so far.

    A part is a table, ``sources`` or ``sections``, as the schema calls them. Besides the schema none is opened before
    it is used: the cached result of a notebook depends on the files that it opened.
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

        Require parts together before joining them. Raises one LedgerError with every problem.
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
    """Sorted by file and line."""

    def place(issue: Issue) -> tuple[str, int]:
        """File and line, 0 for an issue of the whole file."""
        path, _, rest = issue.where.partition(", line ")
        digits = rest.split(",")[0]
        return path, int(digits) if digits.isdigit() else 0

    return sorted(issues, key=place)


def check_links(
    sheets: Mapping[str, Sheet], article: Article | None, sources: Mapping[str, Source] | None
) -> Iterator[Issue]:
    """References among the given tables to rows that do not exist. Parts that could not be read have issues of their own."""
    known = _known_names(sheets, article, sources)
    for sheet in sheets.values():
        columns = {column.name: column for column in sheet.table.columns}
        for name, target, field in sheet.table.links:
            if target in sheets:
                names = {row[field] for row in sheets[target].rows}
                yield from _check_column(sheet, columns[name], sheets[target].table.path, names)
        for column in columns.values():
            if column.references in known:
                yield from _check_column(sheet, column, *known[column.references])
    if "claims" in sheets:
        yield from _check_repeats(sheets["claims"])
        if article:
            yield from _check_prefixes(sheets["claims"], article)
        if "verdicts" in sheets:
            yield from _check_judged(sheets["claims"], sheets["verdicts"])


def _known_names(
    sheets: Mapping[str, Sheet], article: Article | None, sources: Mapping[str, Source] | None
) -> dict[str, tuple[str, Collection[str]]]:
    known: dict[str, tuple[str, Collection[str]]] = {
        sheet.table.name: (sheet.table.path, sheet.by_key) for sheet in sheets.values()
    }
    if sources is not None:
        known["sources"] = SOURCES, sources
    if article is not None:
        known["sections"] = ARTICLE, [section.id for section in article.sections]
    return known


def _check_column(sheet: Sheet, column: Column, place: str, names: Collection[str]) -> Iterator[Issue]:
    for row in sheet.rows:
        for value in split_list(column, row[column.name]):
            if value not in names:
                fix = nearest(value, names) or f"add it to {place}"
                yield Issue(
                    sheet.where(row, column.name), "a dangling id", value, f"one that is in {place}", fix
                )


def _check_repeats(claims: Sheet) -> Iterator[Issue]:
    """A restatement leads to its first statement, in however many steps, never round in a circle."""
    restates = {row["id"]: row["repeats"] for row in claims.rows}
    for row in claims.rows:
        seen, name = {row["id"]}, row["repeats"]
        while name and name not in seen:
            seen.add(name)
            name = restates.get(name, "")
        if name == row["id"]:
            yield Issue(
                claims.where(row, "repeats"), "a claim restates itself", row["repeats"], "an earlier claim"
            )


def _check_prefixes(claims: Sheet, article: Article) -> Iterator[Issue]:
    prefixes = {section.id: section.prefix for section in article.sections}
    for row in claims.rows:
        expected = prefixes.get(row["section"])
        if expected and row["id"].split("-")[0] != expected:
            found = f"{row['id']} in {row['section']}"
            yield Issue(claims.where(row, "id"), "id and section disagree", found, f"{expected}-…")


def _check_judged(claims: Sheet, verdicts: Sheet) -> Iterator[Issue]:
    judged = {row["claim"] for row in verdicts.rows}
    for row in claims.rows:
        if row["id"] not in judged:
            what, fix = "a claim without a verdict", "add a row with the verdict pending"
            yield Issue(verdicts.table.path, what, row["id"], "a row for each claim", fix)
