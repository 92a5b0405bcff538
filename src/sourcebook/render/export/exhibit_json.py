"""The JSON by which an output says that it is an exhibit, of our own charts or of anybody's code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from sourcebook.core.shapes import NOTHING, NUMBER, TEXT, YES_NO, check_shape
from sourcebook.errors import Issue

_OPTIONAL = (*TEXT, NOTHING)
_COLUMN = dict.fromkeys(("label", "unit", "align"), _OPTIONAL) | {"width": (*NUMBER, NOTHING)}
_EXHIBIT = dict.fromkeys(("kind", "title", "subtitle", "note"), _OPTIONAL) | {
    "notes": [TEXT], "sources": [TEXT], "columns": [_COLUMN], "rows": [[TEXT]],
    "data": {"columns": [(*TEXT, *NUMBER)], "rows": [[(*_OPTIONAL, *NUMBER, *YES_NO)]]},
}  # fmt: skip


def check_exhibit(content: Any, place: str) -> list[Issue]:
    """What is wrong with it, in the cell ``place``."""
    if faults := list(check_shape(content, _EXHIBIT, place)):
        return faults[:1]
    columns, data = content.get("columns"), content.get("data")
    widths = {len(row) for row in content.get("rows") or []}
    if content.get("kind") == "table" and (not columns or widths - {len(columns)}):
        return [Issue(place, "the rows of a table have another number of cells than it has columns")]
    if data and not {"columns", "rows"} <= data.keys():
        return [Issue(place, "the data of an exhibit have no columns or no rows")]
    return []


def describe_exhibit(
    content: Mapping[str, Any], cell: NotebookNode, svg: str, narrow: str, alt: str
) -> dict[str, Any]:
    """What the chapter keeps of a cell's exhibit, whose JSON is ``content``: its pictures, its words, and the code behind it."""
    return {
        "kind": content.get("kind", "figure"),
        "title": content.get("title", ""),
        "subtitle": content.get("subtitle", ""),
        "data": content.get("data") or {},
        "svg": svg,
        "narrow": narrow,
        "chronology": content.get("chronology") or {},
        "alt": alt,
        "place": cell.metadata["place"],
        "code": cell.source,
    }
