"""A published edition as a comparison reads it: chapters with their sentences, exhibits, and what both rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sourcebook.compare.trees import OUTPUT, Tree
from sourcebook.core.text import even_out
from sourcebook.errors import EditionError, Issue

REPORT = f"{OUTPUT}/report.json"
MARKDOWN = f"{OUTPUT}/report.md"
# What something is made of: "table:verdicts", "series:brent", "file:data/x.csv", "row:E031", "code:" with a cell's place.
Roots = frozenset[str]
_KINDS = {"tables": "table", "series": "series", "rows": "row", "files": "file"}


@dataclass(frozen=True)
class PrintedValue:
    """A computed value as printed, and what it is made of."""

    text: str
    roots: Roots


@dataclass(frozen=True)
class Sentence:
    """One sentence as a reader sees it; links inside the report are named by their label, not by their number."""

    text: str
    section: str
    place: str
    claims: tuple[str, ...] = ()
    exhibit: bool = False
    cell: str = ""
    values: tuple[PrintedValue, ...] = ()

    @property
    def even(self) -> str:
        """Its words however they are set: equal for two sentences that read the same."""
        return even_out(self.text)


@dataclass
class Chapter:
    """A chapter: its label, its title without number, and its sentences in reading order."""

    label: str
    title: str
    sentences: list[Sentence] = field(default_factory=list)


@dataclass
class Edition:
    """What an edition says: ``exhibits`` are cell and roots by label, ``names`` what readers call them ("Figure 3")
    and chapters.

    ``path`` is the file that says it.
    """

    path: str = REPORT
    chapters: list[Chapter] = field(default_factory=list)
    exhibits: Mapping[str, tuple[str, Roots]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _sentences(self) -> dict[str, Sentence]:
        return {sentence.text: sentence for chapter in self.chapters for sentence in chapter.sentences}

    def find_sentence(self, text: str) -> Sentence | None:
        """A sentence by its words."""
        return self._sentences.get(text)


def read_edition(tree: Tree) -> Edition | None:
    """The edition a state has published, none when it has none; one of before ``report.json`` is read from its Markdown.

    Raises EditionError for a ``report.json`` that is none.
    """
    if REPORT in tree.files:
        return parse_report(tree.files[REPORT], f"{REPORT} of {tree.name}")
    if MARKDOWN in tree.files:
        from sourcebook.compare.legacy_edition import read_markdown_edition

        return Edition(MARKDOWN, read_markdown_edition(tree.text(MARKDOWN)))
    return None


def parse_report(body: bytes, where: str = REPORT) -> Edition:
    """An edition from the bytes of its ``report.json``; raises EditionError for anything else."""
    try:
        content = json.loads(body)
        chapters = [_read_chapter(chapter) for chapter in content["chapters"]]
        exhibits = {
            exhibit["label"]: (_cell(exhibit.get("source", ""), exhibit), _read_roots(exhibit))
            for exhibit in content["exhibits"]
        }
        names = {exhibit["label"]: exhibit["name"] for exhibit in content["exhibits"] if exhibit.get("name")}
        names |= {
            chapter["label"]: f"“{chapter['title']}”" for chapter in content["chapters"] if chapter["label"]
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        issue = Issue(
            where, "not what sourcebook publishes", str(error), fix="restore it from git, or make publish"
        )
        raise EditionError("A published edition cannot be read.", [issue]) from error
    return Edition(REPORT, chapters, exhibits, names)


def _read_chapter(chapter: Mapping[str, Any]) -> Chapter:
    source = chapter.get("source", "")
    sentences = [_read_sentence(sentence, source) for sentence in chapter["sentences"]]
    return Chapter(chapter["label"], chapter["title"], sentences)


def _read_sentence(sentence: Mapping[str, Any], source: str) -> Sentence:
    part, exhibit = sentence.get("part", ""), sentence.get("exhibit", "")
    if exhibit:
        part = f"{part if part == 'alternative text' else 'text'} of {exhibit}"
    values = tuple(
        PrintedValue(value["text"], _read_roots(value, source)) for value in sentence.get("values", ())
    )
    return Sentence(
        sentence["text"],
        sentence.get("section", ""),
        part,
        tuple(sentence.get("claims", ())),
        bool(exhibit),
        _cell(source, sentence),
        values,
    )


def _cell(source: str, item: Mapping[str, Any]) -> str:
    return f"{source}, cell {item['cell']}" if source and item.get("cell") else ""


def _read_roots(item: Mapping[str, Any], source: str = "") -> Roots:
    lineage = item.get("lineage", {})
    source = item.get("source", source)
    named = {f"{word}:{name}" for kind, word in _KINDS.items() for name in lineage.get(kind, ())}
    return frozenset(named | {f"code:{source}, cell {cell}" for cell in lineage.get("cells", ())})
