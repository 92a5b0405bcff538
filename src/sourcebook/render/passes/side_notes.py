"""Notes beside the text: citations become short notes, and notes stand with the paragraph that has them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from textwrap import shorten

from sourcebook.core.options import CITATION_LOCATION, REFERENCE_LOCATION
from sourcebook.render.document import (
    Node,
    attributes,
    div,
    is_div,
    is_marker,
    iterate,
    para,
    plain_text,
    span,
    text,
    transform,
)
from sourcebook.render.passes.cite import read_grades, stands_in_brackets, without_brackets
from sourcebook.render.passes.state import ReportTree
from sourcebook.render.source.project import Project

# Formats with a margin; what they want for citations holds for all, where notes are what each has for notes.
_PAGES = ("html", "pdf")
# What stands apart from the running text keeps its citations.
_APART = {"exhibit", "claim-entry", "references", "column-margin", "aside"}
_TITLE = 60
_INSIDE = {"Emph", "Strong", "Span", "Underline", "SmallCaps"}
# Characters on a line of a printed page, and the lines that a note takes beside it.
_LINE, _NOTE_LINES = 62, 2
# Characters on a line of the margin, such a line and a heading in lines of the text, and a gap that does not show.
_BESIDE, _SMALL, _HEAD, _GAP = 22, 0.7, 2.5, 1
_MARKS = re.compile(r"[.,;:!?]+")
_RUNNING = {"Para", "Plain", "BulletList", "OrderedList", "DefinitionList", "BlockQuote", "LineBlock"}


def note_citations(report: ReportTree) -> None:
    """Makes, in place, a note of each citation in brackets, where the project wants citations in the margin.

    A note has the source as it is cited and, where the bibliography knows it (``custom: reliability``), its grade.
    """
    project = report.project
    if any(project.option(form, CITATION_LOCATION) == "margin" for form in _PAGES):
        grades = read_grades(project, report.memo)
        for block in _list_running(report.document["blocks"]):
            block["c"] = _noted(block["c"], grades)


class NotesBeside:
    """Sets the notes of a report beside the blocks that have them, numbered through each chapter of a book.

    A block with notes becomes a ``.noted`` Div of the block and a ``.side-notes`` Div, which holds a ``.side-note`` Div for
    each; in the text stands a ``.note-mark`` Span, which has the note's anchor. With ``cards`` a ``.side-cards`` Div follows, with an
    empty ``.side-card`` Div for each claim that the block cites, which has its ``claim`` and ``verdict``, if they are not more than
    the block has lines for: where claims are listed, their signs in the text have to do.
    """

    def __init__(self, project: Project, form: str, *, cards: bool = False) -> None:
        places = (project.option(form, option) for option in (REFERENCE_LOCATION, CITATION_LOCATION))
        self.wanted = "margin" in places
        self.book = project.kind == "book"
        self.cards = cards
        self.chapter, self.count = "", 0

    def blocks(self, blocks: list[Node]) -> list[Node]:
        """``blocks``, those with notes copied; all as they were where notes stand at the end."""
        return [made for block in blocks for made in self._set(block)] if self.wanted else blocks

    def _set(self, block: Node) -> list[Node]:
        kind = block["t"]
        if kind == "Header" and block["c"][0] == 1 and self.book:
            self.chapter, self.count = f"{attributes(block)[0].removeprefix('sec-')}-", 0
        nodes = list(iterate([block]))
        cards = _list_cards(nodes) if self.cards and kind in _RUNNING else []
        if not cards and not any(node["t"] == "Note" for node in nodes):
            return [block]
        if kind == "Div" and not _APART & set(attributes(block)[1]):
            return [{"t": "Div", "c": [block["c"][0], self.blocks(block["c"][1])]}]
        notes: dict[str, Node] = {}

        def visit(node: Node) -> Node | None:
            """The mark that stands for a note; what a block notes twice is one note."""
            if node["t"] != "Note":
                return None
            said = plain_text(node["c"])
            if said not in notes:
                self.count += 1
                label = f"note-{self.chapter}{self.count}"
                notes[said] = div(node["c"], label, "side-note", number=str(self.count))
            label, _, pairs = attributes(notes[said])
            return span(text(pairs["number"]), "", "note-mark", note=label)

        (marked,) = transform([block], visit)
        if kind not in _RUNNING:
            return [marked, div(list(notes.values()), "", "side-notes")]
        room = len(plain_text([marked])) // _LINE + 1 - _NOTE_LINES * len(notes)
        shown = [div(cards, "", "side-cards")] if 0 < len(cards) <= room else []
        return [div([marked, div([*notes.values(), *shown], "", "side-notes", "beside")], "", "noted")]


def turn_aside(node: Node) -> list[Node]:
    """An ``.aside`` Span as a note; notes within follow it, for nothing but a page knows notes of notes."""
    inner = [part for part in iterate(node["c"][1]) if part["t"] == "Note"]
    words = transform(node["c"][1], lambda part: [] if part["t"] == "Note" else None)
    return [{"t": "Note", "c": [para(words)]}, *inner]


def fill_beside(blocks: list[Node], floats: Callable[[Node], bool], *, book: bool) -> list[Node]:
    """``blocks``, where what follows a paragraph in its chapter comes up beside its notes, if these are higher.

    What ``floats`` says finds its own place then comes before both if it stood right below the paragraph, which then speaks of
    it on the page where it stands, else after them. A ``.noted`` Div right below a heading ``.opens``.
    """
    rest = deque(blocks)
    filled = []
    while rest:
        block = rest.popleft()
        moved: list[list[Node]] = []
        while is_div(block, "noted") and (ahead := _look_ahead(rest, block, floats, book)):
            block, floating = _join(block, [rest.popleft() for _ in range(ahead)], floats)
            moved.append(floating)
        before, *after = moved or [[]]
        filled += before
        if is_div(block, "noted") and _ends_in_heading(filled):
            block = div(block["c"][1], "", "noted", "opens")
        filled += [block, *chain.from_iterable(after)]
    return filled


def _ends_in_heading(blocks: list[Node]) -> bool:
    last = next((block for block in reversed(blocks) if not is_marker(block)), None)
    return last is not None and last["t"] == "Header"


def _look_ahead(blocks: Iterable[Node], noted: Node, floats: Callable[[Node], bool], book: bool) -> int:
    """How many of ``blocks``, up to the next paragraph, belong beside the notes of ``noted``."""
    said, beside = noted["c"][1]
    small = sum(
        len(note["c"][1]) if is_div(note, "side-cards") else len(plain_text([note])) // _BESIDE + 1
        for note in beside["c"][1]
    )
    if small * _SMALL <= _count_lines([said]) + _GAP:
        return 0
    for number, block in enumerate(blocks, start=1):
        if block["t"] in _RUNNING or is_div(block, "noted"):
            return number
        heads = block["t"] == "Header" and block["c"][0] > book
        if not (heads or floats(block) or is_marker(block)):
            break
    return 0


def _count_lines(blocks: list[Node]) -> float:
    """About how many lines of text ``blocks`` take."""
    nodes = list(iterate(blocks))
    texts = (plain_text(node["c"]) for node in nodes if node["t"] in ("Para", "Plain"))
    return sum(len(said) // _LINE + 1 for said in texts) + _HEAD * sum(
        node["t"] == "Header" for node in nodes
    )


def _join(noted: Node, blocks: list[Node], floats: Callable[[Node], bool]) -> tuple[Node, list[Node]]:
    """A ``.noted`` Div with ``blocks`` beside its notes and theirs below, and what of them floats."""
    (said, beside), last = noted["c"][1], blocks[-1]
    text = [said, *(block for block in blocks[:-1] if not floats(block))]
    notes = beside["c"][1]
    if is_div(last, "noted"):
        last, more = last["c"][1]
        notes = [*notes, *more["c"][1]]
    made: list[Node] = [div([*text, last]), {"t": "Div", "c": [beside["c"][0], notes]}]
    return div(made, "", "noted"), list(filter(floats, blocks))


def _list_cards(nodes: list[Node]) -> list[Node]:
    """A card for each claim that ``nodes`` cite."""
    links = [(*attributes(node), plain_text(node["c"][1])) for node in nodes if node["t"] == "Link"]
    claims = {name: pairs.get("verdict", "") for _, classes, pairs, name in links if "claim" in classes}
    return [div([], "", "side-card", claim=name, verdict=verdict) for name, verdict in claims.items()]


def _list_running(blocks: list[Node]) -> Iterator[Node]:
    """The paragraphs of the running text."""
    for block in blocks:
        kind, content = block["t"], block.get("c") or []
        if kind in ("Para", "Plain"):
            yield block
        elif kind == "BlockQuote":
            yield from _list_running(content)
        elif kind in ("BulletList", "OrderedList"):
            for item in content if kind == "BulletList" else content[1]:
                yield from _list_running(item)
        elif kind == "Div" and not _APART & set(attributes(block)[1]):
            yield from _list_running(content[1])


def _noted(inlines: list[Node], grades: Mapping[str, str]) -> list[Node]:
    """``inlines`` with notes for citations, each behind the punctuation that follows it."""
    made: list[Node] = []
    for node in inlines:
        if stands_in_brackets(node):
            if made and made[-1]["t"] == "Str":
                made[-1] = {"t": "Str", "c": made[-1]["c"].rstrip(" ")}
            elif made and made[-1]["t"] in ("Space", "SoftBreak"):
                del made[-1]
            made.append({"t": "Note", "c": [para([_shortened(node), *_grade(node, grades)])]})
        elif node["t"] in _INSIDE and not (node["t"] == "Span" and _APART & set(attributes(node)[1])):
            content = node["c"] if isinstance(node["c"][0], dict) else node["c"][1]
            content[:] = _noted(content, grades)
            made.append(node)
        elif node["t"] == "Str" and made and made[-1]["t"] == "Note" and (sign := _MARKS.match(node["c"])):
            made.insert(-1, {"t": "Str", "c": sign[0]})
            made.append({"t": "Str", "c": node["c"][sign.end() :]})
        else:
            made.append(node)
    return made


def _shortened(cite: Node) -> Node:
    """A citation without its brackets, its titles no longer than a line or two of the margin."""
    return transform(without_brackets(cite), _shorten)


def _shorten(node: Node) -> Node | None:
    if node["t"] != "Str" or len(node["c"]) <= _TITLE:
        return None
    return {"t": "Str", "c": shorten(node["c"], _TITLE, placeholder="\N{HORIZONTAL ELLIPSIS}")}


def _grade(cite: Node, grades: Mapping[str, str]) -> list[Node]:
    """The grades of the sources of a citation, behind a dot: one for all if they are alike."""
    found = [grades.get(one["citationId"], "") for one in cite["c"][0]]
    shown = list(dict.fromkeys(found))
    said = ", ".join(grade or "–" for grade in (shown if len(shown) == 1 else found))
    return text(f"\u00a0·\u00a0{said}") if any(found) else []
