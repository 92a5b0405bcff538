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

from sourcebook.render.source.project import Project
from sourcebook.render.tools import write_document
from sourcebook.render.tree.dialect import alternative_text, title_of
from sourcebook.render.tree.document import (
    Node,
    attributes,
    div,
    is_div,
    plain,
    raw,
    raw_inline,
    text,
    transform,
)
from sourcebook.render.tree.exhibits import Exhibit, Payloads, read_exhibit
from sourcebook.render.tree.references import Target
from sourcebook.render.write.fonts import font_css
from sourcebook.render.write.media import data_address

_THEME = Path(__file__).parent.parent / "theme"


def render_html(
    project: Project,
    document: dict[str, Any],
    abstract: list[Node],
    targets: Mapping[str, Target],
    payloads: Payloads,
) -> bytes:
    """The whole page as bytes: text, MathML, pictures, data, styles and fonts in one file."""
    blocks = transform(document["blocks"], lambda node: _visit(node, project.root, payloads))
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
    options = [
        "--template",
        str(_THEME / "report.html"),
        "--mathml",
        "--section-divs",
        "--shift-heading-level-by=1",
    ]
    page = write_document({**document, "meta": meta, "blocks": blocks}, "html5", options)
    styles = (_THEME / "report.css").read_text(encoding="utf-8")
    return page.replace("/*styles*/", font_css(page) + "\n" + styles, 1).encode()


def _visit(node: Node, root: Path, payloads: Payloads) -> Node | list[Node] | None:
    if node["t"] == "Image":
        return _image(node, root)
    if node["t"] != "Div":
        return None
    if is_div(node, "exhibit"):
        return _figure(read_exhibit(node, payloads))
    label, classes, pairs = attributes(node)
    if "equation" in classes:
        return _wrapped(
            f'div class="equation" id="{label}"', node["c"][1], f"<span>({pairs['number']})</span></div>"
        )
    if "theorem" in classes:
        return _theorem(node)
    if "tabset" in classes:
        return _wrapped(
            'div class="tabset"', [_tab(tab, number) for number, tab in enumerate(node["c"][1])], "</div>"
        )
    if "code-fold" in classes:
        opening = f"<details><summary>{html.escape(pairs.get('summary', 'Code'))}</summary>"
        return [raw("html", opening), *node["c"][1], raw("html", "</details>")]
    kind = next((name for name in classes if name.startswith("callout-")), None)
    return _callout(node, kind.removeprefix("callout-")) if kind else None


def _wrapped(tag: str, blocks: list[Node], closing: str) -> list[Node]:
    return [raw("html", f"<{tag}>"), *blocks, raw("html", closing)]


def _image(node: Node, root: Path) -> Node:
    """The picture inside the page; its alternative text is what a screen reader says."""
    (label, classes, pairs), _, (target, title) = node["c"]
    address = target if target.startswith("data:") else data_address(root / target)
    kept = [pair for pair in pairs if pair[0] in ("width", "height")]
    return {"t": "Image", "c": [[label, classes, kept], text(alternative_text(node)), [address, title]]}


def _theorem(node: Node) -> list[Node]:
    label, _, pairs = attributes(node)
    title, blocks = title_of(node)
    named = [*text(" ("), *title, *text(")")] if title else []
    opening = plain([{"t": "Strong", "c": [*text(pairs["name"]), *named]}])
    return _wrapped(f'div class="theorem" id="{label}"', [opening, *blocks], "</div>")


def _tab(tab: Node, number: int) -> Node:
    """Tabs open and close without a script; in print all are open."""
    title, blocks = title_of(tab)
    opening = raw("html", "<details open><summary>" if number == 0 else "<details><summary>")
    return div([opening, plain(title), raw("html", "</summary>"), *blocks, raw("html", "</details>")])


def _callout(node: Node, kind: str) -> list[Node]:
    title, blocks = title_of(node)
    folded = attributes(node)[2].get("collapse") == "true"
    heading = title or text(kind.capitalize())
    opening, middle, closing = (
        ("details", "summary", "details") if folded else ("aside", 'p class="callout-title"', "aside")
    )
    return [
        raw("html", f'<{opening} class="callout {html.escape(kind)}"><{middle}>'),
        plain(heading),
        raw("html", f"</{middle.split()[0]}>"),
        *blocks,
        raw("html", f"</{closing}>"),
    ]


def _figure(exhibit: Exhibit) -> list[Node]:
    kind = {"tbl": "table", "lst": "listing"}.get(exhibit.kind, "figure")
    label = f' id="{exhibit.label}"' if exhibit.label else ""
    name = f'<span class="number">{exhibit.name}{"" if exhibit.sub else "."}</span> ' if exhibit.name else ""
    content = [raw("html", _picture(exhibit))] if exhibit.svg else exhibit.content
    if exhibit.columns > 1:
        content = _wrapped(f'div class="grid" style="--columns:{exhibit.columns}"', content, "</div>")
    parts = [
        raw("html", f'<figure class="exhibit {kind}"{label}><figcaption>'),
        plain([raw_inline("html", name), *exhibit.caption]),
        raw("html", "</figcaption>"),
        *content,
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
    if exhibit.kind == "tbl":
        return f'<p class="data">{download}</p>'
    head, *rows = csv.reader(io.StringIO(exhibit.csv))
    cells = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
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
