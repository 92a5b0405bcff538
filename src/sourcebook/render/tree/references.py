"""One numbering pass for the whole report, before any writer sees it, and the references that use it."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sourcebook.errors import Issue, RenderError
from sourcebook.render.tree.dialect import FLOATS, THEOREMS
from sourcebook.render.tree.document import (
    Node,
    attributes,
    is_div,
    iterate_placed,
    link,
    plain_text,
    span,
    text,
)

_NAMES = {"sec": "Section", "eq": "Equation", **FLOATS, **THEOREMS}
_NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Target:
    """Something that can be referred to: its kind (fig, sec, eq …), number, title and place; headings have a level."""

    label: str
    kind: str
    number: str
    title: str
    place: str
    level: int = 0

    @property
    def name(self) -> str:
        """How prose calls it: "Figure 3", "Section 4.2", "Chapter 4"; a title when it has no number."""
        if not self.number:
            return self.title
        if self.kind == "sec":
            letter = self.number[:1].isalpha()
            word = ("Appendix" if letter else "Chapter") if "." not in self.number else "Section"
        else:
            word = _NAMES[self.kind]
        return f"{word}{_NO_BREAK_SPACE}{self.number}"


def number_targets(chapters: Sequence[list[Node]], appendix_from: int | None = None) -> dict[str, Target]:
    """Label -> Target for all headings, figures and tables; headings and exhibits in the tree get their numbers.

    Chapters from index ``appendix_from`` on are lettered. Figures and tables are numbered once across the
    report. Raises ``RenderError`` for a label used twice.
    """
    targets: dict[str, Target] = {}
    issues: list[Issue] = []
    counts: Counter[str] = Counter()
    levels = _Levels()
    for index, blocks in enumerate(chapters):
        appendix = appendix_from is not None and index >= appendix_from
        for node, place in iterate_placed(blocks):
            found: list[Target] = []
            if node["t"] == "Header":
                found = [_number_heading(node, place, levels, appendix)]
            elif node["t"] == "Div":
                found = _number_division(node, place, counts)
            for target in (target for target in found if target.label):
                if target.label in targets:
                    issues.append(_twice(target, targets[target.label]))
                targets[target.label] = target
    if issues:
        raise RenderError("Labels must be unique in the whole report.", issues)
    _name_headings(chapters, set(targets))
    return targets


def resolve_references(
    chapters: Sequence[list[Node]], targets: Mapping[str, Target], sources: Iterable[str]
) -> None:
    """Turns ``@fig-x`` and its kin into links, in place; checks citations and inner links.

    Raises ``RenderError`` naming every dead reference, citation and link with its place and the nearest names.
    """
    keys = set(sources)
    anchors = _anchors(chapters) | set(targets)
    issues: list[Issue] = []
    for blocks in chapters:
        for node, place in iterate_placed(blocks):
            if node["t"] == "Cite":
                issues += _resolve_cite(node, place, targets, keys)
            elif node["t"] == "Link" and node["c"][2][0].startswith("#"):
                issues += _check_link(node, place, anchors)
    if issues:
        raise RenderError("The report refers to things that do not exist.", list(dict.fromkeys(issues)))


def _name_headings(chapters: Sequence[list[Node]], taken: set[str]) -> None:
    """Gives headings without a label an anchor made of their words, so that every section has an address."""
    for blocks in chapters:
        for node, _ in iterate_placed(blocks):
            if node["t"] == "Header" and not attributes(node)[0]:
                words = re.sub(r"[^\w.-]+", "-", plain_text(node["c"][2]).lower()).strip("-.0123456789")
                name, count = words or "section", 1
                while name in taken:
                    count += 1
                    name = f"{words or 'section'}-{count}"
                taken.add(name)
                node["c"][1][0] = name


class _Levels:
    """Section numbers as headings go by: chapters are counted, appendices lettered."""

    def __init__(self) -> None:
        self.chapters = 0
        self.letters = 0
        self.chapter = ""
        self.counts: list[int] = []

    def step(self, level: int, appendix: bool, numbered: bool) -> str:
        """The number of the next heading; empty when it, or the chapter it stands in, has none."""
        if level == 1:
            self.counts = []
            self.chapter = self._next_chapter(appendix) if numbered else ""
            return self.chapter
        if not (numbered and self.chapter):
            return ""
        self.counts = [*self.counts, *[0] * level][: level - 1]
        self.counts[-1] += 1
        return ".".join([self.chapter, *map(str, self.counts)])

    def _next_chapter(self, appendix: bool) -> str:
        if appendix:
            self.letters += 1
            return chr(ord("A") + self.letters - 1)
        self.chapters += 1
        return str(self.chapters)


def _number_heading(node: Node, place: str, levels: _Levels, appendix: bool) -> Target:
    level, (label, classes, _), inlines = node["c"]
    title = plain_text(inlines)
    number = levels.step(level, appendix, "unnumbered" not in classes)
    if number:
        node["c"][2] = [span(text(number), "", "header-section-number"), *text(" "), *inlines]
    return Target(label, "sec", number, title, place, level)


def _number_division(node: Node, place: str, counts: Counter[str]) -> list[Target]:
    """Numbers an exhibit with its parts (1a, 1b), an equation or a theorem; other Divs are nothing to number."""
    label, classes, _ = attributes(node)
    if not label or "sub" in classes or not {"exhibit", "equation", "theorem"} & set(classes):
        return []
    kind = label.split("-", 1)[0]
    counts[kind] += 1
    found = [_numbered(node, kind, str(counts[kind]), place)]
    parts = [child for child in node["c"][1] if is_div(child, "sub")]
    for letter, part in zip("abcdefghijklmnopqrstuvwxyz", parts, strict=False):
        found.append(_numbered(part, kind, f"{counts[kind]}{letter}", place))
        _set(part, "name", f"({letter})")
    return found


def _numbered(node: Node, kind: str, number: str, place: str) -> Target:
    caption = next((plain_text(child["c"][1]) for child in node["c"][1] if is_div(child, "caption")), "")
    target = Target(attributes(node)[0], kind, number, caption, place)
    _set(node, "number", number)
    _set(node, "name", target.name)
    return target


def _set(node: Node, key: str, value: str) -> None:
    pairs = node["c"][0][2]
    pairs[:] = [*[pair for pair in pairs if pair[0] != key], [key, value]]


def _resolve_cite(node: Node, place: str, targets: Mapping[str, Target], keys: set[str]) -> list[Issue]:
    citations = node["c"][0]
    labels = [_label(citation, keys) for citation in citations]
    inner = [label for label in labels if _is_reference(label, keys)]
    if not inner:
        return [
            _dead(f"@{k}", "citation", place, k, keys, "data/sources.yaml") for k in labels if k not in keys
        ]
    if len(inner) < len(labels):
        where = Issue(place, "references and citations stand in one pair of brackets", ", ".join(labels))
        return [where]
    dead = [label for label in labels if label not in targets]
    if dead:
        return [_dead(f"@{label}", "reference", place, label, targets, "the report") for label in dead]
    links = [_reference(citation, targets[label]) for citation, label in zip(citations, labels, strict=True)]
    node["t"], node["c"] = "Span", [["", ["reference"], []], _listed(links)]
    return []


def _label(citation: Node, keys: set[str]) -> str:
    """``@Fig-x`` at the start of a sentence means ``fig-x``."""
    name = str(citation["citationId"])
    lowered = name[:1].lower() + name[1:]
    return lowered if name not in keys and _is_reference(lowered, keys) else name


def _is_reference(label: str, keys: set[str]) -> bool:
    return label.split("-", 1)[0] in _NAMES and "-" in label and label not in keys


def _reference(citation: Node, target: Target) -> list[Node]:
    """A link that says "Figure 3", "3" for ``[-@fig-x]``, or the author's own word for ``[Fig. @fig-x]``."""
    prefix = citation["citationPrefix"]
    bare = citation["citationMode"]["t"] == "SuppressAuthor" or prefix
    linked = link(text(target.number if bare and target.number else target.name), f"#{target.label}")
    return [*prefix, {"t": "Str", "c": _NO_BREAK_SPACE}, linked] if prefix else [linked]


