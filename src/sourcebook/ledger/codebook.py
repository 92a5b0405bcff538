"""The codebook: ``data/README.md``, whose tables of columns are written from ``data/datapackage.json``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sourcebook.core.files import write_textfile
from sourcebook.core.textfile import read_textfile
from sourcebook.errors import Issue
from sourcebook.ledger.schema import Column, Schema, Table, read_schema

CODEBOOK = "data/README.md"
MARK = (
    "<!-- From here on written by `sourcebook check --codebook` from datapackage.json; edit above only. -->"
)
_COMMAND = "run `sourcebook check --codebook`"
_TARGETS = {"sources": "key of sources.yaml", "sections": "id of a section"}
_TYPES = {"string": "text", "number": "number", "integer": "whole number", "boolean": "yes or no"}


def render_codebook(schema: Schema) -> str:
    """Every table with its columns: type, unit and meaning, and what each allowed value means."""
    return "\n".join(line for table in schema.tables.values() for line in _render_table(table))


def check_codebook(root: Path, schema: Schema) -> list[Issue]:
    """Whether the codebook says what the schema says."""
    text, issues = read_textfile(root, CODEBOOK)
    if text is None:
        return [Issue(CODEBOOK, "the codebook is missing", fix=_COMMAND)]
    if text != _merge(text, schema):
        issues.append(Issue(CODEBOOK, "the codebook is not what datapackage.json says", fix=_COMMAND))
    return issues


def write_codebook(root: Path) -> Path:
    """Write the tables of columns below the head that people write, and return the file's path."""
    text, _ = read_textfile(root, CODEBOOK)
    path = root / CODEBOOK
    write_textfile(path, _merge(text or "# The data\n", read_schema(root)))
    return path


def _merge(text: str, schema: Schema) -> str:
    head = text.partition(MARK)[0].rstrip("\n")
    return f"{head}\n\n{MARK}\n\n{render_codebook(schema)}"


def _render_table(table: Table) -> Iterator[str]:
    yield f"## {table.title}: `{table.path.removeprefix('data/')}`\n"
    yield f"{table.description} Sorted by {', '.join(f'`{name}`' for name in table.key)}.\n"
    yield "| column | holds | unit | meaning |"
    yield "| --- | --- | --- | --- |"
    links = {name: target for name, target, _ in table.links}
    for column in table.columns:
        cells = (
            f"`{column.name}`",
            _holds(column, links.get(column.name, "")),
            column.unit,
            column.description,
        )
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
    yield ""
    for column in table.columns:
        if column.enum:
            yield f"`{column.name}`: {_values(column)}.\n"


def _holds(column: Column, link: str) -> str:
    kind = "date" if column.edtf else _TYPES[column.type]
    if column.enum:
        kind = "one of the words below"
    target = link or column.references
    if target:
        kind = _TARGETS.get(target, f"id of {target}")
    if column.separator:
        kind = f"list of {kind}, joined by `{column.separator}`"
    return kind if column.required else f"{kind}, or empty"


def _values(column: Column) -> str:
    meanings = column.meanings or {}
    return "; ".join(f"**{value}** {meanings.get(value, '')}".rstrip() for value in column.enum)
