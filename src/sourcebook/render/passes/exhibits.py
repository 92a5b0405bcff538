"""Exhibits on their way to a writer: numbered figures, tables and listings with all their parts named."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.core.options import (
    CAPTION,
    FIG_ALIGN,
    FIG_ALT,
    FIG_HEIGHT,
    FIG_WIDTH,
    LAYOUT,
    LAYOUT_NCOL,
    LAYOUT_NROW,
    OUT_WIDTH,
)
from sourcebook.errors import Issue
from sourcebook.render.document import (
    Node,
    attributes,
    bare_inlines,
    div,
    inlines_of,
    is_div,
    is_marker,
    iterate,
    iterate_placed,
    join_words,
    parts_of,
    plain_text,
    split_words,
    text,
)
from sourcebook.render.passes.cite import stands_in_brackets, without_brackets
from sourcebook.render.passes.dialect import NO_ALT, adorns, alternative_text
from sourcebook.render.passes.layout import read_layout
from sourcebook.render.passes.state import ChapterTree, Payloads, ReportTree

_LAYOUTS = {option.name for option in (LAYOUT, LAYOUT_NCOL, LAYOUT_NROW)}
_BITMAP = re.compile(
    r'^<svg[^>]*><image width="\d+" height="\d+" href="data:image/(\w+);base64,([^"]+)"/></svg>$'
)
_SENTENCE_END = re.compile(r"(?:\w{3}|\d|[)”’%])\.$")
_PARTS = ("caption", "note", "source")
_PIXELS = {"px": 1.0, "pt": 96 / 72, "in": 96.0, "mm": 96 / 25.4, "cm": 96 / 2.54}


@dataclass(frozen=True)
class Exhibit:
    """One figure, table or listing. ``caption``, ``notes`` and ``source`` are inlines, ``content`` is blocks.

    A chart of ours says what it found in ``finding`` and how that was measured in ``measure``; its picture is ``svg`` and,
    for a phone, ``narrow``; dated events come as the rows of a ``chronology`` too.

    ``layout`` is rows of relative widths for its parts; ``width`` a share of the line ("50%") or a length, or empty.
    ``code`` is what computed it, in the cell that ``place`` names.
    """

    label: str
    kind: str
    name: str
    caption: list[Node]
    content: list[Node]
    notes: list[list[Node]] = field(default_factory=list)
    source: list[Node] = field(default_factory=list)
    alt: str = ""
    svg: str = ""
    narrow: str = ""
    finding: str = ""
    measure: str = ""
    chronology: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    layout: tuple[tuple[float, ...], ...] = ()
    width: str = ""
    align: str = ""
    sub: bool = False
    still: bool = False
    code: str = ""
    place: str = ""

    @property
    def bitmap(self) -> tuple[str, bytes] | None:
        """The kind and bytes of its picture, where that is nothing but a bitmap."""
        found = _BITMAP.match(self.svg)
        return (found[1], base64.b64decode(found[2])) if found else None

    @property
    def csv(self) -> str:
        """Its data as CSV; empty when it has none."""
        return _csv(self.data)

    @property
    def headline(self) -> list[Node]:
        """As a list of exhibits has it, and whoever cites it: its finding, or the first sentence of its caption without
        notes and links.
        """
        return (
            text(self.finding.strip(" .")) if self.finding else _part_sentence(bare_inlines(self.caption))[0]
        )

    @property
    def parted(self) -> tuple[list[Node], list[Node]]:
        """Finding and measure; of a table of ours the first sentence of its caption and the others, if it has others."""
        if self.finding or self.kind != "tbl" or not self.data:
            return text(self.finding), text(self.measure)
        finding, measure = _part_sentence(self.caption)
        return (finding, measure) if measure else ([], [])

    @property
    def head(self) -> list[Node]:
        """What stands above it beside its name: finding and measure, or its caption."""
        finding, measure = self.parted
        if not finding:
            return self.caption
        below: list[Node] = [{"t": "LineBreak"}, *measure] if measure else []
        return [{"t": "Strong", "c": finding}, *below]

    @property
    def below(self) -> list[list[Node]]:
        """What stands below it, before the source: its caption, where a finding stands above, and its notes."""
        return [self.caption, *self.notes] if self.finding and self.caption else self.notes

    @property
    def file(self) -> str:
        """A file name for its picture or data, without suffix."""
        return re.sub(r"[^\w.-]+", "-", self.label or self.key)


def read_exhibit(node: Node, payloads: Payloads) -> Exhibit:
    """The exhibit of a numbered ``.exhibit`` Div, with picture and data from the chapters' ``payloads``."""
    label, classes, pairs = attributes(node)
    key = pairs.get("payload", "")
    payload = payloads.get(key, {})
    content = [block for block in node["c"][1] if not any(is_div(block, part) for part in _PARTS)]
    caption = inlines_of([block for part in parts_of(node, "caption") for block in part])
    described = f"{plain_text(caption).strip()} ({NO_ALT.lower()})" if caption else NO_ALT
    return Exhibit(
        label=label,
        kind=_kind(label, payload, pairs, content),
        name=f"{pairs['name']}{'' if 'sub' in classes else pairs['delimiter']}" if "name" in pairs else "",
        caption=caption,
        content=content,
        notes=[inlines_of(part) for part in parts_of(node, "note")],
        source=inlines_of([block for part in parts_of(node, "source") for block in part]),
        alt=payload.get("alt") or described,
        svg=payload.get("svg") or "",
        narrow=payload.get("narrow") or "",
        finding=payload.get("title") or "",
        measure=payload.get("subtitle") or "",
        chronology=payload.get("chronology") or {},
        data=payload.get("data") or {},
        key=key,
        layout=read_layout(pairs, len(content)),
        width=_width(pairs, payload.get("svg") or ""),
        align=FIG_ALIGN.of(pairs) or "",
        sub="sub" in classes,
        still="still" in classes,
        code=payload.get("code", ""),
        place=payload.get("place", ""),
    )


