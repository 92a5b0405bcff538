"""What passes work on: the tree of one chapter, then that of the whole report."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sourcebook.errors import Issue
from sourcebook.render.document import Node, iterate_placed
from sourcebook.render.export.placeholders import Placed
from sourcebook.render.memo import Memo
from sourcebook.render.passes.names import Names
from sourcebook.render.source.chapters import SourceChapter
from sourcebook.render.source.places import Places
from sourcebook.render.source.project import Project

# What is numbered, named, referred to or set otherwise; the others are six in seven.
_NUMBERED = {"Cite", "CodeBlock", "Div", "Header", "Image", "Link", "Span", "Table"}
Payloads = Mapping[str, Mapping[str, Any]]
"""What figures and tables consist of besides nodes, by their keys: svg, narrow, alt, title, subtitle, chronology, data, code,
place, kind."""
Nodes = Sequence[tuple[Node, str]]
"""The nodes of a chapter, each with its place, as ``iterate_placed`` gives them."""


@dataclass
class ChapterTree:
    """One executed chapter as pandoc read it, to be changed by passes.

    ``head`` is what pandoc's document has besides blocks. ``outputs`` are those that placeholders name. ``warnings`` are
    passed on as they are; ``faults`` are what readers will miss, and stop a strict build; ``source`` are the cells it came from.
    """

    project: Project
    meta: Mapping[str, Any]
    head: Mapping[str, Any]
    blocks: list[Node]
    payloads: Payloads
    kinds: Sequence[str] = ()
    outputs: Mapping[str, Placed] = field(default_factory=dict)
    warnings: list[Issue] = field(default_factory=list)
    faults: list[Issue] = field(default_factory=list)
    source: SourceChapter | None = None


@dataclass
class ReportTree:
    """All chapters, to be changed by passes; at the end ``document`` is the whole, and ``title``, ``subtitle`` and ``abstract``
    stand on its title page.

    ``targets`` are what can be referred to, by label.
    """

    project: Project
    chapters: list[ChapterTree]
    names: Names
    places: Places
    memo: Memo
    targets: Mapping[str, Target] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    abstract: list[Node] = field(default_factory=list)
    title: list[Node] = field(default_factory=list)
    subtitle: list[Node] = field(default_factory=list)

    @functools.cached_property
    def nodes(self) -> list[Nodes]:
        """Those of each chapter that numbering and references look at: found once, so nothing may be moved afterwards."""
        return [
            [found for found in iterate_placed(chapter.blocks) if found[0]["t"] in _NUMBERED]
            for chapter in self.chapters
        ]


@dataclass(frozen=True)
class Target:
    """Something that can be referred to: its kind (fig, sec, eq …), number, title and place.

    Headings have a level, and may be left out of the contents; ``inlines`` are their titles, fit to stand in a link.
    """

    label: str
    kind: str
    number: str
    title: str
    place: str
    level: int = 0
    word: str = ""
    listed: bool = True
    inlines: tuple[Node, ...] = ()

    @property
    def name(self) -> str:
        """How prose calls it: "Figure 3", "Section 4.2", "Chapter 4"; a title when it has no number."""
        return self.word if self.number else self.title
