"""Widths of table columns that authors ask for: Quarto's ``tbl-colwidths``."""

from __future__ import annotations

import json
from typing import Any

from sourcebook.core.options import COLWIDTHS
from sourcebook.errors import Issue
from sourcebook.render.document import Node, iterate, iterate_placed
from sourcebook.render.passes.state import ChapterTree


def set_widths(chapter: ChapterTree) -> None:
    """Makes columns as wide as their table, a Div around it, the chapter or the project asks for.

    A list holds percentages of the line, shared out where they are more than a hundred together; its last one also
    holds for all further columns. ``false`` leaves widths to the contents, ``auto`` does so in tables with links,
    ``true`` keeps those that pandoc reads. Warns of what is none of these.
    """
    default = COLWIDTHS.of({**chapter.project.meta, **chapter.meta})
    asked: dict[int, Any] = {}
    issues: list[Issue] = []
    if not (default is None or _is_usable(default)):
        issues.append(_unusable(default, chapter.project.find(COLWIDTHS.name)))
    for node, place in iterate_placed(chapter.blocks):
        if node["t"] not in ("Div", "Table"):
            continue
        own = _take(node, place, issues)
        if node["t"] == "Table":
            wanted = asked.get(id(node), default) if own is None else own
            _apply(node, wanted if _is_usable(wanted) else None)
        elif own is not None:
            asked |= {id(inner): own for inner in iterate(node["c"][1]) if inner["t"] == "Table"}
    chapter.warnings += issues


def _take(node: Node, place: str, issues: list[Issue]) -> Any:
    """What a Div or table asks for by an attribute, which goes; None when that is nothing, or no widths."""
    pairs = node["c"][0][2]
    found = [value for key, value in pairs if key == COLWIDTHS.name]
    if not found:
        return None
    pairs[:] = [pair for pair in pairs if pair[0] != COLWIDTHS.name]
    try:
        asked = found[0] if found[0] == "auto" else json.loads(found[0])
    except ValueError:
        asked = found[0]
    if _is_usable(asked):
        return asked
    issues.append(_unusable(asked, place))
    return None


def _is_usable(asked: Any) -> bool:
    if isinstance(asked, list):
        numbers = [width for width in asked if isinstance(width, (int, float)) and width >= 0]
        return len(numbers) == len(asked) and sum(numbers) > 0
    return asked == "auto" or isinstance(asked, bool)


def _unusable(asked: Any, where: str) -> Issue:
    found = asked if isinstance(asked, str) else json.dumps(asked)
    return Issue(
        where, f"the setting '{COLWIDTHS.name}' is no list of widths", found, "[40, 60], auto, true or false"
    )


def _apply(table: Node, asked: Any) -> None:
    specs = table["c"][2]
    has_link = any(node["t"] == "Link" for node in iterate(table["c"][3:]))
    if asked is False or (asked == "auto" and has_link):
        widths = [0.0] * len(specs)
    elif isinstance(asked, list):
        widths = [*asked[: len(specs)], *[asked[-1]] * (len(specs) - len(asked))]
    else:
        return
    whole = max(100.0, sum(widths))
    for spec, width in zip(specs, widths, strict=True):
        spec[1] = {"t": "ColWidth", "c": round(width / whole, 4)} if width else {"t": "ColWidthDefault"}
