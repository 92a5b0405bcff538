"""Executed chapters as one numbered report: read by pandoc, brought to one form, numbered, cited, checked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcebook.errors import Issue, ProjectError, RenderError, ToolError
from sourcebook.render.source.chapters import Chapter
from sourcebook.render.source.places import Places
from sourcebook.render.source.project import Project
from sourcebook.render.tools import read_markdown
from sourcebook.render.tree.citations import cite, read_keys
from sourcebook.render.tree.cleaning import clean_tree
from sourcebook.render.tree.conditions import select_by_metadata
from sourcebook.render.tree.dialect import check_dialect, normalise
from sourcebook.render.tree.document import Node, attributes, is_div, iterate, plain_text, transform
from sourcebook.render.tree.exhibits import build_tables, check_exhibits, wrap_parts
from sourcebook.render.tree.frames import read_html_outputs
from sourcebook.render.tree.media import locate_media
from sourcebook.render.tree.names import Names, read_names
from sourcebook.render.tree.references import Target, number_targets, resolve_references

if TYPE_CHECKING:
    from sourcebook.render.cells.exporter import ChapterExport


@dataclass(frozen=True)
class Report:
    """A numbered report before any writer: pandoc document, title-page text, targets and exhibit payloads."""

    project: Project
    document: dict[str, Any]
    abstract: list[Node]
    targets: Mapping[str, Target]
    payloads: Mapping[str, Mapping[str, Any]]
    places: Places
    names: Names


def assemble_report(
    project: Project, chapters: Sequence[Chapter], exports: ChapterExport, places: Places
) -> Report:
    """The report of executed ``chapters``: everything numbered once, references and citations resolved.

    Raises ``RenderError`` with chapter, cell and line for whatever does not exist or cannot be shown.
    """
    names, warnings = read_names(project.meta, book=project.kind == "book")
    places.complain(
        [*project.warnings, *warnings, *(issue for chapter in chapters for issue in chapter.warnings)]
    )
    own = [chapter for chapter in chapters if not chapter.embedded]
    try:
        exported = [exports.export(chapter.notebook, chapter.path, chapter.meta) for chapter in own]
        for _, resources in exported:
            places.complain(resources["warnings"])
        blocks, version = _read_chapters(own, [text for text, _ in exported], project, names, places)
        payloads = {
            key: payload for _, resources in exported for key, payload in resources["exhibits"].items()
        }
        return _number(project, blocks, version, payloads, places, names)
    except (RenderError, ToolError) as error:
        raise places.raise_refined(error) from error


def _read_chapters(
    chapters: Sequence[Chapter], texts: Sequence[str], project: Project, names: Names, places: Places
) -> tuple[list[list[Node]], dict[str, Any]]:
    """The blocks of each chapter in our one form, and pandoc's version."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        documents = list(
            pool.map(lambda text: read_markdown(text, lambda line: places.of_line(text, line)), texts)
        )
    found: list[list[Node]] = []
    for chapter, (document, complaints) in zip(chapters, documents, strict=True):
        places.complain(complaints)
        read = read_html_outputs(document["blocks"])
        if not project.trusted:
            read, warnings = clean_tree(read)
            places.complain(warnings)
        read, warnings = select_by_metadata(read, dict(project.meta) | dict(chapter.meta))
        places.complain([*warnings, *check_dialect(read)])
        blocks = normalise(read, names.floats)
        found.append(_titled(blocks, chapter.meta) if project.kind == "book" else blocks)
    return found, {key: value for key, value in documents[0][0].items() if key != "blocks"}


def _number(
    project: Project,
    chapters: list[list[Node]],
    version: dict[str, Any],
    payloads: Mapping[str, Any],
    places: Places,
    names: Names,
) -> Report:
    folders = [(project.root / path).parent for path in project.chapters]
    locate_media(chapters, folders, project.root)
    places.complain(check_exhibits(chapters, payloads))
    chapters = [build_tables(blocks, payloads) for blocks in chapters]
    if project.kind != "book":
        project, chapters = _take_title(project, chapters)
    sections = bool(project.option("html", "number-sections", project.kind == "book"))
    targets = number_targets(chapters, project.appendix_from, names, sections=sections)
    resolve_references(chapters, targets, read_keys(project), names)
    document = cite(
        project, version | {"meta": {}, "blocks": [block for blocks in chapters for block in blocks]}
    )
    document, abstract = _take_abstract(document, project)
    return Report(project, document, abstract, targets, payloads, places, names)


def _titled(blocks: list[Node], meta: Mapping[str, Any]) -> list[Node]:
    """A chapter of a book whose title stands in its front matter."""
    if not meta.get("title") or any(node["t"] == "Header" and node["c"][0] == 1 for node in blocks):
        return blocks
    classes = ["unnumbered"] if meta.get("number-sections") is False else []
    document, _ = read_markdown(str(meta["title"]), _nowhere)
    inlines = document["blocks"][0]["c"]
    label = str(meta.get("id") or "-".join(plain_text(inlines).lower().split()))
    return [*blocks[:1], {"t": "Header", "c": [1, [label, classes, []], inlines]}, *blocks[1:]]


def _take_title(project: Project, chapters: list[list[Node]]) -> tuple[Project, list[list[Node]]]:
    """A document's title, if need be from its only first-level heading; the highest headings become first level."""
    import dataclasses

    (blocks,) = chapters
    headings = [node for node in blocks if node["t"] == "Header"]
    tops = [node for node in headings if node["c"][0] == 1]
    if not project.title and len(tops) == 1 and headings[0] is tops[0]:
        project = dataclasses.replace(project, title=plain_text(tops[0]["c"][2]))
        anchor = {"t": "Div", "c": [[attributes(tops[0])[0], [], []], []]}
        blocks = [anchor if node is tops[0] else node for node in blocks]
        headings.remove(tops[0])
    if not project.title:
        project = dataclasses.replace(project, title=project.name)
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


def _take_abstract(document: dict[str, Any], project: Project) -> tuple[dict[str, Any], list[Node]]:
    """The ``.abstract`` Div, or the metadata's abstract, goes to the title page."""
    abstract: list[Node] = []

    def visit(node: Node) -> list[Node] | None:
        if not is_div(node, "abstract"):
            return None
        abstract.extend(node["c"][1])
        return []

    blocks = transform(document["blocks"], visit)
    if not abstract and project.meta.get("abstract"):
        read, _ = read_markdown(str(project.meta["abstract"]), _nowhere)
        abstract = read["blocks"]
    return document | {"blocks": wrap_parts(blocks)}, abstract


def _nowhere(_: int) -> str:
    """Front matter has no cell to point at."""
    return ""


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
