"""HTML: the numbered tree as one self-contained page that asks nothing of the network."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sourcebook.render.source.project import Project
from sourcebook.render.tools import place_complaints, write_document
from sourcebook.render.tree.assembly import Report
from sourcebook.render.tree.conditions import drop_places, select_by_format
from sourcebook.render.tree.dialect import NO_ALT, alternative_text, title_of
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
from sourcebook.render.tree.exhibits import Exhibit, Payloads, read_exhibit, read_layout
from sourcebook.render.tree.media import data_address
from sourcebook.render.tree.references import Target
from sourcebook.render.write.fonts import font_css

_THEME = Path(__file__).parent.parent / "theme"
_PIXELS = {"px": 1.0, "pt": 96 / 72, "in": 96.0, "mm": 96 / 25.4, "cm": 96 / 2.54}
# Below this many pixels a picture is shown as large as it says, above it fills the line.
_SMALL = 480
# A corner above row headers heads nothing.
_EMPTY_HEADER = re.compile(r"<th(?: scope=\"\w+\")?((?: rowspan=\"\d+\"| colspan=\"\d+\")*)[^>]*>\s*</th>")


def render_html(report: Report, store: Path | None = None) -> bytes:
    """The whole page as bytes: text, MathML, pictures, data, styles and fonts in one file.

    Cut fonts are kept in a hidden folder of ``store``, if one is given.
    """
    project = report.project
    blocks, warnings = select_by_format(report.document["blocks"], "html")
    report.places.complain(warnings)
    shown = transform(drop_places(blocks), lambda node: _visit(node, project.root, report.payloads))
    document = {**report.document, "meta": _metadata(report), "blocks": shown}
    options = [
        "--template",
        str(_THEME / "report.html"),
        "--mathml",
        "--section-divs",
        "--shift-heading-level-by=1",
    ]
    page, complaints = write_document(document, "html5", options)
    report.places.complain(place_complaints(complaints, report.document["blocks"]))
    page = _EMPTY_HEADER.sub(r"<td\1></td>", page)
    styles = (_THEME / "report.css").read_text(encoding="utf-8")
    return page.replace(
        "/*styles*/", font_css(page, None if _holds_chapters(project, store) else store) + "\n" + styles, 1
    ).encode()


def _holds_chapters(project: Project, store: Path | None) -> bool:
    """Whether ``store`` is a folder that people work in, where nothing of ours shall lie about."""
    return store is not None and store.resolve() in {
        (project.root / path).resolve().parent for path in project.chapters
    }


def _metadata(report: Report) -> dict[str, Any]:
    project = report.project
    strings = {
        "title": project.title, "subtitle": project.subtitle, "author": project.author, "date": project.date,
        "description": project.description, "keywords": ", ".join(project.keywords), "lang": project.lang,
    }  # fmt: skip
    meta: dict[str, Any] = {key: {"t": "MetaString", "c": text} for key, text in strings.items() if text}
    if report.abstract:
        meta["abstract"] = {"t": "MetaBlocks", "c": report.abstract}
    if project.option("html", "toc", project.kind == "book"):
        meta["contents"] = {"t": "MetaBlocks", "c": [raw("html", _contents(report.targets))]}
    return meta


def _visit(node: Node, root: Path, payloads: Payloads) -> Node | list[Node] | None:
    kind = node["t"]
    if kind == "Image":
        return _image(node, root)
    if kind == "Div":
        return _figure(read_exhibit(node, payloads)) if is_div(node, "exhibit") else _box(node)
    if kind == "Table":
        region = 'div class="scroll" role="region" aria-label="Table" tabindex="0"'
        return _wrapped(region, [node], "</div>")
    if kind == "Span" and "kbd" in attributes(node)[1]:
        return [raw_inline("html", "<kbd>"), *node["c"][1], raw_inline("html", "</kbd>")]
    return None


def _box(node: Node) -> list[Node] | None:
    """A Div whose class HTML has an element for; other Divs stay Divs."""
    for name in attributes(node)[1]:
        if name in _BOXES:
            return _BOXES[name](node)
        if name.startswith("callout-"):
            return _callout(node, name.removeprefix("callout-"))
    return None


def _equation(node: Node) -> list[Node]:
    label, _, pairs = attributes(node)
    closing = f"<span>({html.escape(pairs['number'])})</span></div>"
    return _wrapped(f'div class="equation" id="{label}"', node["c"][1], closing)


def _tabset(node: Node) -> list[Node]:
    tabs = [_tab(tab, number) for number, tab in enumerate(node["c"][1])]
    return _wrapped('div class="tabset"', tabs, "</div>")


def _folded(node: Node) -> list[Node]:
    pairs = attributes(node)[2]
    state = " open" if pairs.get("state") == "open" else ""
    opening = f"<details{state}><summary>{html.escape(pairs.get('summary', 'Code'))}</summary>"
    return [raw("html", opening), *node["c"][1], raw("html", "</details>")]


def _grid(node: Node) -> list[Node]:
    return _laid_out(node["c"][1], read_layout(attributes(node)[2], len(node["c"][1])))


def _wrapped(tag: str, blocks: list[Node], closing: str) -> list[Node]:
    return [raw("html", f"<{tag}>"), *blocks, raw("html", closing)]


def _image(node: Node, root: Path) -> Node:
    """The picture inside the page; its alternative text is what a screen reader says."""
    (label, classes, pairs), _, (target, title) = node["c"]
    address = target if target.startswith("data:") else data_address(root / target)
    kept = [pair for pair in pairs if pair[0] in ("width", "height", "style")]
    return {
        "t": "Image",
        "c": [[label, classes, kept], text(alternative_text(node) or NO_ALT), [address, title]],
    }


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
    label, _, pairs = attributes(node)
    heading = title or text(kind.capitalize())
    if "name" in pairs:
        heading = [*text(pairs["name"]), *([{"t": "Str", "c": ": "}, *title] if title else [])]
    named = f' id="{label}"' if label else ""
    if pairs.get("collapse") in ("true", "false"):
        state = " open" if pairs["collapse"] == "false" else ""
        opening, closing = f"<details{state}{named}", ("<summary>", "</summary>", "</details>")
    else:
        opening, closing = f'<div role="note"{named}', ('<p class="callout-title">', "</p>", "</div>")
    opened = raw("html", f'{opening} class="callout {html.escape(kind)}">{closing[0]}')
    return [opened, plain(heading), raw("html", closing[1]), *blocks, raw("html", closing[2])]


def _laid_out(blocks: list[Node], layout: tuple[tuple[float, ...], ...]) -> list[Node]:
    """Blocks side by side, one grid for each row; negative widths are gaps."""
    made: list[Node] = []
    left = list(blocks)
    for row in layout:
        tracks = " ".join(f"minmax(0, {abs(width):g}fr)" for width in row)
        made.append(raw("html", f'<div class="grid" style="grid-template-columns: {tracks}">'))
        for width in row:
            part = [left.pop(0)] if width > 0 and left else []
            made += [raw("html", "<div>"), *part, raw("html", "</div>")]
        made.append(raw("html", "</div>"))
    return [*made, *left]


def _figure(exhibit: Exhibit) -> list[Node]:
    kind = {"tbl": "table", "lst": "listing"}.get(exhibit.kind, "figure")
    label = f' id="{exhibit.label}"' if exhibit.label else ""
    name = f'<span class="number">{html.escape(exhibit.name)}</span> ' if exhibit.name else ""
    content = [raw("html", _picture(exhibit))] if exhibit.svg else exhibit.content
    if exhibit.layout:
        content = _laid_out(content, exhibit.layout)
    parts = [
        raw(
            "html",
            f'<figure class="exhibit {kind}{" align-" + exhibit.align if exhibit.align else ""}"{label}>',
        )
    ]
    if exhibit.caption or exhibit.name:
        caption = plain([raw_inline("html", name), *exhibit.caption])
        parts += [raw("html", "<figcaption>"), caption, raw("html", "</figcaption>")]
    parts += content
    for note in exhibit.notes:
        parts += [raw("html", '<p class="note">'), plain(note), raw("html", "</p>")]
    if exhibit.source:
        parts += [raw("html", '<p class="source">Source: '), plain(exhibit.source), raw("html", "</p>")]
    return [*parts, raw("html", _data(exhibit) + "</figure>")]


def _picture(exhibit: Exhibit) -> str:
    """The SVG with its alternative text as the name a screen reader says."""
    alt = html.escape(exhibit.alt or NO_ALT)
    natural = _natural_width(exhibit.svg)
    size = (
        f"width: {exhibit.width}"
        if exhibit.width
        else f"max-width: {natural:g}px"
        if 0 < natural < _SMALL
        else ""
    )
    width = f' style="{html.escape(size)}"' if size else ""
    svg = re.sub(r"^.*?<svg\b", "<svg", exhibit.svg, count=1, flags=re.DOTALL)
    return f'<div class="picture"{width}>{svg.replace("<svg", f"""<svg role="img" aria-label="{alt}" """, 1)}</div>'


def _natural_width(svg: str) -> float:
    """The width in pixels that a picture says it has; zero when it does not say."""
    match = re.search(r"<svg[^>]*?\swidth=\"([\d.]+)(pt|px|in|mm|cm)?\"", svg)
    return float(match.group(1)) * _PIXELS[match.group(2) or "px"] if match else 0.0


def _data(exhibit: Exhibit) -> str:
    """The exhibit's data to download and, under a picture, to read as a table."""
    if not exhibit.csv:
        return ""
    address = "data:text/csv;charset=utf-8;base64," + base64.b64encode(exhibit.csv.encode()).decode()
    download = f'<a download="{exhibit.file}.csv" href="{address}">Download as CSV</a>'
    if exhibit.kind == "tbl":
        return f'<p class="data">{download}</p>'
    head, *rows = csv.reader(io.StringIO(exhibit.csv))
    cells = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    table = f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
    return f'<details class="data"><summary>Data</summary><p>{download}</p><div class="scroll" role="region" aria-label="Data" tabindex="0">{table}</div></details>'


def _contents(targets: Mapping[str, Target]) -> str:
    """The list of chapters; deeper headings are found in the chapter itself."""
    items = "".join(
        f'<li><a href="#{target.label}"><span class="number">{target.number}</span> {html.escape(target.title)}</a></li>'
        for target in targets.values()
        if target.kind == "sec" and "." not in target.number and target.level == 1
    )
    return f"<ol>{items}</ol>"


_BOXES: dict[str, Callable[[Node], list[Node]]] = {
    "equation": _equation,
    "theorem": _theorem,
    "tabset": _tabset,
    "code-fold": _folded,
    "grid": _grid,
}
