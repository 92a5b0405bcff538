"""HTML: the numbered tree as one self-contained page that asks nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

from sourcebook.core.options import FORMAT as FORMATS
from sourcebook.core.options import TOC, TOC_DEPTH
from sourcebook.render.assembly import Report
from sourcebook.render.document import Node, is_div, iterate, plain, raw, raw_inline
from sourcebook.render.export.live_charts import read_libraries
from sourcebook.render.formats import Files, Format
from sourcebook.render.formats.fonts import font_css
from sourcebook.render.formats.html_about import (
    summarise_verdicts,
    write_footer,
    write_json_ld,
    write_limits,
)
from sourcebook.render.formats.html_chapters import write_chapters
from sourcebook.render.formats.html_claims import Entry
from sourcebook.render.formats.html_nodes import HtmlNodes
from sourcebook.render.formats.html_outline import PageChapters
from sourcebook.render.formats.html_pictures import write_dark_rules
from sourcebook.render.formats.look import check_families, own_fonts, write_css, write_logo
from sourcebook.render.passes.number import read_depth
from sourcebook.render.passes.state import Target
from sourcebook.render.source.people import list_keywords
from sourcebook.render.source.project import Project
from sourcebook.render.tools import place_complaints
from sourcebook.render.words import is_rtl

THEME = Path(__file__).parent.parent / "theme" / "page"
_STYLES = ("base", "dialect", "reading", "claims", "exhibits", "charts", "explorer", "print")
_SCRIPTS = ("ahead", "contents", "cards", "previews", "exhibits", "charts", "explorer")
# What the style sheet for outputs of cells is for: most pages of projects have none of it.
_OF_NOTEBOOKS = re.compile(
    r'<body class="notebook"|<pre class="cell-output [^"]|<span class="ansi-|class="[^"]*\b(?:stderr|error)\b'
)
# What the page says of itself to programs, and our script; more of them are those of outputs that are trusted.
_OWN_SCRIPTS = 2
# Its first sign comes first: looked for from what stands before it, each place of a page would be looked at three times.
_SHAPE = re.compile(r'[nx](?:(?<= id=".)|(?<= href="#.)|(?<=url\(#.))[0-9a-f]{8}-s?\d+(?=["\)])')
_MARKER = re.compile(r'<defs><path d="([^"]*)" id="([nx][0-9a-f]{8}-\d+)" ?/></defs>')
# A bar over more than a letter, which stretches with few fonts: a rule of the style sheet draws it.
_BAR = '</mrow><mo accent="true">¯</mo></mover>'
_BLANKS = re.compile(r"(?:(?<!\s)\s+)?([{};,])\s*|(?<=\w:) ")


def render_html(report: Report, store: Path | None = None) -> bytes:
    """The whole page as bytes: text, MathML, pictures, data, styles, script and fonts in one file.

    Cut fonts are kept in a hidden folder of ``store``, if one is given.
    """
    chapters = PageChapters(report)
    report.places.complain([*chapters.warnings, *check_families(report.project)])
    html_nodes = HtmlNodes(report, chapters.entries)
    meta = _metadata(report, html_nodes, chapters.titles) | {
        name: {"t": "MetaBlocks", "c": html_nodes.blocks(blocks)}
        for name, blocks in _first_screen(report.abstract, chapters).items()
    }
    if chapters.explorer:
        meta["explorer"] = {"t": "MetaString", "c": f"All {len(chapters.entries)} claims, to search"}
    if logo := write_logo(report.project):
        meta["logo"] = {"t": "MetaBlocks", "c": [raw("html", logo)]}
    page, complaints = write_chapters(report, THEME / "report.html", meta, chapters.list_parts(html_nodes))
    report.places.complain(place_complaints(complaints, report.document["blocks"]))
    return _dress(page, report.project, chapters.entries, store).encode()


def read_styles() -> str:
    """All style sheets in the order in which they override each other, without needless blanks: no string holds these signs."""
    return _BLANKS.sub(r"\1", "\n".join(_read(f"{name}.css") for name in _STYLES))


def read_script() -> str:
    """All scripts as one; each keeps its names to itself."""
    return "\n".join(f"{{\n{_read(f'{name}.js')}}}" for name in _SCRIPTS)


def hash_script(script: str) -> str:
    """The source expression that allows exactly this inline script (CSP level 2)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _first_screen(abstract: list[Node], chapters: PageChapters) -> dict[str, list[Node]]:
    """What stands below the title: the abstract's words, what the report does not show, the abstract's exhibits, the verdicts."""
    words = list(
        takewhile(lambda block: not any(is_div(one, "exhibit") for one in iterate([block])), abstract)
    )
    exhibits = abstract[len(words) :]
    verdicts = summarise_verdicts(chapters.entries, pictured=bool(exhibits))
    screen = {
        "abstract": words,
        "limits-box": write_limits(chapters.limits),
        "exhibits": exhibits,
        "verdicts": [raw("html", verdicts)] if verdicts else [],
    }
    return {name: blocks for name, blocks in screen.items() if blocks}


