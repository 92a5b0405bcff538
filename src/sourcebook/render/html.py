"""HTML: the numbered tree as one self-contained page that asks nothing of the network."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sourcebook.render.document import Node, attributes, is_div, plain, raw, raw_inline, transform
from sourcebook.render.exhibits import Exhibit, read_exhibit
from sourcebook.render.fonts import font_css
from sourcebook.render.project import Project
from sourcebook.render.references import Target
from sourcebook.render.tools import write_document

_THEME = Path(__file__).parent / "theme"


def render_html(
    project: Project,
    document: dict[str, Any],
    abstract: list[Node],
    targets: Mapping[str, Target],
    payloads: Mapping[str, Mapping[str, Any]],
) -> bytes:
    """The whole page as bytes: text, MathML, pictures, data, styles and fonts in one file."""
    blocks = transform(document["blocks"], lambda node: _visit(node, payloads))
    meta = {
        "title": _string(project.title),
        "subtitle": _string(project.subtitle),
        "author": _string(project.author),
        "date": _string(project.date),
        "description": _string(project.description),
        "lang": _string(project.lang),
        "abstract": {"t": "MetaBlocks", "c": abstract},
        "contents": {"t": "MetaBlocks", "c": [raw("html", _contents(targets))]},
    }
    options = ["--template", str(_THEME / "report.html"), "--mathml", "--section-divs", "--shift-heading-level-by=1"]
    page = write_document({**document, "meta": meta, "blocks": blocks}, "html5", options)
    styles = (_THEME / "report.css").read_text(encoding="utf-8")
    return page.replace("/*styles*/", font_css(page) + "\n" + styles, 1).encode()


def _visit(node: Node, payloads: Mapping[str, Mapping[str, Any]]) -> Node | list[Node] | None:
    if is_div(node, "exhibit"):
        return _figure(read_exhibit(node, payloads))
    if node["t"] == "Div":
        kind = next((name for name in node["c"][0][1] if name.startswith("callout-")), None)
        if kind:
            return _callout(node, kind.removeprefix("callout-"))
    return None


def _callout(node: Node, kind: str) -> list[Node]:
    title = attributes(node)[2].get("title", kind.capitalize())
    opening = f'<aside class="callout {html.escape(kind)}"><p class="callout-title">{html.escape(title)}</p>'
    return [raw("html", opening), *node["c"][1], raw("html", "</aside>")]


def _figure(exhibit: Exhibit) -> list[Node]:
    kind = "figure" if exhibit.kind == "fig" else "table"
    number = raw_inline("html", f'<span class="number">{exhibit.name}.</span> ')
    parts = [
        raw("html", f'<figure class="exhibit {kind}" id="{exhibit.label}"><figcaption>'),
        plain([number, *exhibit.caption]),
        raw("html", "</figcaption>"),
        *([exhibit.table] if exhibit.table else [raw("html", _picture(exhibit))]),
    ]
    for note in exhibit.notes:
        parts += [raw("html", '<p class="note">'), plain(note), raw("html", "</p>")]
    if exhibit.source:
        parts += [raw("html", '<p class="source">Source: '), plain(exhibit.source), raw("html", "</p>")]
    return [*parts, raw("html", _data(exhibit) + "</figure>")]


def _picture(exhibit: Exhibit) -> str:
    """The SVG with its alternative text as the name a screen reader says."""
    alt = html.escape(exhibit.alt)
    svg = re.sub(r"^.*?<svg\b", "<svg", exhibit.svg, count=1, flags=re.DOTALL)
    return f'<div class="picture">{svg.replace("<svg", f"""<svg role="img" aria-label="{alt}" """, 1)}</div>'


def _data(exhibit: Exhibit) -> str:
    """The exhibit's data to download and, under a picture, to read as a table."""
    if not exhibit.csv:
        return ""
    address = "data:text/csv;charset=utf-8;base64," + base64.b64encode(exhibit.csv.encode()).decode()
    download = f'<a download="{exhibit.label}.csv" href="{address}">Download as CSV</a>'
    if exhibit.table:
        return f'<p class="data">{download}</p>'
    head, *rows = csv.reader(io.StringIO(exhibit.csv))
    cells = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
    return f'<details class="data"><summary>Data</summary><p>{download}</p><div class="scroll">{table}</div></details>'


def _contents(targets: Mapping[str, Target]) -> str:
    """The list of chapters; deeper headings are found in the chapter itself."""
    items = "".join(
        f'<li><a href="#{target.label}"><span class="number">{target.number}</span> {html.escape(target.title)}</a></li>'
        for target in targets.values()
        if target.kind == "sec" and "." not in target.number and target.level == 1
    )
    return f"<ol>{items}</ol>"


def _string(value: str) -> dict[str, Any]:
    return {"t": "MetaString", "c": value}
