"""Exhibits on their way to a writer: table cells become tables, and each part gets a name."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.errors import Issue, RenderError
from sourcebook.render.document import Node, attributes, inlines_of, is_div, iterate_placed, parts_of
from sourcebook.render.tables import build_table


@dataclass(frozen=True)
class Exhibit:
    """One numbered figure or table, ready for a writer; inlines and blocks are pandoc nodes."""

    label: str
    kind: str
    number: str
    caption: list[Node]
    notes: list[list[Node]]
    source: list[Node]
    alt: str
    svg: str
    table: Node | None
    csv: str

    @property
    def name(self) -> str:
        """ "Figure 3" or "Table 2"; an exhibit without a caption is not numbered in print."""
        return f"{'Table' if self.kind == 'tbl' else 'Figure'}\u00a0{self.number}"


def read_exhibit(div: Node, payloads: Mapping[str, Mapping[str, Any]]) -> Exhibit:
    """The exhibit of a numbered ``.exhibit`` Div, with picture and data from the chapters' ``payloads``."""
    label, _, pairs = attributes(div)
    payload = payloads[label]
    cells = parts_of(div, "td")
    table = build_table(payload["columns"], cells) if payload["kind"] == "table" else None
    return Exhibit(
        label=label,
        kind=label.split("-", 1)[0],
        number=pairs["number"],
        caption=inlines_of([block for part in parts_of(div, "caption") for block in part]),
        notes=[inlines_of(part) for part in parts_of(div, "note")],
        source=inlines_of([block for part in parts_of(div, "source") for block in part]),
        alt=payload.get("alt", ""),
        svg=payload.get("svg") or "",
        table=table,
        csv=_csv(payload.get("data") or {}),
    )


def check_exhibits(
    chapters: Sequence[list[Node]], payloads: Mapping[str, Mapping[str, Any]]
) -> None:
    """Raises ``RenderError`` for figures without a caption or alt text, or whose alt text is the caption again."""
    issues: list[Issue] = []
    for blocks in chapters:
        for node, place in iterate_placed(blocks):
            if is_div(node, "exhibit"):
                label = attributes(node)[0]
                issues += _check_texts(label, payloads[label], place)
    if issues:
        raise RenderError("Exhibits lack the texts that make them accessible.", issues)


def _check_texts(label: str, payload: Mapping[str, Any], place: str) -> list[Issue]:
    prefix = "tbl" if payload["kind"] == "table" else "fig"
    issues = []
    if not payload.get("caption"):
        issues.append(Issue(place, f"{label} has no caption", fix=f"add '#| {prefix}-cap: …'"))
    if prefix == "fig":
        alt = payload.get("alt", "")
        if not alt:
            issues.append(Issue(place, f"{label} has no alternative text", fix="add '#| fig-alt: …'"))
        elif alt == payload.get("caption"):
            fix = "say what a blind reader needs: kind of chart, message, the numbers that carry it"
            issues.append(Issue(place, f"the alternative text of {label} repeats its caption", fix=fix))
    return issues


def _csv(data: Mapping[str, Any]) -> str:
    if not data:
        return ""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(data["columns"])
    writer.writerows(["" if value is None else value for value in row] for row in data["rows"])
    return stream.getvalue()
