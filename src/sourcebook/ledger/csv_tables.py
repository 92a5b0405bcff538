"""The CSV tables, read strictly against the schema: every problem at once, each with file, line and column."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sourcebook.core.text import nearest
from sourcebook.core.textfile import CONFLICT, read_textfile
from sourcebook.errors import Issue
from sourcebook.ledger.cells import check_cell
from sourcebook.ledger.schema import Table


@dataclass(frozen=True)
class Row:
    """One line of a table: its number in the file and its cells as written."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


@dataclass(frozen=True)
class Sheet:
    """A table as it stands in its file."""

    table: Table
    rows: tuple[Row, ...]

    @cached_property
    def by_key(self) -> dict[str, Row]:
        """Rows by the first column of the key: in most tables the id."""
        return {row[self.table.key[0]]: row for row in self.rows}

    def where(self, row: Row, column: str = "") -> str:
        """Where a row or one of its cells stands, as a person would say it."""
        return f"{self.table.path}, line {row.line}" + (f", column {column}" if column else "")


def read_table(root: Path, table: Table) -> tuple[Sheet | None, list[Issue]]:
    """A table from its file and what is wrong with it by itself; no sheet when the file cannot be read at all."""
    text, issues = read_textfile(root, table.path)
    if text is None:
        return None, issues
    sheet, found = read_sheet(table, text)
    return sheet, [*issues, *found]


def read_sheet(table: Table, text: str) -> tuple[Sheet, list[Issue]]:
    """Read one table from its text: header, rows, cells and the order of rows."""
    lines, issues = _read_lines(table, text)
    if not lines:
        return Sheet(table, ()), [
            *issues,
            Issue(table.path, "the file is empty", "nothing", ",".join(table.names)),
        ]
    header = lines[0][1]
    faults = _check_header(table, header)
    issues += faults
    rows = []
    for line, values in lines[1:]:
        whole = bool(faults) and len(values) == len(table.names)  # then it is the header that is short
        if len(values) != len(header) and not whole:
            where, found = f"{table.path}, line {line}", f"{len(values)} cells"
            fix = "quote a cell that holds a comma"
            issues.append(Issue(where, "wrong number of cells", found, f"{len(header)} cells", fix))
        cells = dict.fromkeys(table.names, "") | dict(
            zip(table.names if whole else header, values, strict=False)
        )
        rows.append(Row(line, cells))
    sheet = Sheet(table, tuple(rows))
    issues += _check_cells(sheet, set(header), {line for line, values in lines if len(values) != len(header)})
    return sheet, [*issues, *_check_keys(sheet), *_check_order(sheet)]


def render_rows(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """A table as its file holds it: the header, and a line for each row; cells that a row lacks are empty."""
    target = io.StringIO()
    writer = csv.DictWriter(target, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()


def _read_lines(table: Table, text: str) -> tuple[list[tuple[int, list[str]]], list[Issue]]:
    """The cells of each line with its number; a cell that holds a line break is named, for a row is a line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[tuple[int, list[str]]] = []
    issues: list[Issue] = []
    start = 1
    try:
        for values in reader:
            where = f"{table.path}, line {start}"
            if reader.line_num > start:
                issues.append(Issue(where, "a line break inside a cell", expected="one line for each row"))
            if values and not CONFLICT.match(values[0].encode()):  # a marker is named by its own check
                lines.append((start, values))
            elif not values:
                issues.append(Issue(where, "an empty line", fix="take it out"))
            start = reader.line_num + 1
    except csv.Error as error:
        issues.append(
            Issue(f"{table.path}, line {start}", "not readable as CSV", str(error), fix="mend the quotes")
        )
    if text and not text.endswith("\n"):
        issues.append(
            Issue(f"{table.path}, line {start - 1}", "the last line does not end", fix="add a line end")
        )
    return lines, issues


def _check_header(table: Table, header: list[str]) -> list[Issue]:
    where = f"{table.path}, line 1"
    if len(header) == 1 and re.search(r"[;\t]", header[0]):
        fix = "save the file with commas between the columns"
        return [Issue(where, "columns not parted by commas", header[0], ",".join(table.names), fix)]
    issues = [
        Issue(
            where, "an unknown column", name or "no name", ",".join(table.names), nearest(name, table.names)
        )
        for name in header
        if name not in table.names
    ]
    issues += [Issue(where, "a missing column", expected=name) for name in table.names if name not in header]
    issues += [
        Issue(where, "a column stands twice", name) for name, count in Counter(header).items() if count > 1
    ]
    if not issues and header != table.names:
        issues.append(Issue(where, "columns in another order", ",".join(header), ",".join(table.names)))
    return issues


def _check_cells(sheet: Sheet, present: set[str], broken: set[int]) -> Iterator[Issue]:
    for row in sheet.rows:
        if row.line in broken:
            continue
        for column in sheet.table.columns:
            if column.name in present:
                for fault in check_cell(column, row[column.name]):
                    yield Issue(sheet.where(row, column.name), *fault)


def _check_keys(sheet: Sheet) -> Iterator[Issue]:
    """No two rows with the same key, and no value twice in a column that says unique."""
    unique = [(column.name,) for column in sheet.table.columns if column.unique]
    for names in dict.fromkeys([sheet.table.key, *unique]):
        first: dict[tuple[str, ...], int] = {}
        for row in sheet.rows:
            value = tuple(row[name] for name in names)
            if value in first and any(value):
                where, found = sheet.where(row, " + ".join(names)), " + ".join(value)
                fix = f"it stands in line {first[value]} already; after a merge keep one, or give yours the next free id"
                yield Issue(where, "a duplicate", found, "each only once", fix)
            first.setdefault(value, row.line)


def _check_order(sheet: Sheet) -> Iterator[Issue]:
    """Rows are sorted by their key, so that a change shows as the lines it touches; the first misplaced one is named."""
    numeric = {column.name for column in sheet.table.columns if column.type in ("number", "integer")}

    def rank(row: Row) -> tuple[float | str, ...]:
        """The key to sort by, numbers by value; raises ValueError for one that is none."""
        return tuple(float(row[name]) if name in numeric else row[name] for name in sheet.table.key)

    try:
        ranks = [rank(row) for row in sheet.rows]
    except ValueError:
        return  # a key that is no number is named already
    for row, before, after in zip(sheet.rows[1:], ranks, ranks[1:], strict=False):
        if after < before:
            found = " + ".join(row[name] for name in sheet.table.key)
            yield Issue(
                sheet.where(row), "rows not sorted", found, f"sorted by {' + '.join(sheet.table.key)}"
            )
            return
