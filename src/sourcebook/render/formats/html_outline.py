"""What other parts of the page say of each chapter, known from an earlier build where the chapter is what it was."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from functools import partial
from typing import Any, TypedDict

from sourcebook.core.files import digest
from sourcebook.errors import Issue
from sourcebook.render.assembly import Report
from sourcebook.render.document import Node, attributes, bare_inlines, is_div, is_marker, iterate
from sourcebook.render.formats.html_about import cite_report, find_limits
from sourcebook.render.formats.html_chapters import Part
from sourcebook.render.formats.html_claims import Entry, find_claim, read_entries
from sourcebook.render.formats.html_nodes import HtmlNodes, find_picture
from sourcebook.render.formats.parts import cut_chapters, name_chapters
from sourcebook.render.passes.conditions import find_anchor, is_conditional, select_content, unlink
from sourcebook.render.passes.side_notes import NotesBeside
from sourcebook.render.source.project import Project

_FORM = "html"


class _Start(TypedDict):
    """Where a chapter begins: in which cell, and behind which of the notes that stand beside the text."""

    place: str
    noted: str
    notes: int


class _Outline(TypedDict):
    """A chapter's anchors, what it leads to and shows, titles, claims, limits, what it cannot show, and where it ends."""

    anchors: list[str]
    links: list[str]
    cited: list[str]
    payloads: list[str]
    pictures: list[str]
    titles: dict[str, list[Node]]
    entries: dict[str, dict[str, Any]]
    limits: list[Node]
    explorer: bool
    warnings: list[list[Any]]
    end: _Start


@dataclass(frozen=True)
class _Chapter:
    """A chapter of the numbered report, a digest of it, where it begins, and its outline."""

    blocks: list[Node]
    digest: str
    start: _Start
    outline: _Outline


class PageChapters:
    """The chapters of a report as HTML shows them.

    ``entries`` are those of all claims and ``titles`` the words of headings, by their anchors; ``limits`` a few sentences on
    what the report does not show; ``explorer`` is whether it lists all claims; ``warnings`` are of what cannot be shown.
    """

    def __init__(self, report: Report) -> None:
        self._report, self._chapters = report, _read_chapters(report)
        outlines = [chapter.outline for chapter in self._chapters.values()]
        self._anchors = {anchor for outline in outlines for anchor in outline["anchors"]}
        self.entries = {
            label: Entry(**found | {"claim": unlink(found["claim"], self._anchors)})
            for outline in outlines
            for label, found in outline["entries"].items()
        }
        self.titles = {label: title for outline in outlines for label, title in outline["titles"].items()}
        self.limits = unlink(
            next(filter(None, (outline["limits"] for outline in outlines)), []), self._anchors
        )
        self.explorer = any(outline["explorer"] for outline in outlines)
        self.warnings = [Issue(*issue) for outline in outlines for issue in outline["warnings"]]

    def list_parts(self, html_nodes: HtmlNodes) -> dict[str, Part]:
        """The chapters as parts of the page, by the names under which they are kept."""
        return {
            name: Part(self._list_needs(chapter), partial(self._write, chapter, html_nodes))
            for name, chapter in self._chapters.items()
        }

    def _write(self, chapter: _Chapter, html_nodes: HtmlNodes) -> list[Node]:
        """The nodes of a chapter as pandoc shall write them."""
        selected, _ = _select(chapter.blocks, chapter.start)
        shown, _ = _set_notes(self._report.project, selected, chapter.start)
        return html_nodes.blocks(unlink(shown, self._anchors) if self._list_dead(chapter) else shown)

    def _list_needs(self, chapter: _Chapter) -> list[Any]:
        """All that these rest on: the chapter itself, and what ``_write`` and ``HtmlNodes`` have from elsewhere."""
        report, project, outline = self._report, self._report.project, chapter.outline
        payloads = [report.payloads.get(key, {}) for key in outline["payloads"]]
        sources = [report.places.sources.get(payload.get("place", "")) for payload in payloads]
        cited = [self.entries[label] for label in outline["cited"] if label in self.entries]
        return [
            [chapter.digest, chapter.start["noted"], chapter.start["notes"], self._list_dead(chapter)],
            [payloads, [source.place for source in sources if source]],
            [digest((project.root / path).read_bytes()) for path in outline["pictures"]],
            [(entry.label, entry.name, entry.verdict) for entry in cited],
            [asdict(entry) for entry in self.entries.values()] if outline["explorer"] else [],
            [project.meta, project.kind, project.lang, cite_report(project)],
        ]

    def _list_dead(self, chapter: _Chapter) -> list[str]:
        """What it leads to and HTML does not show."""
        return [link for link in chapter.outline["links"] if link not in self._anchors]


def _read_chapters(report: Report) -> dict[str, _Chapter]:
    """The chapters of the numbered report by the names under which they are kept."""
    found: dict[str, _Chapter] = {}
    start = _Start(place="", noted="", notes=0)
    for name, blocks in name_chapters(_FORM, cut_chapters(report.document["blocks"])).items():
        known = digest(json.dumps(blocks).encode())
        outline = report.memo.recall(
            f"{name}, outline",
            [known, start, report.project.meta, report.project.kind],
            partial(_outline, report.project, blocks, start),
        )
        found[name] = _Chapter(blocks, known, start, outline)
        start = outline["end"]
    return found


def _outline(project: Project, blocks: list[Node], start: _Start) -> _Outline:
    selected, warnings = _select(blocks, start)
    shown, beside = _set_notes(project, selected, start)
    linked, nodes = list(iterate(selected)), list(iterate(shown))
    links = (node["c"][2][0] for node in linked if node["t"] == "Link")
    headings = [node for node in nodes if node["t"] == "Header"]
    divs = [node for node in nodes if node["t"] == "Div"]
    places = (node["c"][1] for node in reversed(linked) if is_marker(node))
    # Each chapter of a book has notes of its own.
    noted, notes = ("", 0) if beside.book else (beside.chapter, beside.count)
    return _Outline(
        anchors=_once(map(find_anchor, linked)),
        links=_once(link[1:] for link in links if link.startswith("#")),
        cited=_once(map(find_claim, nodes)),
        payloads=_once(attributes(node)[2].get("payload", "") for node in divs),
        pictures=_once(address for node in nodes if (address := find_picture(node))),
        titles={attributes(node)[0]: bare_inlines(_drop_number(node["c"][2])) for node in headings},
        entries={label: asdict(entry) for label, entry in read_entries(nodes).items()},
        limits=find_limits(shown),
        explorer=any(is_div(node, "claim-explorer") for node in divs),
        warnings=[list(astuple(issue)) for issue in warnings],
        end=_Start(place=next(places, start["place"]), noted=noted, notes=notes),
    )


def _select(blocks: list[Node], start: _Start) -> tuple[list[Node], list[Issue]]:
    """What HTML shows of a chapter, and warnings of what it cannot show."""
    if any(is_conditional(node, _FORM) for node in iterate(blocks)):
        return select_content(blocks, _FORM, start["place"])
    return blocks, []


def _set_notes(project: Project, blocks: list[Node], start: _Start) -> tuple[list[Node], NotesBeside]:
    """A chapter with its notes where they stand, and which of them is the last."""
    beside = NotesBeside(project, _FORM)
    beside.chapter, beside.count = start["noted"], start["notes"]
    return beside.blocks(blocks), beside


def _drop_number(inlines: list[Node]) -> list[Node]:
    """A heading's title alone."""
    numbered = inlines and inlines[0]["t"] == "Span" and "header-section-number" in attributes(inlines[0])[1]
    return inlines[1:] if numbered else inlines


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
