"""The ledger of a state, read leniently: an old state may break today's rules and must still be compared."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from sourcebook.compare.trees import Tree
from sourcebook.core.text import even_out
from sourcebook.core.yaml_text import BaseLoader, load_yaml
from sourcebook.errors import Issue, LedgerError

PACKAGE, SOURCES, ARTICLE = "data/datapackage.json", "data/sources.yaml", "data/article.toml"
# Keys of the tables every project has, for states whose data package cannot be read.
_KEYS = {"verdicts": ("claim",), "origins": ("claim", "source")}
_CONFLICT = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)

Cells = Mapping[str, str]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Records:
    """One table of a state: rows by key in the order of the file. ``units`` are those of the schema, by column."""

    name: str
    path: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Mapping[Key, Cells]
    units: Mapping[str, str]


@dataclass(frozen=True)
class Data:
    """Everything in ``data/`` of a state."""

    tables: Mapping[str, Records]
    sources: Mapping[str, Mapping[str, Any]]

    def rows(self, table: str) -> dict[str, Cells]:
        """The rows of a table with a single key."""
        records = self.tables.get(table)
        return {key[0]: cells for key, cells in records.rows.items()} if records else {}


def read_data(tree: Tree) -> Data:
    """The tables and publications of a state; raises LedgerError where a merge was left unfinished or YAML is broken."""
    package = _read_package(tree)
    names = {path: name for name, (path, _, _) in package.items()}
    tables = {}
    for path in tree.below("data", ".csv"):
        name = names.get(path, path.rsplit("/", 1)[-1].removesuffix(".csv"))
        _, key, units = package.get(name, (path, _KEYS.get(name, ("id",)), {}))
        tables[name] = _read_table(name, path, _text(tree, path), key, units)
    return Data(tables, _read_sources(tree))


def read_reliability(source: Mapping[str, Any] | None) -> str:
    """The letter of a publication, empty when it has none."""
    custom = (source or {}).get("custom")
    return str(custom.get("reliability", "")) if isinstance(custom, dict) else ""


def name_source(source: Mapping[str, Any]) -> str:
    """What a reader calls a publication: where it stands, or its title, and the year."""
    named = next(
        (str(source[key]) for key in ("container-title", "title-short", "title") if source.get(key)), ""
    )
    return f"{named} {str(source.get('issued') or '')[:4]}".strip()


def read_origin(source: Mapping[str, Any] | None) -> str:
    """Who a publication's information comes from."""
    custom = (source or {}).get("custom")
    return str(custom.get("origin", "")) if isinstance(custom, dict) else ""


def _read_package(tree: Tree) -> dict[str, tuple[str, Key, dict[str, str]]]:
    """Path, key and units of each table, as far as the data package of this state says them."""
    found = {}
    try:
        for resource in json.loads(tree.text(PACKAGE) or "{}").get("resources", []):
            schema = resource["schema"]
            key = schema.get("primaryKey") or schema["uniqueKeys"][0]
            units = {field["name"]: field.get("unit", "") for field in schema["fields"]}
            names = (key,) if isinstance(key, str) else tuple(key)
            found[resource["name"]] = (f"data/{resource['path']}", names, units)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return {}
    return found


def _text(tree: Tree, path: str) -> str:
    text = tree.text(path)
    if _CONFLICT.search(text):
        issue = Issue(path, f"conflict markers of git in {tree.name}", fix="finish the merge")
        raise LedgerError("The ledger cannot be compared.", [issue])
    return text


def _read_table(name: str, path: str, text: str, key: Key, units: Mapping[str, str]) -> Records:
    lines = [values for values in csv.reader(io.StringIO(text, newline="")) if values]
    columns = tuple(lines[0]) if lines else ()
    key = tuple(column for column in key if column in columns) or columns
    places = [columns.index(column) for column in key]
    rows: dict[Key, Cells] = {}
    twice: Counter[Key] = Counter()
    for values in lines[1:]:
        values.extend([""] * (len(columns) - len(values)))
        mark = tuple([even_out(values[place]) for place in places])
        if mark in rows:  # a key that stands twice is the checks' business; no row is lost here
            twice[mark] += 1
            mark = (*mark, f"({twice[mark] + 1})")
        rows[mark] = dict(zip(columns, values, strict=False))
    return Records(name, path, key, columns, rows, units)


def _read_sources(tree: Tree) -> dict[str, Mapping[str, Any]]:
    text = _text(tree, SOURCES)
    try:
        loaded = load_yaml(text, BaseLoader)
    except yaml.YAMLError as error:
        issue = Issue(SOURCES, f"not YAML in {tree.name}", str(error).splitlines()[0])
        raise LedgerError("The ledger cannot be compared.", [issue]) from error
    listed = loaded.get("references") if isinstance(loaded, dict) else None
    return {str(row["id"]): row for row in listed or [] if isinstance(row, dict) and row.get("id")}
