"""One executed chapter in our one form: exported, read by pandoc, made harmless, its tables built."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from sourcebook.core.files import digest
from sourcebook.errors import Issue
from sourcebook.render.cells.export import ChapterExport
from sourcebook.render.memo import Memo
from sourcebook.render.reading import note_variable
from sourcebook.render.source.chapters import Chapter, SourceChapter, describe_source
from sourcebook.render.source.places import Places
from sourcebook.render.source.project import Project
from sourcebook.render.source.shortcodes import find_embeds, find_variables
from sourcebook.render.tools import read_markdown
from sourcebook.render.tree.checks import check_dialect
from sourcebook.render.tree.cleaning import clean_tree
from sourcebook.render.tree.conditions import select_by_metadata
from sourcebook.render.tree.dialect import normalise
from sourcebook.render.tree.document import Node, plain_text
from sourcebook.render.tree.exhibits import build_tables, check_exhibits
from sourcebook.render.tree.frames import read_html_outputs
from sourcebook.render.tree.portions import read_portions
from sourcebook.render.tree.widths import KEY as WIDTHS
from sourcebook.render.tree.widths import check_widths, set_widths

_TOP = "move it to the front matter at the top of the file, or put a blank line below the rule"


@dataclass(frozen=True)
class Converted:
    """A chapter's blocks, what its exhibits hold, what to warn of, and faults in its exhibits' texts.

    ``head`` is what pandoc's document has besides blocks: its version, and no metadata. ``source`` is where it came from.
    """

    head: Mapping[str, Any]
    blocks: list[Node]
    exhibits: Mapping[str, Mapping[str, Any]]
    warnings: Sequence[Issue]
    faults: Sequence[Issue]
    source: SourceChapter


def convert_chapter(
    project: Project, chapter: Chapter, exports: ChapterExport, places: Places, memo: Memo
) -> Converted:
    """``chapter``, executed, as the blocks that numbering knows; in an earlier build, perhaps.

    Raises ``RenderError`` for outputs and shortcodes that cannot be used, ``ToolError`` when pandoc fails.
    """
    written = json.dumps(chapter.notebook, ensure_ascii=False)
    rests_on = [chapter.name, digest(written.encode()), chapter.meta, project.meta, project.kind]
    rests_on += [exports.variables]
    if "{{<" in written:
        variables = find_variables(written)
        rests_on += [{name: os.environ.get(name) for name in variables}]
        for name in variables:
            note_variable(name)
        rests_on += list(exports.notebooks.values()) if find_embeds(written) else []
    del written  # it may be large, and is not needed any more
    made = memo.recall(
        f"chapter {chapter.name}", rests_on, lambda: _convert(project, chapter, exports, places)
    )
    issues = {key: [Issue(*issue) for issue in made[key]] for key in ("warnings", "faults")}
    return Converted(
        made["head"], made["blocks"], made["exhibits"], **issues, source=describe_source(chapter)
    )


def _convert(project: Project, chapter: Chapter, exports: ChapterExport, places: Places) -> dict[str, Any]:
    text, resources = exports.export(chapter.notebook, chapter.path, chapter.meta)
    document, complaints = read_markdown(text, lambda line: places.of_line(text, line))
    complaints += [
        Issue(_line_of(key, text, places), f"'{key}:' amid the text has no effect here", fix=_TOP)
        for key in document["meta"]
    ]
    blocks, found = read_portions(document["blocks"], resources["portions"])
    warnings = [*resources["warnings"], *complaints, *found, *check_dialect(blocks)]
    blocks = read_html_outputs(blocks)
    if not project.trusted:
        blocks, found = clean_tree(blocks)
        warnings += found
    blocks, found = select_by_metadata(blocks, dict(project.meta) | dict(chapter.meta))
    warnings += found
    blocks = normalise(blocks, exports.kinds)
    if project.kind == "book":
        blocks = _titled(blocks, chapter.meta)
    faults, found = check_exhibits(blocks, resources["exhibits"])
    blocks = build_tables(blocks, resources["exhibits"])
    widths = chapter.meta.get(WIDTHS, project.meta.get(WIDTHS))
    found += [*check_widths(widths, project.find(WIDTHS)), *set_widths(blocks, widths)]
    return {
        "head": {key: value for key, value in document.items() if key != "blocks"} | {"meta": {}},
        "blocks": blocks,
        "exhibits": resources["exhibits"],
        "warnings": [astuple(issue) for issue in [*warnings, *found]],
        "faults": [astuple(issue) for issue in faults],
    }


def _line_of(key: str, markdown: str, places: Places) -> str:
    lines = markdown.split("\n")
    return places.of_line(
        markdown, next((n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)
    )


def _titled(blocks: list[Node], meta: Mapping[str, Any]) -> list[Node]:
    """A chapter of a book whose title stands in its front matter; as in Quarto, headings of that level are chapters too."""
    classes = ["unnumbered"] if meta.get("number-sections") is False else []
    headings = [node for node in blocks if node["t"] == "Header" and node["c"][0] == 1]
    for node in headings:
        node["c"][1][1] += classes
    if not meta.get("title"):
        return blocks
    document, _ = read_markdown(str(meta["title"]), lambda _: "")
    inlines = document["blocks"][0]["c"]
    if headings and plain_text(headings[0]["c"][2]) == plain_text(inlines):
        return blocks  # said twice
    label = str(meta.get("id") or "-".join(plain_text(inlines).lower().split()))
    return [*blocks[:1], {"t": "Header", "c": [1, [label, classes, []], inlines]}, *blocks[1:]]
