"""HTML: the numbered tree as one self-contained page that asks nothing of the network."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sourcebook.render.source.project import Project
from sourcebook.render.tools import place_complaints, write_document
from sourcebook.render.tree.assembly import Report
from sourcebook.render.tree.conditions import drop_places, select_by_format
from sourcebook.render.tree.dialect import NO_ALT, alternative_text, title_of
from sourcebook.render.tree.document import (
    Node, attributes, div, is_div, link, plain, raw, raw_inline, text, transform,
)  # fmt: skip
from sourcebook.render.tree.exhibits import Payloads, read_exhibit, read_layout
from sourcebook.render.tree.media import data_address
from sourcebook.render.tree.references import Target
from sourcebook.render.write.fonts import font_css
from sourcebook.render.write.web.about import LIMITS, say_date, summarise, write_footer, write_json_ld
from sourcebook.render.write.web.assets import THEME, hash_script, read_script, read_styles
from sourcebook.render.write.web.claims import Entry, make_cards, mark_claim, read_entries
from sourcebook.render.write.web.exhibits import lay_out, write_exhibit
from sourcebook.render.write.web.explorer import write_explorer

# A corner above row headers heads nothing.
_EMPTY_HEADER = re.compile(r"<th(?: scope=\"\w+\")?((?: rowspan=\"\d+\"| colspan=\"\d+\")*)[^>]*>\s*</th>")
_OPTIONS = [
    "--template",
    str(THEME / "report.html"),
    "--mathml",
    "--section-divs",
    "--shift-heading-level-by=1",
]


def render_html(report: Report, store: Path | None = None) -> bytes:
    """The whole page as bytes: text, MathML, pictures, data, styles, script and fonts in one file.

    Cut fonts are kept in a hidden folder of ``store``, if one is given.
    """
    project = report.project
    blocks, warnings = select_by_format(report.document["blocks"], "html")
    report.places.complain(warnings)
    blocks = drop_places(blocks)
    entries = read_entries(blocks)
    blocks = transform(
        blocks, lambda node: write_explorer(entries) if is_div(node, "claim-explorer") else None
    )
    shown = _Page(project, report.payloads, entries)
    meta = _metadata(report) | {
        "abstract": {"t": "MetaBlocks", "c": shown.blocks(report.abstract)},
        "summary": {"t": "MetaBlocks", "c": shown.blocks(summarise(blocks, entries))},
        "cards": {"t": "MetaBlocks", "c": shown.blocks(make_cards([*report.abstract, *blocks], entries))},
    }
    document = {**report.document, "meta": meta, "blocks": shown.blocks(blocks)}
    page, complaints = write_document(document, "html5", _OPTIONS)
    report.places.complain(place_complaints(complaints, report.document["blocks"]))
    return _dress(_EMPTY_HEADER.sub(r"<td\1></td>", page), project, entries, store).encode()


def _dress(page: str, project: Project, entries: Mapping[str, Entry], store: Path | None) -> str:
    """The page with styles, fonts, script and what it says of itself; the first of each mark is the template's."""
    script, styles = read_script(), read_styles()
    parts = {
        "/*hash*/": hash_script(script),
        "/*styles*/": font_css(page + styles, store) + "\n" + styles,
        "/*json-ld*/": write_json_ld(project, entries.values()),
    }
    for mark, content in parts.items():
        page = page.replace(mark, content, 1)
    for mark, content in {"<!--footer-->": write_footer(project), "/*script*/": script}.items():
        page = content.join(page.rsplit(mark, 1))
    return page


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
    if project.option("html", "toc", project.kind == "book"):
        meta["contents"] = {"t": "MetaBlocks", "c": [raw("html", _contents(report.targets))]}
    return meta


class _Page:
    """Turns nodes into what pandoc's HTML writer shows as we want it."""

    def __init__(self, project: Project, payloads: Payloads, entries: Mapping[str, Entry]) -> None:
        self.project, self.payloads, self.entries = project, payloads, entries

    def blocks(self, blocks: list[Node]) -> list[Node]:
        """``blocks`` for the page."""
        made: list[Node] = transform(blocks, self._visit)
        return made

    def _visit(self, node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        marked = mark_claim(node, self.entries)
        if marked is not None:
            return marked
        if kind == "Image":
            return _image(node, self.project.root)
        if kind == "Table":
            return _wrapped(
                'div class="scroll" role="group" aria-label="Table" tabindex="0"', [node], "</div>"
            )
        if kind == "Cite":
            return list(node["c"][1])
        if kind == "Header":
            return _heading(node)
        if kind == "Span" and "kbd" in attributes(node)[1]:
            return [raw_inline("html", "<kbd>"), *node["c"][1], raw_inline("html", "</kbd>")]
        return self._division(node) if kind == "Div" else None

    def _division(self, node: Node) -> list[Node] | None:
        label, classes, pairs = attributes(node)
        if "exhibit" in classes:
            return write_exhibit(read_exhibit(node, self.payloads), self.project)
        if "equation" in classes:
            number = f"<span>({pairs['number']})</span></div>"
            return _wrapped(
                f'div class="equation" id="{label}" tabindex="0" role="group" aria-label="Equation {pairs["number"]}"',
                node["c"][1],
                number,
            )
        if "theorem" in classes:
            return _theorem(node)
        if "tabset" in classes:
            tabs = [_tab(tab, number) for number, tab in enumerate(node["c"][1])]
            return _wrapped('div class="tabset"', tabs, "</div>")
        if "code-fold" in classes:
            state = " open" if pairs.get("state") == "open" else ""
            opening = f"<details{state}><summary>{html.escape(pairs.get('summary', 'Code'))}</summary>"
            return [raw("html", opening), *node["c"][1], raw("html", "</details>")]
        if "grid" in classes:
            return lay_out(node["c"][1], read_layout(pairs, len(node["c"][1])))
        if "claim-entry" in classes:
            kept = [[key, value] for key, value in node["c"][0][2] if key == "verdict"]
            return [{"t": "Div", "c": [[label, classes, kept], node["c"][1]]}]
        kind = next((name for name in classes if name.startswith("callout-")), None)
        return _callout(node, kind.removeprefix("callout-")) if kind else None


def _heading(node: Node) -> Node | None:
    """A heading's number is its permalink."""
    level, (label, classes, pairs), inlines = node["c"]
    if (
        not label
        or not inlines
        or inlines[0]["t"] != "Span"
        or "header-section-number" not in attributes(inlines[0])[1]
    ):
        return None
    number = link(inlines[0]["c"][1], f"#{label}", "header-section-number")
    return {"t": "Header", "c": [level, [label, classes, pairs], [number, *inlines[1:]]]}


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


def _contents(targets: Mapping[str, Target]) -> str:
    """Chapters, and in each its sections."""
    chapters: list[tuple[Target, list[Target]]] = []
    for target in targets.values():
        if target.kind == "sec" and target.level == 1 and "." not in target.number:
            chapters.append((target, []))
        elif target.kind == "sec" and target.level == 2 and chapters:
            chapters[-1][1].append(target)
    return f"<ol>{''.join(_item(chapter, sections) for chapter, sections in chapters)}</ol>"


def _item(target: Target, sections: list[Target]) -> str:
    number = f'<span class="number">{target.number}</span> ' if target.number else ""
    below = f"<ol>{''.join(_item(section, []) for section in sections)}</ol>" if sections else ""
    return f'<li><a href="#{target.label}">{number}{html.escape(target.title)}</a>{below}</li>'