def _listed(parts: Sequence[list[Node]]) -> list[Node]:
    inlines: list[Node] = []
    for position, part in enumerate(parts):
        joint = "" if position == 0 else " and " if position == len(parts) - 1 else ", "
        inlines += (text(joint) if joint else []) + part
    return inlines


def _anchors(chapters: Sequence[list[Node]]) -> set[str]:
    with_attr = {"Div", "Span", "Header", "CodeBlock", "Link", "Table"}
    return {
        attributes(node)[0]
        for blocks in chapters
        for node, _ in iterate_placed(blocks)
        if node["t"] in with_attr
    }


def _check_link(node: Node, place: str, anchors: set[str]) -> list[Issue]:
    name = node["c"][2][0][1:]
    if name in anchors:
        return []
    kind = "claim" if name.startswith("claim-") else "link"
    return [_dead(f"#{name}", kind, place, name, anchors, "the report")]


def _dead(found: str, kind: str, place: str, name: str, known: Iterable[str], home: str) -> Issue:
    nearest = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    fix = f"did you mean {' or '.join(nearest)}?" if nearest else "write the label, or take the reference out"
    return Issue(place, f"the {kind} {found} does not exist", expected=f"a name known in {home}", fix=fix)


def _twice(target: Target, first: Target) -> Issue:
    return Issue(
        target.place, f"the label {target.label!r} is used twice", expected=f"first used in {first.place}"
    )
