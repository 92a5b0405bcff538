"""The schema of the ledger, read from ``data/datapackage.json`` (Frictionless Data Package); there is no other."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from sourcebook.core.shapes import NUMBER, TEXT, YES_NO, check_shape
from sourcebook.errors import Issue, LedgerError

PACKAGE = "data/datapackage.json"
TYPES = ("string", "number", "integer", "boolean")
# Tables every project has; any other is read by `Book.series`.
CORE = (
    *("claims", "evidence", "verdicts", "judgements"),
    *("tensions", "origins", "events", "stances", "numbers"),
)
# Columns every table of data/series has: who counts and how, and the publications.
SERIES = ("basis", "source")


@dataclass(frozen=True)
class Column:
    """One field of a table; ``references`` names where its values must be found (sources, sections or a table)."""

    name: str
    type: str
    description: str
    unit: str = ""
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    meanings: Mapping[str, str] | None = None
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    separator: str = ""
    edtf: bool = False
    references: str = ""


@dataclass(frozen=True)
class Table:
    """One CSV file: its columns in order, the key its rows are sorted by, and its links to other tables."""

    name: str
    path: str
    title: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    links: tuple[tuple[str, str, str], ...]

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def targets(self) -> set[str]:
        """What its columns refer to: tables, ``sources``, ``sections``."""
        return {link[1] for link in self.links} | {column.references for column in self.columns} - {""}


@dataclass(frozen=True)
class Schema:
    """All tables of a project, core tables first as listed in the package."""

    title: str
    description: str
    tables: Mapping[str, Table]

    @property
    def series(self) -> dict[str, Table]:
        """The tables that not every project has."""
        return {name: table for name, table in self.tables.items() if name not in CORE}


def read_schema(root: Path) -> Schema:
    """Read ``data/datapackage.json``; raises LedgerError when it is no data package or lacks a core table, or a column of one."""
    path = root / PACKAGE
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        if faults := list(check_shape(package, _PACKAGE, PACKAGE)) or list(_check_paths(package)):
            raise LedgerError(f"{PACKAGE} is not a data package we can read:", faults)
        tables = [_read_table(resource) for resource in package["resources"]]
        title, description = package.get("title", ""), package.get("description", "")
    except FileNotFoundError:
        raise LedgerError(f"{path} is missing: it holds the schema of every table") from None
    except UnicodeDecodeError as error:
        raise LedgerError(f"{PACKAGE} is not UTF-8: {error.reason} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise LedgerError(f"{PACKAGE}, line {error.lineno}, is not JSON: {error.msg}") from None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, re.error) as error:
        raise LedgerError(f"{PACKAGE} is not a data package we can read: {error!r}") from error
    issues = _check_tables(tables)
    if issues:
        raise LedgerError(f"{PACKAGE} cannot be used:", issues)
    return Schema(title, description, {table.name: table for table in tables})


_FIELD: dict[str, Any] = {
    **dict.fromkeys(("name", "type", "description", "unit", "separator", "references"), TEXT),
    "edtf": YES_NO,
    "meanings": {"": TEXT},
    "constraints": {
        "required": YES_NO, "unique": YES_NO, "enum": [TEXT], "pattern": TEXT, "minimum": NUMBER, "maximum": NUMBER,
    },
}  # fmt: skip
_SCHEMA: dict[str, Any] = {
    "fields": [_FIELD],
    "primaryKey": [TEXT],
    "uniqueKeys": [[TEXT]],
    "foreignKeys": [{"fields": TEXT, "reference": {"resource": TEXT, "fields": TEXT}}],
}
_ABOUT = dict.fromkeys(("name", "path", "title", "description"), TEXT)
_PACKAGE: dict[str, Any] = _ABOUT | {"resources": [_ABOUT | {"schema": _SCHEMA}]}


def _check_paths(package: dict[str, Any]) -> Iterator[Issue]:
    for number, resource in enumerate(package["resources"], start=1):
        path = resource["path"]
        if path.startswith("/") or ".." in path.split("/") or "\0" in path:
            yield Issue(
                f"{PACKAGE}, resources {number}, path", "leads out of data/", path, "a file below data/"
            )


def _read_table(resource: dict[str, Any]) -> Table:
    schema = resource["schema"]
    links = [
        (link["fields"], link["reference"].get("resource") or resource["name"], link["reference"]["fields"])
        for link in schema.get("foreignKeys", [])
    ]
    return Table(
        name=resource["name"],
        path=f"data/{resource['path']}",
        title=resource.get("title", resource["name"]),
        description=resource.get("description", ""),
        columns=tuple(_read_column(field) for field in schema["fields"]),
        key=tuple(schema.get("primaryKey") or schema["uniqueKeys"][0]),
        links=tuple(links),
    )


def _read_column(field: dict[str, Any]) -> Column:
    constraints = field.get("constraints", {})
    return Column(
        name=field["name"],
        type=field.get("type", "string"),
        description=field.get("description", ""),
        unit=field.get("unit", ""),
        required=constraints.get("required", False),
        unique=constraints.get("unique", False),
        enum=tuple(constraints.get("enum", ())),
        meanings=field.get("meanings"),
        pattern=re.compile(constraints.get("pattern", "")).pattern,
        minimum=_bound(constraints.get("minimum")),
        maximum=_bound(constraints.get("maximum")),
        separator=field.get("separator", ""),
        edtf=field.get("edtf", False),
        references=field.get("references", ""),
    )


def _bound(value: Any) -> float | None:
    return None if value is None else float(value)


def _check_tables(tables: list[Table]) -> list[Issue]:
    names = [table.name for table in tables]
    issues = [Issue(PACKAGE, f"the table '{name}' is not described") for name in CORE if name not in names]
    for table in tables:
        where = f"{PACKAGE}, table {table.name}"
        if names.count(table.name) > 1:
            issues.append(Issue(where, "described more than once"))
        issues += [Issue(where, *fault) for fault in _faults(table, tables)]
        lacking = _list_core_columns().get(table.name, set()) - set(table.names)
        issues += [Issue(where, f"the column '{name}' is not described") for name in lacking]
    return sorted(set(issues))


@functools.cache
def _list_core_columns() -> dict[str, set[str]]:
    """The columns that the core tables of every project have: those of a new one."""
    new = json.loads((resources.files(__package__) / "template" / PACKAGE).read_text(encoding="utf-8"))
    return {made["name"]: {field["name"] for field in made["schema"]["fields"]} for made in new["resources"]}


def _faults(table: Table, tables: list[Table]) -> Iterator[tuple[str, str, str]]:
    fields = {(other.name, name) for other in tables for name in other.names}
    for column in table.columns:
        if column.type not in TYPES:
            yield f"unknown type of column {column.name}", column.type, ", ".join(TYPES)
    for name in (*table.key, *(link[0] for link in table.links)):
        if name not in table.names:
            yield "a key or a link names a column that is not there", name, ", ".join(table.names)
    for name, target, field in table.links:
        if (target, field) not in fields:
            yield f"the link of column {name} leads nowhere", f"{target}.{field}", "a column of a table"
    if table.path.startswith("data/series/"):
        for name in SERIES:
            if name not in table.names:
                yield "a series does not say where its rows come from", "no such column", name