def _kind(label: str, payload: Mapping[str, Any], pairs: Mapping[str, str], content: list[Node]) -> str:
    """What an exhibit is, by its label, else by what it holds."""
    kind, dash, _ = label.partition("-")
    if dash and kind in ("fig", "tbl", "lst"):
        return kind
    held = "tbl" if _is_table(payload, content) else pairs.get("kind", "")
    return held or (kind if dash else "fig")


def _is_table(payload: Mapping[str, Any], content: list[Node]) -> bool:
    return payload.get("kind") == "table" or any(block["t"] == "Table" for block in content)


def _part_sentence(inlines: list[Node]) -> tuple[list[Node], list[Node]]:
    """``inlines`` up to the first full stop that a capital follows, and the rest; words of two letters are abbreviations."""
    words = split_words(inlines)
    for n, (one, _, other) in enumerate(zip(words, words[1:], words[2:], strict=False)):
        ends = one["t"] == "Str" and _SENTENCE_END.search(one["c"])
        if ends and other["t"] == "Str" and other["c"][:1].isupper():
            return [*words[:n], {"t": "Str", "c": one["c"].rstrip(".")}], join_words(words[n + 2 :])
    return inlines, []


def natural_width(svg: str) -> float:
    """The width in pixels that a picture says it has; zero when it does not say."""
    match = re.search(r"<svg[^>]*?\swidth=\"([\d.]+)(pt|px|in|mm|cm)?\"", svg)
    return float(match.group(1)) * _PIXELS[match.group(2) or "px"] if match else 0.0


def check_exhibits(chapter: ChapterTree) -> None:
    """Finds what makes a chapter's exhibits unfit to be shown, and warns of unlabelled pictures without alternative text.

    Unfit are labelled or captioned ones without it, alt text that is the caption again, computed exhibits without a
    caption.
    """
    for node, place in iterate_placed(chapter.blocks):
        if is_div(node, "exhibit"):
            found = _check_texts(node, chapter.payloads, place)
            (chapter.warnings if _is_bare(node) else chapter.faults).extend(found)
        elif node["t"] == "Image" and not alternative_text(node) and not adorns(node):
            address = node["c"][2][0].partition(";base64,")[0]
            chapter.warnings.append(Issue(place, "a picture has no alternative text", address[:60]))


def bare_sources(report: ReportTree) -> None:
    """Takes, in place, the brackets from citations that stand apart as they are: in the sources of exhibits, and alone in a
    cell of a table of ours.
    """
    payloads = [item for chapter in report.chapters for item in chapter.payloads.items()]
    tables = {key for key, payload in payloads if payload.get("kind") == "table"}
    for node in (node for node in iterate(report.document["blocks"]) if is_div(node, "exhibit")):
        ours = attributes(node)[2].get("payload") in tables
        apart = [block for part in parts_of(node, "source") for block in part if block["t"] == "Para"]
        cells = iterate(node["c"][1]) if ours else ()
        apart += [block for block in cells if block["t"] == "Plain" and len(block["c"]) == 1]
        for block in apart:
            block["c"] = [without_brackets(one) if stands_in_brackets(one) else one for one in block["c"]]


