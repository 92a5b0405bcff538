"""What the tables say about one another: every id, key and section that is named must be there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sourcebook.core.text import nearest
from sourcebook.errors import Issue
from sourcebook.ledger.article import ARTICLE, Article
from sourcebook.ledger.cells import split_list
from sourcebook.ledger.schema import Column
from sourcebook.ledger.sources import SOURCES, Source
from sourcebook.ledger.tables import Sheet


def check_links(
    sheets: Mapping[str, Sheet], article: Article | None, sources: Mapping[str, Source] | None
) -> Iterator[Issue]:
    """Dangling links from one to another of what is given. What could not be read is left out, for it is named already."""
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
