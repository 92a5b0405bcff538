"""The page around a report: title, what it says of itself to programs, contents."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from sourcebook.core.options import TOC, TOC_DEPTH
from sourcebook.render.assembly import Report
from sourcebook.render.document import Node, raw
from sourcebook.render.passes.state import Target
from sourcebook.render.tools import write_document
from sourcebook.render.write.look import write_logo
from sourcebook.render.write.web.about import LIMITS, say_date
from sourcebook.render.write.web.assets import THEME

OPTIONS = ["--mathml", "--section-divs", "--shift-heading-level-by=1"]
BODY, CARDS = "<!--body-->", "<!--cards-->"


def write_frame(report: Report, abstract: list[Node], summary: list[Node]) -> tuple[str, list[str]]:
    """The page with marks where its body and the cards go, and what pandoc warns of; ``abstract`` and ``summary`` are made
    for it already.
    """
    meta = _metadata(report) | {
        "abstract": {"t": "MetaBlocks", "c": abstract},
        "summary": {"t": "MetaBlocks", "c": summary},
        "cards": {"t": "MetaBlocks", "c": [raw("html", CARDS)]},
    }
    logo = write_logo(report.project)
    meta |= {"logo": {"t": "MetaBlocks", "c": [raw("html", logo)]}} if logo else {}
    document = {**report.document, "meta": meta, "blocks": [raw("html", BODY)]}
    options = ["--template", str(THEME / "report.html"), *OPTIONS]
    done = report.memo.recall(
        "html frame", [document], lambda: list(write_document(document, "html5", options))
    )
    return str(done[0]), list(done[1])


def _metadata(report: Report) -> dict[str, Any]:
    project = report.project
    strings = {
        "title": project.title, "subtitle": project.subtitle, "author": project.author, "date": project.date,
        "description": project.description, "keywords": ", ".join(project.keywords), "lang": project.lang,
    }  # fmt: skip
    strings["date"] = say_date(project)
    strings["limits"] = LIMITS if LIMITS in report.targets else ""
    meta: dict[str, Any] = {key: {"t": "MetaString", "c": text} for key, text in strings.items() if text}
    meta["isodate"] = {"t": "MetaString", "c": project.date}
    meta["citationdate"] = {"t": "MetaString", "c": project.date.replace("-", "/")}
    if project.option("html", TOC, project.kind == "book"):
        depth = int(project.option("html", TOC_DEPTH, 2))
        headings = [
            target for target in report.targets.values() if target.kind == "sec" and target.level <= depth
        ]
        meta["contents"] = {"t": "MetaBlocks", "c": [raw("html", _contents(headings))]}
    return meta


def _contents(headings: Sequence[Target]) -> str:
    """The headings as a list, those of lower levels in lists of their own."""
    level = min((target.level for target in headings), default=1)
    starts = [number for number, target in enumerate(headings) if target.level == level]
    ends = [*starts[1:], len(headings)]
    items = [
        _item(headings[start], headings[start + 1 : end]) for start, end in zip(starts, ends, strict=False)
    ]
    return f"<ol>{''.join(items)}</ol>"


def _item(target: Target, below: Sequence[Target]) -> str:
    if not target.listed:
        return ""
    number = f'<span class="number">{target.number}</span> ' if target.number else ""
    inside = _contents(below) if any(other.listed for other in below) else ""
    return f'<li><a href="#{target.label}">{number}{html.escape(target.title)}</a>{inside}</li>'