def tell_faults(report: ReportTree) -> None:
    """Tells what chapters' passes found that readers will miss; a strict build ends here, with a ``RenderError``."""
    faults = [issue for chapter in report.chapters for issue in chapter.faults]
    report.places.fault("Readers would miss something.", faults)


def arrange_parts(report: ReportTree) -> None:
    """Marks, in place, exhibits inside other blocks, which do not float away from them, and puts everything that a layout
    sets side by side in a Div of its own, so that writers may make more than one block of each part.
    """
    free = {id(block) for chapter in report.chapters for block in chapter.blocks}
    nodes = [node for chapter in report.nodes for node, _ in chapter if node["t"] == "Div"]
    for node in nodes:
        if is_div(node, "exhibit") and id(node) not in free:
            node["c"][0][1].append("still")
    for node in nodes:
        if _LAYOUTS & set(attributes(node)[2]):
            node["c"][1] = _wrapped(node["c"][1])


def _wrapped(blocks: list[Node]) -> list[Node]:
    """Each block in a ``.part`` Div, with the heading or marker that stands before it."""
    made: list[Node] = []
    held: list[Node] = []
    for block in blocks:
        if any(is_div(block, name) for name in _PARTS):
            made.append(block)
        elif block["t"] == "Header" or is_marker(block):
            held.append(block)
        else:
            made.append(div([*held, block], "", "part"))
            held = []
    if held and made and is_div(made[-1], "part"):
        made[-1]["c"][1] += held
        return made
    return [*made, *held]


def _is_bare(node: Node) -> bool:
    return not attributes(node)[0] and not parts_of(node, "caption")


def _width(pairs: Mapping[str, str], svg: str) -> str:
    """How wide a picture is shown: ``out-width``, else ``fig-width`` in inches, no higher than ``fig-height``."""
    if OUT_WIDTH.is_in(pairs):
        return str(OUT_WIDTH.of(pairs))
    width, height = float(FIG_WIDTH.of(pairs) or 0), float(FIG_HEIGHT.of(pairs) or 0)
    box = re.search(r'viewBox="[\d.+-]+[ ,]+[\d.+-]+[ ,]+([\d.]+)[ ,]+([\d.]+)"', svg)
    if height and box:
        bound = height * float(box.group(1)) / float(box.group(2))
        width = min(width, bound) if width else bound
    return f"{width:.4g}in" if width else ""


def _check_texts(node: Node, payloads: Payloads, place: str) -> list[Issue]:
    label, classes, pairs = attributes(node)
    payload = payloads.get(pairs.get("payload", ""), {})
    caption = plain_text(parts_of(node, "caption")).strip()
    issues = []
    if payload and label and not caption and "sub" not in classes:
        issues.append(
            Issue(
                place,
                f"{label} has no caption",
                fix=f"add '#| {CAPTION.for_kind(label.split('-')[0]).name}: …'",
            )
        )
    if payload.get("svg"):
        issues += _check_alt(label or "a figure", payload["alt"], caption, place)
    images = [
        node
        for block in node["c"][1]
        if not is_div(block, "exhibit")
        for node in iterate(block)
        if node["t"] == "Image"
    ]
    return issues + [
        issue
        for image in images
        for issue in _check_alt(label or "a figure", alternative_text(image), "", place)
    ]


def _check_alt(label: str, alt: str, caption: str, place: str) -> list[Issue]:
    if not alt:
        fix = f"add '#| {FIG_ALT.name}: …' or {{{FIG_ALT.name}=\"…\"}}"
        return [Issue(place, f"{label} has no alternative text", fix=fix)]
    if alt == caption:
        fix = "say what a blind reader needs: kind of chart, message, the numbers that carry it"
        return [Issue(place, f"the alternative text of {label} repeats its caption", fix=fix)]
    return []


def _csv(data: Mapping[str, Any]) -> str:
    if not data:
        return ""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(data["columns"])
    writer.writerows(["" if value is None else value for value in row] for row in data["rows"])
    return stream.getvalue()
