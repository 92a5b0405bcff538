"""Titles and headings of the whole report: none skips a level, each has an address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import replace

from sourcebook.core.options import ABSTRACT, ID, NUMBER_SECTIONS, TITLE
from sourcebook.errors import Issue
from sourcebook.render.document import (
    Node,
    attributes,
    bare_inlines,
    div,
    is_div,
    iterate,
    plain_text,
    transform,
)
from sourcebook.render.passes.cite import read_keys
from sourcebook.render.passes.clean import clean_tree, read_inlines
from sourcebook.render.passes.state import ChapterTree, Nodes, ReportTree
from sourcebook.render.tools import read_short
from sourcebook.render.words import set_quotes


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
    inlines = read_inlines(str(TITLE.of(chapter.meta)))
    if headings and plain_text(headings[0]["c"][2]) == plain_text(inlines):
        return  # said twice
    label = str(ID.of(chapter.meta) or "-".join(plain_text(inlines).lower().split()))
    # Behind the marker of the chapter's first cell.
    shown = list(set_quotes(inlines, chapter.project.lang))
    chapter.blocks.insert(1, {"t": "Header", "c": [1, [label, classes, []], shown]})


def take_title(report: ReportTree) -> None:
    """Sets a document's title, if need be from its only first-level heading; the highest headings become first level.

    What the project has besides is without marks of emphasis, since programs show it too: of a document without a title
    the name of its file.
    """
    project = report.project
    cites = any("@" in words for words in (project.title, project.subtitle))
    keys = read_keys(project, report.memo) if cites else ()
    report.title, report.subtitle = (
        _read(words, project.lang, keys) for words in (project.title, project.subtitle)
    )
    if project.kind != "book":
        _take_heading(report)
    _add_abstract(report)
    description = plain_text(_read(project.description, project.lang))
    people = tuple(replace(one, name=plain_text(_read(one.name, project.lang))) for one in project.people)
    report.project = replace(
        project, title=plain_text(report.title) or project.name, subtitle=plain_text(report.subtitle),
        people=people, author=", ".join(one.name for one in people), description=description, untitled=not report.title,
    )  # fmt: skip


def _add_abstract(report: ReportTree) -> None:
    """Puts the metadata's abstract before the text, where all else is done with it that is done with prose."""
    said = str(ABSTRACT.of(report.project.meta) or "")
    if said and not any(is_div(node, "abstract") for one in report.chapters for node in iterate(one.blocks)):
        blocks = list(set_quotes(read_short(said), report.project.lang))
        if not report.project.trusted:
            blocks, warnings = clean_tree(blocks)
            place = report.project.find(ABSTRACT.name)
            report.places.complain([replace(issue, where=place) for issue in warnings])
        report.chapters[0].blocks.insert(1, div(blocks, "", "abstract"))


def open_parts(report: ReportTree) -> None:
    """Puts a part's title before its first chapter; a part's page of its own is no numbered chapter."""
    for index, title in report.project.parts.items():
        blocks = report.chapters[index].blocks
        if title:
            shown = list(set_quotes(read_inlines(title), report.project.lang))
            heading: Node = {"t": "Header", "c": [1, ["", ["unnumbered", "part"], []], shown]}
            blocks.insert(1, heading)  # behind the marker of the chapter's first cell
            continue
        for node in blocks:
            if node["t"] == "Header" and node["c"][0] == 1:
                node["c"][1][1].append("unnumbered")


def mend_headings(report: ReportTree) -> None:
    """Raises, in place, headings that skip a level to the next one, leaves an anchor of those without words, and warns.

    A screen reader that announces levels would miss a heading there and says nothing here, and PDF/UA forbids both.
    """
    issues: list[Issue] = []
    above = 0
    in_tabs: set[int] = set()  # what they skip is the tab's own title, which is no heading any more
    for node, place in (found for nodes in report.nodes for found in nodes):
        if is_div(node, "tab"):
            in_tabs |= {id(one) for one in iterate(node["c"][1]) if one["t"] == "Header"}
        if node["t"] != "Header":
            continue
        if not plain_text(node["c"][2]).strip():
            issues.append(Issue(place, "a heading has no words; it is left out"))
            node.update(div([], attributes(node)[0]))
            continue
        if node["c"][0] > above + 1:
            what = f"the heading '{plain_text(node['c'][2])}' skips a level; it is set one below the last"
            if id(node) not in in_tabs:
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
        _lead_to_words(nodes)


def _lead_to_words(nodes: Nodes) -> None:
    """Has links that are a heading's words alone, [as this][], lead there: its anchor was not known when they were read."""
    bare = [node for node, _ in nodes if node["t"] == "Link" and node["c"][2][0] == "#"]
    headings = [node for node, _ in nodes if node["t"] == "Header"] if bare else []
    anchors = {plain_text(node["c"][2]).casefold(): node["c"][1][0] for node in reversed(headings)}
    for link in bare:
        link["c"][2][0] = "#" + anchors.get(plain_text(link["c"][1]).casefold(), "")


def take_abstract(report: ReportTree) -> None:
    """Moves the ``.abstract`` Divs to the title page."""
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
    report.document, report.abstract = report.document | {"blocks": blocks}, abstract


def _take_heading(report: ReportTree) -> None:
    (chapter,) = report.chapters
    headings = [node for node in chapter.blocks if node["t"] == "Header"]
    tops = [node for node in headings if node["c"][0] == 1]
    if not report.title and len(tops) == 1 and headings[0] is tops[0] and _opens(chapter.blocks):
        report.title = bare_inlines(tops[0]["c"][2])
        anchor: Node = {"t": "Div", "c": [[attributes(tops[0])[0], [], []], []]}
        chapter.blocks = [anchor if node is tops[0] else node for node in chapter.blocks]
        headings.remove(tops[0])
    shift = min((node["c"][0] for node in headings), default=1) - 1
    for node in iterate(chapter.blocks):  # those in blocks, too
        if node["t"] == "Header":
            node["c"][0] = max(1, node["c"][0] - shift)


def _opens(blocks: list[Node]) -> bool:
    """Whether the first heading stands before all words; badges, code and its output may come first."""
    for block in blocks:
        if block["t"] == "Header":
            return True
        if block["t"] in ("Para", "Plain") and any(part["t"] == "Str" for part in block["c"]):
            return False
    return True


def _read(title: str, lang: str, keys: Container[str] = ()) -> list[Node]:
    """A text of the title page; a citation in it of what is not among ``keys`` is plain text."""

    def visit(node: Node) -> list[Node] | None:
        """The words of a citation."""
        known = node["t"] == "Cite" and all(one["citationId"] in keys for one in node["c"][0])
        return list(node["c"][1]) if node["t"] == "Cite" and not known else None

    return list(set_quotes(transform(read_inlines(title), visit), lang))
