"""What a report says, as data: chapters and sentences as a reader sees them, read from the numbered tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sourcebook.core.text import split_sentences
from sourcebook.render.assembly import Report
from sourcebook.render.document import (
    QUOTES,
    Node,
    attributes,
    is_div,
    is_marker,
    iterate,
    plain,
    plain_text,
    space,
    text,
)
from sourcebook.render.lineage import Lineage
from sourcebook.render.passes.conditions import select_by_format
from sourcebook.render.passes.dialect import alternative_text
from sourcebook.render.passes.exhibits import Exhibit, read_exhibit
from sourcebook.render.passes.layout import title_of

# What the ledger and the list of sources print again: it stands in the data already.
_ECHOES = ("claim-", "ref-")


@dataclass(frozen=True)
class Value:
    """What an inline expression gave, as printed, with what it was computed from."""

    text: str
    expression: str
    lineage: Lineage


@dataclass
class Sentence:
    """One sentence as a reader sees it. ``place`` is its cell's chapter and number, ``part`` says where it stands."""

    text: str
    section: str
    part: str
    exhibit: str
    place: str
    claims: tuple[str, ...]
    values: list[Value] = field(default_factory=list)


@dataclass
class Chapter:
    """A chapter: its label, its title without number, the place of its first cell, its sentences in reading order."""

    label: str
    title: str
    place: str = ""
    sentences: list[Sentence] = field(default_factory=list)


@dataclass(frozen=True)
class ReportText:
    """The chapters of a report, the title page first, and its exhibits with the places they stand at."""

    chapters: list[Chapter]
    exhibits: list[tuple[Exhibit, str]]


def read_report(report: Report) -> ReportText:
    """What a report says, as its Markdown edition shows it."""
    blocks, _ = select_by_format(report.document["blocks"], "md")
    reader = _Reader(report)
    reader.read([*_opening(report), *report.abstract, *blocks])
    chapters = [chapter for chapter in reader.chapters if chapter.title or chapter.sentences]
    return ReportText(chapters, reader.exhibits)


def _opening(report: Report) -> list[Node]:
    """What stands on the title page besides the title and the abstract."""
    project = report.project
    lines = [
        project.subtitle,
        ", ".join(filter(None, (project.author, project.edition))),
        project.description,
    ]
    return [{"t": "Para", "c": text(line)} for line in lines if line]


class _Reader:
    """Walks the numbered tree and gathers chapters, their sentences, and exhibits."""

    def __init__(self, report: Report) -> None:
        self.payloads = report.payloads
        self.chapters = [Chapter("", "Title page")]
        self.exhibits: list[tuple[Exhibit, str]] = []
        self.section = self.place = ""

    def read(self, blocks: Iterable[Node], part: str = "", exhibit: str = "") -> None:
        """Blocks in reading order. ``part`` says where the first of them stands: an item of a list, a table."""
        for block in blocks:
            kind = block["t"]
            if is_marker(block):
                self.place = block["c"][1]
            elif kind == "Header":
                self._open(block)
            elif kind == "Div":
                self._division(block, part, exhibit)
            elif kind == "Table" and not exhibit:
                self._table(block)
            elif kind in ("Para", "Plain", "LineBlock"):
                for line in block["c"] if kind == "LineBlock" else [block["c"]]:
                    self._add(line, part, exhibit)
            else:
                for inner, place in _inside(block, part):
                    self.read(inner, place, exhibit)

    def _open(self, header: Node) -> None:
        level, (label, _, _), inlines = header["c"]
        title = _read_words([node for node in inlines if not _is_number(node)])
        self.section = title if level > 1 else ""
        if level == 1:
            self.chapters.append(Chapter(label, title, self.place))

    def _division(self, block: Node, part: str, exhibit: str) -> None:
        label, _, _ = attributes(block)
        if label.startswith(_ECHOES):
            return
        if is_div(block, "exhibit"):
            self._exhibit(read_exhibit(block, self.payloads))
            return
        title, blocks = title_of(block)
        if title:
            self._add(title, part, exhibit)
        self.read(blocks, part, exhibit)

    def _exhibit(self, found: Exhibit) -> None:
        name = found.label or found.file
        self.exhibits.append((found, self.place))
        for part, words in (("finding", found.finding), ("measure", found.measure)):
            self._add(text(words), part, name)
        self._add(found.caption, "caption", name)
        if found.svg:
            self._add_alternative(found.alt, found.file, name)
        else:
            self.read(found.content, "content", name)
        for note in found.notes:
            self._add(note, "note", name)
        if found.source:
            self._add([*text("Source: "), *found.source], "source", name)

    def _table(self, block: Node) -> None:
        """Rows of a table in the prose, a sentence each; those of an exhibit are its data."""
        _, _, _, head, bodies, foot = block["c"]
        rows = [*head[1], *(row for body in bodies for group in body[2:] for row in group), *foot[1]]
        for _, cells in rows:
            inlines = [node for cell in cells for part in cell[4] for node in [*_inlines(part), space()]]
            words = _read_words(inlines)
            if re.search(r"\w", words):
                self._keep(words, "table", "", _find_claims(inlines))

    def _add(self, inlines: Sequence[Node], part: str, exhibit: str) -> None:
        for node in iterate(list(inlines)):
            if node["t"] == "Image":
                stem = node["c"][2][0].rsplit("/", 1)[-1].rsplit(".", 1)[0]
                self._add_alternative(alternative_text(node), stem, exhibit)
        for words in split_sentences(_read_words(inlines, marked=True)):
            claims = tuple(dict.fromkeys(re.findall(r"⟦claim-([\w-]+)⟧", words)))
            self._keep(_unmark(words), part, exhibit, claims)
        for node in iterate(list(inlines)):
            if node["t"] == "Note":
                self.read(node["c"], "note", exhibit)

    def _add_alternative(self, words: str, stem: str, exhibit: str) -> None:
        for sentence in split_sentences(words):
            self._keep(sentence, "alternative text", exhibit or stem, ())

    def _keep(self, words: str, part: str, exhibit: str, claims: tuple[str, ...]) -> None:
        if re.search(r"\w", words):
            found = Sentence(words, self.section, part, exhibit, self.place, claims)
            self.chapters[-1].sentences.append(found)


