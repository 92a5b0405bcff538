"""Titles and headings of the whole report: none skips a level, each has an address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sourcebook.core.options import ABSTRACT, ID, NUMBER_SECTIONS, TITLE
from sourcebook.errors import Issue
from sourcebook.render.document import Node, attributes, is_div, plain_text, transform
from sourcebook.render.passes.clean import read_inlines
from sourcebook.render.passes.state import ChapterTree, Nodes, ReportTree
from sourcebook.render.tools import read_short


def add_title(chapter: ChapterTree) -> None:
    """Sets a book's chapter's title, if it stands in its front matter; as in Quarto, headings of that level are chapters too."""
    if chapter.project.kind != "book":
        return
    classes = ["unnumbered"] if NUMBER_SECTIONS.of(chapter.meta) is False else []
    headings = [node for node in chapter.blocks if node["t"] == "Header" and node["c"][0] == 1]
    for node in headings:
        node["c"][1][1] += classes
    if not TITLE.of(chapter.meta):
        return
    inlines = read_short(str(TITLE.of(chapter.meta)))[0]["c"]
    if headings and plain_text(headings[0]["c"][2]) == plain_text(inlines):
        return  # said twice
    label = str(ID.of(chapter.meta) or "-".join(plain_text(inlines).lower().split()))
    # Behind the marker of the chapter's first cell.
    chapter.blocks.insert(1, {"t": "Header", "c": [1, [label, classes, []], inlines]})


def take_title(report: ReportTree) -> None:
    """Sets a document's title, if need be from its only first-level heading; the highest headings become first level.

    Titles lose their marks of emphasis, since programs show them too.
    """
    if report.project.kind != "book":
        _take_heading(report)
    title, subtitle = _plain(report.project.title), _plain(report.project.subtitle)
    report.project = replace(report.project, title=title, subtitle=subtitle)


def open_parts(report: ReportTree) -> None:
    """Puts a part's title before its first chapter; a part's page of its own is no numbered chapter."""
    for index, title in report.project.parts.items():
        blocks = report.chapters[index].blocks
        if title:
            heading: Node = {"t": "Header", "c": [1, ["", ["unnumbered", "part"], []], read_inlines(title)]}
            blocks.insert(1, heading)  # behind the marker of the chapter's first cell
            continue
        for node in blocks:
            if node["t"] == "Header" and node["c"][0] == 1:
                node["c"][1][1].append("unnumbered")


def mend_levels(report: ReportTree) -> None:
    """Raises, in place, headings that skip a level to the next one, and warns of them.

    A screen reader that announces levels would miss a heading there, and PDF/UA forbids it.
    """
    issues: list[Issue] = []
    above = 0
    for node, place in (found for nodes in report.nodes for found in nodes):
        if node["t"] != "Header":
            continue
        if node["c"][0] > above + 1:
            words = plain_text(node["c"][2])
            what = f"the heading '{words}' skips a level; it is set one below the last"
            issues.append(Issue(place, what))
            node["c"][0] = above + 1
        above = node["c"][0]
    report.places.complain(issues)


def name_headings(chapters: Sequence[Nodes], taken: set[str]) -> None:
    """Gives headings without a label an anchor made of their words, as pandoc does: every section has an address."""
    counts: Counter[str] = Counter()
    for nodes in chapters:
        for node, _ in nodes:
            if node["t"] == "Header" and not attributes(node)[0]:
                bare = re.sub(r"[^\w\s.-]+", "", plain_text(node["c"][2]).lower())
                words = re.sub(r"^[\W\d_]+", "", "-".join(bare.split()))
                name = words = words or "section"
                while name in taken:
                    counts[words] += 1
                    name = f"{words}-{counts[words]}"
                taken.add(name)
                node["c"][1][0] = name


def take_abstract(report: ReportTree) -> None:
    """Moves the ``.abstract`` Divs, or the metadata's abstract, to the title page."""
    blocks: list[Node] = report.document["blocks"]
    abstract: list[Node] = []

    def visit(node: Node) -> list[Node] | None:
        """Takes the contents of an abstract out of whatever it stands in."""
        if not is_div(node, "abstract"):
            return None
        abstract.extend(node["c"][1])
        return []

    on_top = [node for node in blocks if is_div(node, "abstract")]
    if sum(is_div(node, "abstract") for nodes in report.nodes for node, _ in nodes) == len(on_top):
        # As nearly always, and quickly done.
        abstract = [block for node in on_top for block in node["c"][1]]
        blocks = [node for node in blocks if not is_div(node, "abstract")]
    else:
        blocks = transform(blocks, visit)
    if not abstract and ABSTRACT.of(report.project.meta):
        abstract = read_short(str(ABSTRACT.of(report.project.meta)))
    report.document, report.abstract = report.document | {"blocks": blocks}, abstract


def _take_heading(report: ReportTree) -> None:
    (chapter,) = report.chapters
    headings = [node for node in chapter.blocks if node["t"] == "Header"]
    tops = [node for node in headings if node["c"][0] == 1]
    title = report.project.title
    if not title and len(tops) == 1 and headings[0] is tops[0]:
        title = plain_text(tops[0]["c"][2])
        anchor: Node = {"t": "Div", "c": [[attributes(tops[0])[0], [], []], []]}
        chapter.blocks = [anchor if node is tops[0] else node for node in chapter.blocks]
        headings.remove(tops[0])
    report.project = replace(report.project, title=title or report.project.name)
    shift = min((node["c"][0] for node in headings), default=1) - 1
    for node in headings:
        node["c"][0] -= shift


def _plain(title: str) -> str:
    """A title without its marks of emphasis."""
    return plain_text(read_inlines(title)) if re.search(r"[*_`$\[\]^~\\]", title) else title
