"""Converted chapters as one report: numbered, references and citations resolved, checked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sourcebook.errors import Issue, ProjectError, RenderError, ToolError
from sourcebook.render.cells.export import ChapterExport
from sourcebook.render.memo import Memo
from sourcebook.render.source.chapters import Chapter, SourceChapter
from sourcebook.render.source.places import Places
from sourcebook.render.source.project import Project
from sourcebook.render.tools import read_inlines, read_markdown
from sourcebook.render.tree.citations import cite, read_keys
from sourcebook.render.tree.conversion import Converted, convert_chapter
from sourcebook.render.tree.document import (
    Node,
    attributes,
    is_div,
    iterate,
    iterate_placed,
    plain_text,
    transform,
)
from sourcebook.render.tree.exhibits import raise_faults, still_parts, wrap_parts
from sourcebook.render.tree.headings import mend_levels
from sourcebook.render.tree.media import lead_links, locate_media
from sourcebook.render.tree.names import Names, check_names, read_names
from sourcebook.render.tree.references import Target, number_targets, resolve_references

# What is numbered, named, referred to or set otherwise; the others are six in seven.
_NUMBERED = {"Cite", "CodeBlock", "Div", "Header", "Image", "Link", "Span", "Table"}


@dataclass(frozen=True)
class Report:
    """A numbered report before any writer: pandoc document, title-page text, targets and exhibit payloads.

    ``sources`` are the cells it came from, chapter by chapter.
    """

    project: Project
    document: dict[str, Any]
    abstract: list[Node]
    targets: Mapping[str, Target]
    payloads: Mapping[str, Mapping[str, Any]]
    places: Places
    names: Names
    memo: Memo = field(default_factory=Memo)
    sources: Sequence[SourceChapter] = ()


def convert_chapters(
    project: Project, chapters: Sequence[Chapter], exports: ChapterExport, places: Places, memo: Memo
) -> list[Converted]:
    """Executed ``chapters``, side by side, as the blocks that numbering knows.

    Raises ``RenderError`` with chapter, cell and line for what cannot be shown.
    """
    warnings = check_names(project.meta, lambda key: project.find("crossref", key))
    places.complain(
        [*project.warnings, *warnings, *(issue for chapter in chapters for issue in chapter.warnings)]
    )
    own = [chapter for chapter in chapters if not chapter.embedded]
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            # The longest first: begun last, it would be waited for alone.
            begun = {
                chapter.path: pool.submit(convert_chapter, project, chapter, exports, places, memo)
                for chapter in sorted(own, key=_weigh, reverse=True)
            }
        converted = [begun[chapter.path].result() for chapter in own]
    except (RenderError, ToolError) as error:
        raise places.raise_refined(error) from error
    for one in converted:
        places.complain(one.warnings)
    return converted


def assemble_report(project: Project, converted: Sequence[Converted], places: Places, memo: Memo) -> Report:
    """The report of ``converted`` chapters: everything numbered once, references and citations resolved.

    Raises ``RenderError`` with chapter, cell and line for whatever does not exist.
    """
    names = read_names(project.meta, book=project.kind == "book")
    try:
        return _number(project, converted, places, names, memo)
    except (RenderError, ToolError) as error:
        raise places.raise_refined(error) from error


def read_variables(root: Path) -> dict[str, Any]:
    """What ``_variables.yml`` holds; empty when there is none."""
    import yaml

    path = root / "_variables.yml"
    if not path.is_file():
        return {}
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProjectError("Variables cannot be read.", [Issue(path.name, str(error))]) from error
    return found if isinstance(found, dict) else {}


def _weigh(chapter: Chapter) -> int:
    """About how much there is to read in a chapter: the characters of its Markdown."""
    cells = chapter.notebook.cells
    shown = (output.get("data", {}) for cell in cells for output in cell.get("outputs", ()))
    return sum(len(cell.source) for cell in cells) + sum(len(data.get("text/markdown", "")) for data in shown)


def _number(
    project: Project, converted: Sequence[Converted], places: Places, names: Names, memo: Memo
) -> Report:
    chapters = [one.blocks for one in converted]
    folders = [(project.root / path).parent for path in project.chapters]
    if project.kind != "book":
        project, chapters = _take_title(project, chapters)
    for index, title in project.parts.items():
        _open_part(chapters[index], title)
    nodes = [[found for found in iterate_placed(blocks) if found[0]["t"] in _NUMBERED] for blocks in chapters]
    locate_media(nodes, folders, project.root)
    raise_faults([issue for one in converted for issue in one.faults])
    places.complain(mend_levels(nodes))
    by_default = project.option("pdf", "number-sections", project.kind == "book")
    sections = project.option("html", "number-sections", by_default)
    depth = int(project.meta.get("number-depth", 6)) if sections else 0
    targets = number_targets(nodes, project.appendix_from, names, depth=depth)
    places.complain(
        lead_links(nodes, project.chapters, project.root, project.root / project.output / project.name)
    )
    resolve_references(nodes, targets, read_keys(project, memo), names)
    together = [node for chapter in nodes for node, _ in chapter]
    still_parts(together, [block for blocks in chapters for block in blocks])
    wrap_parts(together)
    whole = dict(converted[0].head) | {"blocks": [block for blocks in chapters for block in blocks]}
    abstracts = sum(is_div(node, "abstract") for node in together)
    project = replace(project, title=_plain(project.title), subtitle=_plain(project.subtitle))
    document, abstract = _take_abstract(cite(project, whole, memo, together), project, abstracts)
    payloads = {key: payload for one in converted for key, payload in one.exhibits.items()}
    sources = [one.source for one in converted]
    return Report(project, document, abstract, targets, payloads, places, names, memo, sources)


def _open_part(blocks: list[Node], title: str) -> None:
    """Puts, in place, a part's title before its first chapter; a page of its own is no numbered chapter."""
    if title:
        heading = {"t": "Header", "c": [1, ["", ["unnumbered", "part"], []], read_inlines(title)]}
        blocks.insert(1, heading)  # behind the marker of the chapter's first cell
        return
    for node in blocks:
        if node["t"] == "Header" and node["c"][0] == 1:
            node["c"][1][1].append("unnumbered")