def _inside(block: Node, part: str) -> Iterator[tuple[list[Node], str]]:
    """The blocks inside a quotation or list, and where they stand."""
    kind = block["t"]
    if kind == "BlockQuote":
        yield block["c"], part
    elif kind == "BulletList":
        yield from ((item, part) for item in block["c"])
    elif kind == "OrderedList":
        for number, item in enumerate(block["c"][1], start=block["c"][0][0]):
            yield item[:1], f"item {number}"
            yield item[1:], part
    elif kind == "DefinitionList":
        for term, definitions in block["c"]:
            yield [plain(term)], part
            yield from ((definition, part) for definition in definitions)


def _is_number(node: Node) -> bool:
    return node["t"] == "Span" and "header-section-number" in node["c"][0][1]


def _inlines(block: Node) -> list[Node]:
    return block["c"] if block["t"] in ("Para", "Plain") else text(plain_text([block]))


def _find_claims(inlines: Sequence[Node]) -> tuple[str, ...]:
    targets = [node["c"][2][0] for node in iterate(list(inlines)) if node["t"] == "Link"]
    names = [target.removeprefix("#claim-") for target in targets if target.startswith("#claim-")]
    return tuple(dict.fromkeys(names))


def _read_words(inlines: Iterable[Node], *, marked: bool = False) -> str:
    """Inlines as words. A link inside the report is its label, so that a figure's new number changes no sentence."""
    words = "".join(_words_of(node) for node in inlines)
    even = " ".join(words.replace("\u00a0", " ").split())
    return even if marked else _unmark(even)


def _words_of(node: Node) -> str:
    kind = node["t"]
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    content: Any = node["c"]
    if kind == "Str":
        return str(content)
    if kind in ("Code", "Math"):
        return str(content[1])
    if kind == "Link" and content[2][0].startswith("#"):
        return f"⟦{content[2][0][1:]}⟧"
    if kind == "Quoted":
        marks = QUOTES[content[0]["t"]]
        return marks[0] + "".join(map(_words_of, content[1])) + marks[1]
    if kind in ("Link", "Span", "Cite"):
        return "".join(map(_words_of, content[1]))
    if kind in ("RawInline", "Image", "Note"):
        return ""
    return "".join(map(_words_of, content))


def _unmark(words: str) -> str:
    """Labels as people know them: a claim's id by itself, everything else behind an @."""
    return words.replace("⟦claim-", "").replace("⟦ref-", "@").replace("⟦", "@").replace("⟧", "")
