"""Exhibits on their way to a writer: numbered figures, tables and listings with all their parts named."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sourcebook.errors import Issue, RenderError
from sourcebook.render.tree.dialect import alternative_text
from sourcebook.render.tree.document import (
    Node,
    attributes,
    inlines_of,
    is_div,
    iterate,
    iterate_placed,
    parts_of,
)
from sourcebook.render.tree.tables import build_table

_PARTS = ("caption", "td", "note", "source")
Payloads = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Exhibit:
    """One figure, table or listing. ``caption``, ``notes`` and ``source`` are inlines, ``content`` is blocks."""

    label: str
    kind: str
    name: str
    caption: list[Node]
    content: list[Node]
    notes: list[list[Node]] = field(default_factory=list)
    source: list[Node] = field(default_factory=list)
    alt: str = ""
    svg: str = ""
    csv: str = ""
    columns: int = 1
    sub: bool = False


def read_exhibit(div: Node, payloads: Payloads) -> Exhibit:
    """The exhibit of a numbered ``.exhibit`` Div, with picture and data from the chapters' ``payloads``."""
    label, classes, pairs = attributes(div)
    payload = payloads.get(label, {})
    content = [block for block in div["c"][1] if not any(is_div(block, part) for part in _PARTS)]
    if payload.get("kind") == "table":
        content = [build_table(payload["columns"], parts_of(div, "td"))]
    return Exhibit(
        label=label,
        kind=label.split("-", 1)[0] or "fig",
        name=pairs.get("name", ""),
        caption=inlines_of([block for part in parts_of(div, "caption") for block in part]),
        content=content,
        notes=[inlines_of(part) for part in parts_of(div, "note")],
        source=inlines_of([block for part in parts_of(div, "source") for block in part]),
        alt=payload.get("alt", ""),
        svg=payload.get("svg") or "",
        csv=_csv(payload.get("data") or {}),
        columns=int(pairs.get("layout-ncol", 1)),
        sub="sub" in classes,
    )


def check_exhibits(chapters: Sequence[list[Node]], payloads: Payloads) -> None:
    """Raises ``RenderError`` for exhibits without a caption, and pictures without alt text or whose alt text is the
    caption again.
    """
    issues: list[Issue] = []
    for blocks in chapters:
        for node, place in iterate_placed(blocks):
            if is_div(node, "exhibit"):
                issues += _check_texts(node, payloads.get(attributes(node)[0], {}), place)
    if issues:
        raise RenderError("Exhibits lack the texts that make them accessible.", issues)


def _check_texts(node: Node, payload: Mapping[str, Any], place: str) -> list[Issue]:
    label = attributes(node)[0] or "a figure"
    kind = label.split("-", 1)[0]
    issues = []
    if payload and not payload.get("caption"):
        issues.append(Issue(place, f"{label} has no caption", fix=f"add '#| {kind}-cap: …'"))
    if payload.get("svg"):
        issues += _check_alt(label, payload["alt"], payload["caption"], place)
    images = [alternative_text(image) for image in iterate(node["c"][1]) if image["t"] == "Image"]
    issues += [issue for alt in images for issue in _check_alt(label, alt, "", place)]
    return issues


def _check_alt(label: str, alt: str, caption: str, place: str) -> list[Issue]:
    if not alt:
        return [
            Issue(place, f"{label} has no alternative text", fix="add '#| fig-alt: …' or {fig-alt=\"…\"}")
        ]
    if alt == caption:
        fix = "say what a blind reader needs: kind of chart, message, the numbers that carry it"
        return [Issue(place, f"the alternative text of {label} repeats its caption", fix=fix)]
    return []


def _csv(data: Mapping[str, Any]) -> str:
    if not data:
        return ""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(data["columns"])
    writer.writerows(["" if value is None else value for value in row] for row in data["rows"])
    return stream.getvalue()