def _take_title(project: Project, chapters: list[list[Node]]) -> tuple[Project, list[list[Node]]]:
    """A document's title, if need be from its only first-level heading; the highest headings become first level."""
    (blocks,) = chapters
    headings = [node for node in blocks if node["t"] == "Header"]
    tops = [node for node in headings if node["c"][0] == 1]
    if not project.title and len(tops) == 1 and headings[0] is tops[0]:
        project = replace(project, title=plain_text(tops[0]["c"][2]))
        anchor = {"t": "Div", "c": [[attributes(tops[0])[0], [], []], []]}
        blocks = [anchor if node is tops[0] else node for node in blocks]
        headings.remove(tops[0])
    if not project.title:
        project = replace(project, title=project.name)
    shift = (
        min(
            (
                node["c"][0]
                for node in iterate(blocks)
                if node["t"] == "Header" and any(node is h for h in headings)
            ),
            default=1,
        )
        - 1
    )
    for node in headings:
        node["c"][0] -= shift
    return project, [blocks]


def _plain(title: str) -> str:
    """A title as programs and pages show it, without its marks of emphasis."""
    return plain_text(read_inlines(title)) if re.search(r"[*_`$\[\]^~\\]", title) else title


def _take_abstract(
    document: dict[str, Any], project: Project, count: int
) -> tuple[dict[str, Any], list[Node]]:
    """The ``.abstract`` Divs, of which there are ``count``, or the metadata's abstract, go to the title page."""
    abstract: list[Node] = []
    blocks: list[Node] = document["blocks"]

    def visit(node: Node) -> list[Node] | None:
        """Takes the contents of an abstract out of whatever it stands in."""
        if not is_div(node, "abstract"):
            return None
        abstract.extend(node["c"][1])
        return []

    on_top = [node for node in blocks if is_div(node, "abstract")]
    if count == len(on_top):  # as nearly always, and quickly done
        abstract = [block for node in on_top for block in node["c"][1]]
        blocks = [node for node in blocks if not is_div(node, "abstract")]
    else:
        blocks = transform(blocks, visit)
    if not abstract and project.meta.get("abstract"):
        read, _ = read_markdown(str(project.meta["abstract"]), lambda _: "")
        abstract = read["blocks"]
    return document | {"blocks": blocks}, abstract
