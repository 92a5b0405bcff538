"""One numbering for the whole report, before any writer sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from sourcebook.core.options import NUMBER_DEPTH, NUMBER_OFFSET, NUMBER_SECTIONS, SUBREF_LABELS
from sourcebook.errors import Issue
from sourcebook.render.document import Node, attributes, bare_inlines, is_div, iterate, plain_text, span, text
from sourcebook.render.formats import list_formats
from sourcebook.render.passes.headings import name_headings
from sourcebook.render.passes.layout import callout_kind
from sourcebook.render.passes.names import CALLOUT_LABELS, Names, format_number
from sourcebook.render.passes.state import Nodes, ReportTree, Target
from sourcebook.render.source.project import Project

_LOWEST = 6
"""The lowest level of headings."""
_WITH_LABEL = {"Div", "Span", "Header", "CodeBlock", "Link", "Table", "Image"}


def number(report: ReportTree) -> None:
    """Numbers headings, figures, tables and their kin in the tree, and lists them as ``targets`` by label.

    Appendices are lettered. Figures and tables are numbered once across the report unless the project asks for numbers by
    chapter, headings down to the level it asks for; a number is given where it is not shown, too. A label used twice leads to
    its first place, and is told.
    """
    anchors = list_anchors(report.nodes)
    name_headings(report.nodes, anchors)
    targets: dict[str, Target] = {}
    issues: list[Issue] = []
    depths = {form: read_depth(report.project, form) for form in list_formats()}
    numbering = _Numbering(report.names, depths, book=report.project.kind == "book")
    numbering.levels = _Levels(_read_offset(report.project))
    first = report.project.appendix_from
    for index, nodes in enumerate(report.nodes):
        appendix = first is not None and index >= first
        for node, place in nodes:
            found: list[Target] = []
            if node["t"] == "Header":
                found = [numbering.heading(node, place, appendix)]
            elif node["t"] == "Div":
                found = numbering.division(node, place)
            for target in (target for target in found if target.label):
                label = target.label
                if label in targets:
                    issues.append(_twice(target, targets[label]))
                    label = _rename(node, label, anchors)
                targets[label] = replace(target, label=label)
    report.places.fault("Labels must be unique in the whole report.", issues)
    report.targets = targets


def list_anchors(chapters: Sequence[Nodes]) -> set[str]:
    """All names by which links can lead to nodes."""
    return {attributes(node)[0] for nodes in chapters for node, _ in nodes if node["t"] in _WITH_LABEL}


def read_depth(project: Project, form: str) -> int:
    """The lowest level of headings that show their numbers in the format ``form``; zero when none does."""
    shown = project.option(form, NUMBER_SECTIONS, project.kind == "book")
    return int(project.option(form, NUMBER_DEPTH)) if shown else 0


def _read_offset(project: Project) -> int:
    """The number before that of the first heading; those of lower levels are for texts that begin with one, which none does here."""
    given = NUMBER_OFFSET.of(project.meta)
    return int(given[0] if isinstance(given, list) else given)


class _Levels:
    """Section numbers as headings go by, the first behind an offset: chapters are counted, appendices lettered."""

    def __init__(self, offset: int = 0) -> None:
        self.chapters = offset
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

    def __init__(self, names: Names, depths: Mapping[str, int], *, book: bool) -> None:
        self.names, self.depths, self.book = names, depths, book
        self.levels = _Levels()
        self.counts: Counter[str] = Counter()
        self.chapter = ""
        self.unlisted = _LOWEST

    def heading(self, node: Node, place: str, appendix: bool) -> Target:
        """Numbers a heading; below one that is left out of the contents, all are."""
        level, (label, classes, _), inlines = node["c"]
        title = plain_text(inlines)
        if level > self.unlisted:
            classes.append("unlisted")
        else:
            self.unlisted = level if "unlisted" in classes else _LOWEST
        number = self.levels.step(level, appendix, "unnumbered" not in classes)
        # An unnumbered heading of a document begins no chapter of numbers: what stands below it counts on, as in Quarto.
        if level == 1 and self.names.by_chapter and (number or self.book):
            self.counts.clear()
            self.chapter = f"{number}." if number else ""
        if number and any(level <= depth for depth in self.depths.values()):
            shown = [span(text(number), "", "header-section-number"), *text(" ")]
            hidden = [form for form, depth in self.depths.items() if level > depth]
            if hidden:
                shown = [span(shown, "", "content-hidden", when_format=" ".join(hidden))]
            node["c"][2] = [*shown, *inlines]
        word = self.names.reference("sec", number)
        return Target(
            label,
            "sec",
            number,
            title,
            place,
            level,
            word,
            listed="unlisted" not in classes,
            inlines=tuple(bare_inlines(inlines)),
        )

    def division(self, node: Node, place: str) -> list[Target]:
        """Numbers an exhibit with its parts (1a, 1b), an equation, theorem or callout; other Divs are not numbered.

        An equation with a tag has its number already, and is not counted; one of several rows counts for as many.
        """
        label, classes, pairs = attributes(node)
        kind = label.partition("-")[0] if "-" in label else "eq" if "rows" in pairs else ""
        if kind not in self.names.titles or "sub" in classes or not _is_numbered(label, classes):
            return []
        if kind in ("eq", "sec") and "equation" not in classes:  # a picture is neither, whatever its label
            return []
        if "equation" in classes and "number" in pairs:
            return [self._numbered(node, kind, pairs["number"], place, pairs["number"])]
        if "equation" in classes and "rows" in pairs:
            return [self._rows(node, int(pairs["rows"]), int(pairs.get("row", 1)), place)]
        self.counts[kind] += 1
        number = self._count(kind, self.counts[kind])
        found = [self._numbered(node, kind, number, place, self.names.title(kind, number))]
        parts = [child for child in node["c"][1] if is_div(child, "sub")]
        for position, part in enumerate((part for part in parts if attributes(part)[0]), start=1):
            letter = format_number(position, str(SUBREF_LABELS.of(self.names.labels) or "alpha a"))
            found.append(self._numbered(part, kind, f"{number} ({letter})", place, f"({letter})"))
        return found

    def _count(self, kind: str, position: int) -> str:
        return self.chapter + self.names.count(kind, position)

    def _rows(self, node: Node, rows: int, row: int, place: str) -> Target:
        """Numbers an equation with so many rows, as MathJax counts them; its label is that of one of them."""
        first = self.counts["eq"] + 1
        self.counts["eq"] += rows
        ends = [self._count("eq", position) for position in (first, first + rows - 1)]
        shown = "–".join(dict.fromkeys(ends))
        node["c"][0][2] = []
        whole = self._numbered(node, "eq", shown, place, self.names.title("eq", shown))
        number = self._count("eq", first + row - 1)
        return replace(whole, number=number, word=self.names.reference("eq", number))

    def _numbered(self, node: Node, kind: str, number: str, place: str, name: str) -> Target:
        caption = next((plain_text(child["c"][1]) for child in node["c"][1] if is_div(child, "caption")), "")
        _set(node, "number", number)
        _set(node, "name", name)
        _set(node, "delimiter", self.names.delimiter)
        word = self.names.reference(kind, number)
        return Target(attributes(node)[0], kind, number, caption, place, word=word)


def _is_numbered(label: str, classes: Sequence[str]) -> bool:
    if callout_kind(classes):
        return label.partition("-")[0] in CALLOUT_LABELS
    return bool({"exhibit", "equation", "theorem"} & set(classes))


def _set(node: Node, key: str, value: str) -> None:
    pairs = node["c"][0][2]
    pairs[:] = [*[pair for pair in pairs if pair[0] != key], [key, value]]


def _rename(node: Node, label: str, taken: set[str]) -> str:
    """Another label for that of ``node``, or of a part of it: two places of one name are none in print and on a page."""
    part = next(part for part in iterate([node]) if part["t"] in _WITH_LABEL and attributes(part)[0] == label)
    new = next(name for number in count(2) if (name := f"{label}-{number}") not in taken)
    taken.add(new)
    part["c"][1 if part["t"] == "Header" else 0][0] = new
    return new


def _twice(target: Target, first: Target) -> Issue:
    before = f"first used in {first.place}" if first.place != target.place else ""
    return Issue(target.place, f"the label {target.label!r} is used twice", expected=before)
