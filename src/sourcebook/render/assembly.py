"""Executed chapters as one report: each exported and read by pandoc, then all that ``PASSES`` do."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, field
from typing import Any

from sourcebook.core.files import digest
from sourcebook.core.limits import bound_depth
from sourcebook.errors import Issue, RenderError, ToolError
from sourcebook.render.document import Node, para, strong, text
from sourcebook.render.export.chapter_export import ChapterExport
from sourcebook.render.export.placeholders import write_texts
from sourcebook.render.memo import Memo
from sourcebook.render.passes import CHAPTER_PASSES, REPORT_PASSES
from sourcebook.render.passes.names import Names, check_names, read_names
from sourcebook.render.passes.state import ChapterTree, Payloads, ReportTree, Target
from sourcebook.render.reading import note_variable
from sourcebook.render.source.chapters import Chapter, SourceChapter, describe_source
from sourcebook.render.source.places import Places
from sourcebook.render.source.project import Project
from sourcebook.render.source.shortcodes import find_embeds, find_variables
from sourcebook.render.source.values import say_dates
from sourcebook.render.tools import read_markdown

# In Jupyter dashes make rules and headings, and an address is a link.
_JUPYTER = "-yaml_metadata_block+autolink_bare_uris"
_TOP = "move it to the front matter at the top of the file, or put a blank line below the rule"


@dataclass(frozen=True)
class Report:
    """A numbered report before any writer: pandoc document, title-page text, targets and exhibit payloads.

    ``sources`` are the cells it came from, chapter by chapter; ``plain`` the chapters before anything was numbered, where
    a format asks for them.
    """

    project: Project
    document: dict[str, Any]
    abstract: list[Node]
    targets: Mapping[str, Target]
    payloads: Payloads
    places: Places
    names: Names
    memo: Memo = field(default_factory=Memo)
    sources: Sequence[SourceChapter] = ()
    title: Sequence[Node] = ()
    subtitle: Sequence[Node] = ()
    plain: Sequence[ChapterTree] = ()

    @property
    def headed_abstract(self) -> list[Node]:
        """The abstract below that word, which a book does without."""
        if not self.abstract or self.project.kind == "book":
            return self.abstract
        return [para([strong(text(self.project.abstract_title))]), *self.abstract]


def convert_chapters(
    project: Project, chapters: Sequence[Chapter], exports: ChapterExport, places: Places, memo: Memo
) -> list[ChapterTree]:
    """Executed ``chapters``, side by side, as ``CHAPTER_PASSES`` leave them.

    Raises ``RenderError`` with chapter, cell and line for what cannot be shown.
    """
    warnings = check_names(project.meta, lambda key: project.find("crossref", key))
    places.complain(
        [*project.warnings, *warnings, *(issue for chapter in chapters for issue in chapter.warnings)]
    )
    places.fault("Notebooks are malformed.", [issue for chapter in chapters for issue in chapter.faults])
    own = [chapter for chapter in chapters if not chapter.embedded]
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            # The longest first: begun last, it would be waited for alone.
            begun = {
                chapter.path: pool.submit(_recall_chapter, project, chapter, exports, places, memo)
                for chapter in sorted(own, key=_weigh, reverse=True)
            }
        converted = [begun[chapter.path].result() for chapter in own]
    except (RenderError, ToolError) as error:
        raise places.raise_refined(error) from error
    for one in converted:
        places.complain(one.warnings)
    return converted


def assemble_report(
    project: Project, chapters: Sequence[ChapterTree], places: Places, memo: Memo, *, plain: bool = False
) -> Report:
    """The report of ``chapters`` as ``REPORT_PASSES`` leave it; the chapters are changed, and kept as they were too if
    ``plain``.

    Raises ``RenderError`` with chapter, cell and line for whatever does not exist.
    """
    before = copy.deepcopy(list(chapters)) if plain else []
    names = read_names(project.meta, book=project.kind == "book")
    tree = ReportTree(project, list(chapters), names, places, memo)
    try:
        for change in REPORT_PASSES:
            change(tree)
    except (RenderError, ToolError) as error:
        raise places.raise_refined(error) from error
    payloads = {key: payload for chapter in chapters for key, payload in chapter.payloads.items()}
    sources = [chapter.source for chapter in chapters if chapter.source]
    return Report(
        tree.project, tree.document, tree.abstract, tree.targets, payloads, places, names, memo, sources,
        tree.title, tree.subtitle, before,
    )  # fmt: skip


def _weigh(chapter: Chapter) -> int:
    """About how much there is to read in a chapter: the characters of its Markdown."""
    cells = chapter.notebook.cells
    shown = (output.get("data", {}) for cell in cells for output in cell.get("outputs", ()))
    return sum(len(cell.source) for cell in cells) + sum(len(data.get("text/markdown", "")) for data in shown)


def _recall_chapter(
    project: Project, chapter: Chapter, exports: ChapterExport, places: Places, memo: Memo
) -> ChapterTree:
    """``chapter`` as the passes leave it; in an earlier build, perhaps.

    Raises ``RenderError`` for outputs and shortcodes that cannot be used, ``ToolError`` when pandoc fails.
    """
    written = json.dumps(chapter.notebook, ensure_ascii=False)
    rests_on = [
        chapter.name,
        digest(written.encode("utf-8", "surrogatepass")),
        chapter.meta,
        project.meta,
        project.kind,
    ]
    rests_on += [exports.variables, exports.colours]
    if "{{<" in written:
        variables = find_variables(written)
        rests_on += [{name: os.environ.get(name) for name in variables}]
        rests_on += [say_dates({**project.meta, **chapter.meta})]  # of which one may be today
        for name in variables:
            note_variable(name)
        rests_on += list(exports.notebooks.values()) if find_embeds(written) else []
    del written  # it may be large, and is not needed any more
    with bound_depth(chapter.name):
        made = memo.recall(
            f"chapter {chapter.name}", rests_on, lambda: _convert(project, chapter, exports, places)
        )
    return ChapterTree(
        project,
        chapter.meta,
        made["head"],
        made["blocks"],
        made["payloads"],
        warnings=[Issue(*issue) for issue in made["warnings"]],
        faults=[Issue(*issue) for issue in made["faults"]],
        source=describe_source(chapter),
    )


def _convert(project: Project, chapter: Chapter, exports: ChapterExport, places: Places) -> dict[str, Any]:
    """What is kept of a chapter, as plain data."""
    tree = _read_chapter(project, chapter, exports, places)
    for change in CHAPTER_PASSES:
        change(tree)
    return {
        "head": tree.head,
        "blocks": tree.blocks,
        "payloads": tree.payloads,
        "warnings": [astuple(issue) for issue in tree.warnings],
        "faults": [astuple(issue) for issue in tree.faults],
    }


def _read_chapter(project: Project, chapter: Chapter, exports: ChapterExport, places: Places) -> ChapterTree:
    """``chapter`` exported, and read by pandoc in one go: its prose, behind it the texts of its outputs."""
    exported = exports.export(chapter.notebook, chapter.path, chapter.meta)
    text = exported.markdown + write_texts(exported.outputs.values())
    jupyter = chapter.path.suffix == ".ipynb"
    document, complaints = read_markdown(
        text, lambda line: places.of_line(text, line), _JUPYTER if jupyter else ""
    )
    complaints += [
        Issue(_line_of(key, text, places), f"'{key}:' amid the text has no effect here", fix=_TOP)
        for key in document["meta"]
        if jupyter  # of a text chapter they are settings
    ]
    return ChapterTree(
        project,
        chapter.meta,
        head={key: value for key, value in document.items() if key != "blocks"} | {"meta": {}},
        blocks=document["blocks"],
        payloads=exported.payloads,
        kinds=exports.kinds,
        outputs=exported.outputs,
        warnings=[*exported.warnings, *complaints],
        faults=exported.faults,
    )


def _line_of(key: str, markdown: str, places: Places) -> str:
    lines = markdown.split("\n")
    return places.of_line(
        markdown, next((n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)
    )