def _metadata(report: Report, html_nodes: HtmlNodes, titles: Mapping[str, list[Node]]) -> dict[str, Any]:
    project = report.project
    lang = project.lang
    strings = {
        "title": project.title, "subtitle": project.subtitle, "author": project.author, "date": project.date,
        "description": project.description, "keywords": ", ".join(project.keywords), "lang": project.lang,
    }  # fmt: skip
    strings["date"] = project.edition[:1].upper() + project.edition[1:]
    strings |= {"dir": "rtl" if is_rtl(lang) else "", "contents-title": project.title_contents("html")}
    strings |= {"abstract-word": project.abstract_title if project.kind != "book" else ""}
    strings |= {"shown-keywords": list_keywords(project)}
    formats = FORMATS.of(project.meta)
    strings["pdf"] = (
        f"{project.name}.pdf" if isinstance(formats, dict) and {"pdf", "typst"} & set(formats) else ""
    )
    strings |= {"isodate": project.date, "citationdate": project.date.replace("-", "/")}
    # They stand in attributes too, and pandoc leaves quotation marks as they are.
    meta: dict[str, Any] = {
        key: {"t": "MetaInlines", "c": [raw_inline("html", html.escape(text))]}
        for key, text in strings.items()
        if text
    }
    meta |= {
        key: {"t": "MetaInlines", "c": html_nodes.blocks(list(words))}
        for key, words in (("heading", report.title), ("subheading", report.subtitle))
        if words
    }
    if people := _people(project):
        meta["people"] = {"t": "MetaBlocks", "c": [raw("html", people)]}
    if project.is_notebook:
        meta["notebook"] = {"t": "MetaBool", "c": True}
    if project.option("html", TOC, project.kind == "book"):
        depth = int(project.option("html", TOC_DEPTH, 2 if project.kind == "book" else 3))
        shown = read_depth(project, "html")
        headings = [
            replace(target, number=target.number if target.level <= shown else "")
            for target in report.targets.values()
            if target.kind == "sec" and target.level <= depth
        ]
        shown_here = [target for target in headings if target.listed and target.label in titles]
        shown_titles = {target.label: html_nodes.blocks(titles[target.label]) for target in shown_here}
        if shown_here:
            meta["contents"] = {"t": "MetaBlocks", "c": _contents(shown_here, shown_titles)}
    return meta


def _people(project: Project) -> str:
    """The authors of a document, each with what is known of them; a book names them at its end."""
    if project.kind == "book":
        return ""
    lines = []
    for person in project.people:
        parts = [html.escape(part) for part in (person.name, *person.affiliations)]
        if person.email:
            address = html.escape(person.email)
            parts.append(f'<a href="mailto:{address}">{address}</a>')
        if person.orcid:
            number = html.escape(person.orcid)
            parts.append(f'<a href="https://orcid.org/{number}">{number}</a>')
        lines.append(f'<p class="author">{", ".join(parts)}</p>')
    return "".join(lines)


