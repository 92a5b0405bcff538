"""A grid of parameters: a CSV file that asks for one report per row."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.errors import Issue, ProjectError
from sourcebook.render.source.chapters import Chapter
from sourcebook.render.source.parameters import check_parameters, parameter_defaults, read_value

NAME = "name"
"""The column that names a row's folder, where there is one."""

TABLE = "results.csv"
"""Where the results of all rows are listed, beside their folders."""


@dataclass(frozen=True)
class Row:
    """One report that is asked for: ``where`` it stands in the file, its folder's ``name``, its parameters."""

    where: str
    name: str
    parameters: Mapping[str, Any]


def read_grid(path: Path, chapters: Sequence[Chapter]) -> list[Row]:
    """The rows of the file at ``path``; columns are parameters, read as the types ``chapters`` give them.

    An empty cell leaves the parameter as it is. Without a column ``name`` the parameters name the folder.
    Raises ``ProjectError`` that names every cell that cannot be used, unknown columns, names that stand twice.
    """
    header, lines = _read(path)
    known = [found for chapter in chapters if (found := parameter_defaults(chapter.notebook)) is not None]
    defaults = {name: value for found in known for name, value in found.items()}
    columns = [column for column in header if column != NAME or NAME in defaults]
    if known:
        check_parameters(dict.fromkeys(columns), [set(defaults)])
    issues: list[Issue] = []
    rows: list[Row] = []
    for number, line in enumerate(lines, start=2):
        where = f"{path.name}, row {number}"
        if len(line) != len(header):
            issues.append(Issue(where, "has another number of cells", str(len(line)), str(len(header))))
            continue
        cells = {column: text for column, text in zip(header, line, strict=True) if text}
        parameters = {
            name: _value(where, name, cells[name], defaults, issues) for name in columns if name in cells
        }
        rows.append(Row(where, _folder_name(cells, columns), parameters))
    issues += _check_names(rows)
    if issues or not rows:
        raise ProjectError("The grid cannot be used.", issues or [Issue(path.name, "has no rows")])
    return rows


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    lines: list[list[str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines += ([cell.strip() for cell in line] for line in csv.reader(file, strict=True) if line)
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError("The grid cannot be read.", [Issue(str(path), str(error))]) from error
    except csv.Error as error:
        issue = Issue(
            f"{path.name}, row {len(lines) + 1}", "is not readable as CSV", str(error), fix="mend the quotes"
        )
        raise ProjectError("The grid cannot be read.", [issue]) from error
    header = lines[0] if lines else []
    wrong = [name for name in header if not name.isidentifier() or header.count(name) > 1]
    if wrong or not header:
        where, found = f"{path.name}, row 1", ", ".join(map(repr, wrong))
        issue = Issue(where, "is no row of names", found, "each parameter's, once")
        if len(header) == 1 and re.search(r"[;\t]", header[0]):
            fix = "save the file with commas between the columns"
            issue = Issue(where, "columns not parted by commas", header[0], "name,name", fix)
        raise ProjectError("The grid cannot be read.", [issue])
    return header, lines[1:]


def _value(where: str, name: str, text: str, defaults: Mapping[str, Any], issues: list[Issue]) -> Any:
    try:
        return read_value(text, defaults.get(name))
    except ValueError as error:
        issues.append(
            Issue(f"{where}, column {name}", "is of another type than in the notebook", text, str(error))
        )
        return None


def _folder_name(cells: Mapping[str, str], columns: Sequence[str]) -> str:
    given = cells.get(NAME) or ",".join(f"{name}={cells[name]}" for name in columns if name in cells)
    return re.sub(r"[^\w.,=+-]+", "-", given).strip("-.")[:120]


def _check_names(rows: Sequence[Row]) -> list[Issue]:
    issues, taken = [], {TABLE: "the table of results"}
    fix = f"give each row one of its own in a column '{NAME}'"
    for row in rows:
        if not row.name:
            issues.append(Issue(row.where, "has no name", fix=fix))
        elif other := taken.get(row.name.casefold()):
            issues.append(Issue(row.where, f"has the name of {other}", row.name, fix=fix))
        taken.setdefault(row.name.casefold(), row.where)
    return issues
