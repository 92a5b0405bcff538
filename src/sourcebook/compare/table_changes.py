"""What changed in the series and the other tables, in the schema and the settings."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping

import yaml

from sourcebook.compare.changes import Change, Detail, list_cells, one_side, sides_of
from sourcebook.compare.records import ARTICLE, PACKAGE, Cells, Data, Key, Records
from sourcebook.compare.tokens import relative_difference
from sourcebook.compare.trees import Tree
from sourcebook.core.yaml_text import load_yaml

LEDGER = ("claims", "evidence", "verdicts")
JUDGEMENTS = "judgements"
_SERIES = "data/series/"


def compare_tables(before: Data, after: Data) -> Iterator[Change]:
    """One change for each series, one for each row of the other tables (a key judgement is a finding), one for
    columns that come or go.
    """
    for name in sorted(before.tables.keys() | after.tables.keys()):
        old, new = before.tables.get(name), after.tables.get(name)
        if old is None or new is None:
            table = new or old
            assert table is not None
            count = f"{len(table.rows)} row{'' if len(table.rows) == 1 else 's'}"
            kind = "series" if table.path.startswith(_SERIES) else "settings"
            what = "added" if new else "removed"
            yield Change(kind, what, name, *one_side(count, added=bool(new)), table.path)
            continue
        yield from _compare_columns(old, new)
        if new.path.startswith(_SERIES):
            yield from _compare_series(old, new)
        elif name not in LEDGER:
            yield from _compare_rows(old, new)


def compare_settings(before: Tree, after: Tree) -> Iterator[Change]:
    """What the article's description, the data package and ``_quarto.yml`` say otherwise, chapters left out."""
    readers: dict[str, Callable[[str], object]] = {
        ARTICLE: tomllib.loads,
        PACKAGE: _read_package,
        "_quarto.yml": _read_settings,
    }
    for path, read in readers.items():
        old, new = before.text(path), after.text(path)
        if old == new:
            continue
        try:
            sides = (
                _flatten(read(old or "{}" * (path == PACKAGE))),
                _flatten(read(new or "{}" * (path == PACKAGE))),
            )
        except (ValueError, yaml.YAMLError):
            yield Change("settings", "changed", path, where=path)
            continue
        cells = tuple(list_cells(*sides))
        if cells:
            yield Change("settings", "changed", path, *sides_of(cells), path, 0.5, (), cells)


def _compare_columns(old: Records, new: Records) -> Iterator[Change]:
    """A column in one state only; without any row on either side there is nothing to have lost."""
    for what, columns, others in (("added", new.columns, old.columns), ("removed", old.columns, new.columns)):
        for column in columns:
            if others and column not in others:
                yield Change("settings", what, f"column {column} of {new.name}", where=new.path, size=0.5)


def _compare_series(old: Records, new: Records) -> Iterator[Change]:
    cells = list(_differing_cells(old, new))
    added, removed = new.rows.keys() - old.rows.keys(), old.rows.keys() - new.rows.keys()
    if not (cells or added or removed):
        return
    details = [
        *(Detail(f"{_name(key)}, {cell.label}", cell.before, cell.after) for key, cell in cells),
        *(Detail(_name(key), before=_row(old, key)) for key in old.rows if key not in new.rows),
        *(Detail(_name(key), after=_row(new, key)) for key in new.rows if key not in old.rows),
    ]
    sizes = [relative_difference(cell.before, cell.after) for _, cell in cells]
    size = 1.0 if added or removed else max(sizes)
    sides, context = ("", ""), ""
    if cells:
        key, cell = cells[max(range(len(cells)), key=sizes.__getitem__)]
        unit = new.units.get(cell.label, "")
        sides, context = (cell.before, f"{cell.after} {unit}".strip()), f"{_name(key)}, {cell.label}"
    yield Change("series", "changed", new.name, *sides, new.path, size, (), tuple(details), context)


def _compare_rows(old: Records, new: Records) -> Iterator[Change]:
    for key in sorted(old.rows.keys() | new.rows.keys()):
        before, after = old.rows.get(key), new.rows.get(key)
        if before == after:
            continue
        subject = _name(key) if new.name == JUDGEMENTS else f"{_quote(key)} of {new.name}"
        kind = "finding" if new.name == JUDGEMENTS else "row"
        if before is None or after is None:
            sides = one_side(_row(new if after else old, key), added=bool(after))
            yield Change(kind, "added" if after else "removed", subject, *sides, new.path)
            continue
        cells = tuple(list_cells(before, after))
        if cells:
            size = len(cells) / max(len(after), 1)
            yield Change(kind, "changed", subject, *sides_of(cells), new.path, size, (), cells)


def _differing_cells(old: Records, new: Records) -> Iterator[tuple[Key, Detail]]:
    for key, row in new.rows.items():
        if key in old.rows and old.rows[key] != row:
            for cell in list_cells(old.rows[key], row):
                yield key, cell


def _name(key: Key) -> str:
    return " ".join(key)


def _quote(key: Key) -> str:
    """A row as a subject: its id, or all that tells it from others."""
    return key[0] if len(key) == 1 else f"row “{', '.join(key)}”"


def _row(table: Records, key: Key) -> str:
    """A row in short: what it says beside its key."""
    cells: Cells = table.rows[key]
    return ", ".join(text for column, text in cells.items() if text and column not in table.key)


def _read_package(text: str) -> dict[str, object]:
    """The data package with its tables and columns by name, so that their order does not matter."""
    package = json.loads(text)
    for resource in package.get("resources", []):
        fields = resource.get("schema", {}).get("fields", [])
        resource["schema"] = resource.get("schema", {}) | {
            "fields": {field.get("name"): field for field in fields}
        }
    package["resources"] = {resource.get("name"): resource for resource in package.get("resources", [])}
    return dict(package)


def _read_settings(text: str) -> dict[str, object]:
    """Settings without the table of contents, which is compared as chapters."""
    settings = load_yaml(text) or {}
    book = {
        name: value
        for name, value in (settings.get("book") or {}).items()
        if name not in ("chapters", "appendices")
    }
    return {**settings, "book": book}


def _flatten(value: object, name: str = "") -> Mapping[str, str]:
    """Leaves of nested mappings by their dotted name; lists are leaves."""
    if not isinstance(value, dict):
        return {name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)}
    flat: dict[str, str] = {}
    for key, child in value.items():
        flat |= _flatten(child, f"{name}.{key}" if name else str(key))
    return flat