def _contents(headings: Sequence[Target], titles: Mapping[str, list[Node]]) -> list[Node]:
    """The headings as a list, those of lower levels in lists of their own."""
    level = min((target.level for target in headings), default=1)
    starts = [number for number, target in enumerate(headings) if target.level == level]
    ends = [*starts[1:], len(headings)]
    items = [
        node
        for start, end in zip(starts, ends, strict=False)
        for node in _item(headings[start], headings[start + 1 : end], titles)
    ]
    return [raw("html", "<ol>"), *items, raw("html", "</ol>")]


def _item(target: Target, below: Sequence[Target], titles: Mapping[str, list[Node]]) -> list[Node]:
    number = f'<span class="number">{target.number}</span> ' if target.number else ""
    inside = _contents(below, titles) if below else []
    opening = raw_inline("html", f'<li><a href="#{html.escape(target.label)}">{number}')
    return [
        plain([opening, *titles[target.label], raw_inline("html", "</a>")]),
        *inside,
        raw("html", "</li>"),
    ]


def _dress(page: str, project: Project, entries: Mapping[str, Entry], store: Path | None) -> str:
    """The page with styles, fonts, script and what it says of itself; the first of each mark is the template's."""
    script, styles = read_script(), read_styles()
    if _OF_NOTEBOOKS.search(page):
        styles += _BLANKS.sub(r"\1", _read("notebook.css"))
    fonts = font_css("".join(sorted(set(page + styles))), store, own_fonts(project))
    acts = project.acting and page.count("<script") > _OWN_SCRIPTS
    if acts and (libraries := "".join(f"<script>{text}</script>\n" for text in read_libraries(page))):
        page = page.replace("</header>", f"</header>\n{libraries}", 1)
    page = _shorten_shapes(page).replace(_BAR, _BAR.replace("<mo", '<mo class="overline"'))
    parts = {
        "'/*hash*/'": "'unsafe-inline'" if acts else f"'{hash_script(script)}'",
        "/*styles*/": "\n".join([fonts, styles, *filter(None, [write_css(project), write_dark_rules(page)])]),
        "/*json-ld*/": write_json_ld(project, entries.values()),
    }
    for mark, content in parts.items():
        page = page.replace(mark, content, 1)
    for mark, content in {"<!--footer-->": write_footer(project), "/*script*/": script}.items():
        page = content.join(page.rsplit(mark, 1))
    return page


def _shorten_shapes(page: str) -> str:
    """The page with short names for the shapes of its charts, which are told apart by digests; those of markers that are
    alike stand there once.
    """
    alike: dict[str, str] = {}
    same = {name: alike.setdefault(path, name) for path, name in _MARKER.findall(page)}
    page = _MARKER.sub(lambda found: found[0] if same[found[2]] == found[2] else "", page)
    names: dict[str, str] = {}
    return _SHAPE.sub(lambda found: names.setdefault(same.get(found[0], found[0]), f"~{len(names)}"), page)


def _read(name: str) -> str:
    """A file of the theme without comments and indentation, which are for those who change it."""
    text = (THEME / name).read_text(encoding="utf-8")
    bare = re.sub(r"^\s*(?://.*\n|/\*.*?\*/\n)", "", text, flags=re.MULTILINE)
    return re.sub(r"^[ \t]+", "", bare, flags=re.MULTILINE)


def _write(report: Report, folder: Path | None) -> Files:
    return {f"{report.project.name}.html": render_html(report, folder)}


FORMAT = Format(
    name="html",
    title="Report (HTML)",
    mime="text/html",
    write=_write,
    answers=frozenset({"html", "html5", "html:js"}),
    raw=frozenset({"html", "html5"}),
    interactive=True,
)
