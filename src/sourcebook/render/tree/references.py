"""One numbering pass for the whole report, before any writer sees it, and the references that use it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sourcebook.core.text import nearest
from sourcebook.errors import Issue, RenderError
from sourcebook.render.tree.dialect import CALLOUT_LABELS
from sourcebook.render.tree.document import (
    Node,
    attributes,
    is_div,
    iterate,
    link,
    plain_text,
    span,
    text,
)
from sourcebook.render.tree.headings import Nodes, name_headings
from sourcebook.render.tree.names import Names, format_number

_NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Target:
    """Something that can be referred to: its kind (fig, sec, eq …), number, title and place.

    Headings have a level, and may be left out of the contents.
    """

    label: str
    kind: str
    number: str
    title: str
    place: str
    level: int = 0
    word: str = ""
    listed: bool = True

    @property
    def name(self) -> str:
        """How prose calls it: "Figure 3", "Section 4.2", "Chapter 4"; a title when it has no number."""
        return self.word if self.number else self.title


def number_targets(
    chapters: Sequence[Nodes],
    appendix_from: int | None = None,
    names: Names | None = None,
    *,
    depth: int = 6,
) -> dict[str, Target]:
    """Label -> Target for all headings, figures and tables; headings and exhibits in the tree get their numbers.

    Chapters from index ``appendix_from`` on are lettered. Figures and tables are numbered once across the
    report unless ``names`` asks for numbers by chapter, headings down to level ``depth``.
    Raises ``RenderError`` for a label used twice.
    """
    name_headings(chapters, _anchors(chapters))
    targets: dict[str, Target] = {}
    issues: list[Issue] = []
    numbering = _Numbering(names or Names(), depth)
    for index, nodes in enumerate(chapters):
        appendix = appendix_from is not None and index >= appendix_from
        for node, place in nodes:
            found: list[Target] = []
            if node["t"] == "Header":
                found = [numbering.heading(node, place, appendix)]
            elif node["t"] == "Div":
                found = numbering.division(node, place)
            for target in (target for target in found if target.label):
                if target.label in targets:
                    issues.append(_twice(target, targets[target.label]))
                targets[target.label] = target
    if issues:
        raise RenderError("Labels must be unique in the whole report.", issues)
    return targets


def resolve_references(
    chapters: Sequence[Nodes],
    targets: Mapping[str, Target],
    sources: Iterable[str],
    names: Names | None = None,
) -> None:
    """Turns ``@fig-x`` and its kin into links, in place; checks citations and inner links.

    Raises ``RenderError`` naming every dead reference, citation and link with its place and the nearest names.
    """
    keys = set(sources)
    kinds = set((names or Names()).titles)
    anchors = _anchors(chapters) | set(targets)
    issues: list[Issue] = []
    for nodes in chapters:
        for node, place in nodes:
            if node["t"] == "Cite":
                issues += _resolve_cite(node, place, targets, keys, kinds)
            elif node["t"] == "Link" and node["c"][2][0].startswith("#"):
                issues += _check_link(node, place, anchors)
    if issues:
        raise RenderError("The report refers to things that do not exist.", list(dict.fromkeys(issues)))


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


class _Numbering:
    """Gives out numbers as nodes go by."""

    def __init__(self, names: Names, depth: int) -> None:
        self.names, self.depth = names, depth
        self.levels = _Levels()
        self.counts: Counter[str] = Counter()
        self.chapter = ""

    def heading(self, node: Node, place: str, appendix: bool) -> Target:
        """Numbers a heading."""
        level, (label, classes, _), inlines = node["c"]
        title = plain_text(inlines)
        number = self.levels.step(level, appendix, level <= self.depth and "unnumbered" not in classes)
        if level == 1 and self.names.by_chapter:
            self.counts.clear()
            self.chapter = f"{number}." if number else ""
        if number:
            node["c"][2] = [span(text(number), "", "header-section-number"), *text(" "), *inlines]
        word = self.names.reference("sec", number)
        return Target(label, "sec", number, title, place, level, word, listed="unlisted" not in classes)

    def division(self, node: Node, place: str) -> list[Target]:
        """Numbers an exhibit with its parts (1a, 1b), an equation, theorem or callout; other Divs are not numbered."""
        label, classes, _ = attributes(node)
        if not label or "sub" in classes or not _is_numbered(label, classes):
            return []
        kind = label.split("-", 1)[0]
        self.counts[kind] += 1
        number = self.chapter + self.names.count(kind, self.counts[kind])
        found = [self._numbered(node, kind, number, place, self.names.title(kind, number))]
        parts = [child for child in node["c"][1] if is_div(child, "sub")]
        for position, part in enumerate(parts, start=1):
            letter = format_number(position, str(self.names.labels.get("subref-labels") or "alpha a"))
            found.append(self._numbered(part, kind, f"{number}{letter}", place, f"({letter})"))
        return found

    def _numbered(self, node: Node, kind: str, number: str, place: str, name: str) -> Target:
        caption = next((plain_text(child["c"][1]) for child in node["c"][1] if is_div(child, "caption")), "")
        _set(node, "number", number)
        _set(node, "name", name)
        _set(node, "delimiter", self.names.delimiter)
        word = self.names.reference(kind, number)
        return Target(attributes(node)[0], kind, number, caption, place, word=word)


def _is_numbered(label: str, classes: Sequence[str]) -> bool:
    callout = any(name.startswith("callout-") for name in classes)
    return bool({"exhibit", "equation", "theorem"} & set(classes)) or (
        callout and label.split("-", maxsplit=1)[0] in CALLOUT_LABELS
    )


def _set(node: Node, key: str, value: str) -> None:
    pairs = node["c"][0][2]
    pairs[:] = [*[pair for pair in pairs if pair[0] != key], [key, value]]


def _resolve_cite(
    node: Node, place: str, targets: Mapping[str, Target], keys: set[str], kinds: set[str]
) -> list[Issue]:
    citations = node["c"][0]
    labels = [_label(citation, keys, kinds) for citation in citations]
    inner = [label for label in labels if _is_reference(label, keys, kinds)]
    if not inner:
        return [
            _dead(f"@{k}", "citation", place, k, keys, "the bibliography") for k in labels if k not in keys
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


def _label(citation: Node, keys: set[str], kinds: set[str]) -> str:
    """``@Fig-x`` at the start of a sentence means ``fig-x``."""
    name = str(citation["citationId"])
    lowered = name[:1].lower() + name[1:]
    return lowered if name not in keys and _is_reference(lowered, keys, kinds) else name


def _is_reference(label: str, keys: set[str], kinds: set[str]) -> bool:
    return label.split("-", 1)[0] in kinds and "-" in label and label not in keys


def _reference(citation: Node, target: Target) -> list[Node]:
    """A link that says "Figure 3", "3" for ``[-@fig-x]``, or the author's own word for ``[Fig. @fig-x]``.

    What follows in the brackets stays: "Figure 3, left"; "Figs. 3 and 4" for ``[Figs. @fig-x and @fig-y]``.
    """
    prefix, suffix = citation["citationPrefix"], citation["citationSuffix"]
    bare = citation["citationMode"]["t"] == "SuppressAuthor" or prefix
    for inner in iterate(suffix) if prefix else ():
        if inner["t"] == "Cite":
            inner["c"][0][0]["citationMode"] = {"t": "SuppressAuthor"}
    name = target.number if bare and target.number else target.name
    if citation["citationId"][:1].isupper():
        name = name[:1].upper() + name[1:]
    linked = [link(text(name), f"#{target.label}"), *suffix]
    return [*prefix, {"t": "Str", "c": _NO_BREAK_SPACE}, *linked] if prefix else linked


def _listed(parts: Sequence[list[Node]]) -> list[Node]:
    inlines: list[Node] = []
    for position, part in enumerate(parts):
        joint = "" if position == 0 else " and " if position == len(parts) - 1 else ", "
        inlines += (text(joint) if joint else []) + part
    return inlines


def _anchors(chapters: Sequence[Nodes]) -> set[str]:
    with_attr = {"Div", "Span", "Header", "CodeBlock", "Link", "Table"}
    return {attributes(node)[0] for nodes in chapters for node, _ in nodes if node["t"] in with_attr}


def _check_link(node: Node, place: str, anchors: set[str]) -> list[Issue]:
    name = node["c"][2][0][1:]
    if name in anchors:
        return []
    kind = "claim" if name.startswith("claim-") else "link"
    return [_dead(f"#{name}", kind, place, name, anchors, "the report")]


def _dead(found: str, kind: str, place: str, name: str, known: Iterable[str], home: str) -> Issue:
    fix = nearest(name, known, cutoff=0.5) or "write the label, or take the reference out"
    return Issue(place, f"the {kind} {found} does not exist", expected=f"a name known in {home}", fix=fix)


def _twice(target: Target, first: Target) -> Issue:
    return Issue(
        target.place, f"the label {target.label!r} is used twice", expected=f"first used in {first.place}"
    )
