"""Outputs of cells join the tree, in the place of their placeholders."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from sourcebook.errors import Issue
from sourcebook.render.document import Node, attributes, is_div, iterate, iterate_placed, transform
from sourcebook.render.export.placeholders import TEXT, Placed, list_texts
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.tools import read_plain

# Classes that say what later passes and writers made of a node: an author's node of such a class is none.
_OURS = {
    "exhibit", "equation", "theorem", "caption", "sub", "bare", "still", "tabset", "tab", "code-fold", "file", "pad", "html-output",
    "only-html",
}  # fmt: skip


def join(chapter: ChapterTree) -> None:
    """Puts each output where its placeholder stands; the texts at the end of the chapter, read for them, go."""
    chapter.warnings += _reserve(chapter.blocks)
    if chapter.outputs:
        chapter.blocks = join_outputs(chapter.blocks, chapter.outputs)


def _reserve(blocks: list[Node]) -> list[Issue]:
    """Takes, in place, from what authors wrote the classes that only our passes give; a warning for each."""
    issues: list[Issue] = []
    for node, place in iterate_placed(blocks):
        if node["t"] in ("Div", "Span") and (ours := _OURS.intersection(node["c"][0][1])):
            node["c"][0][1] = [name for name in node["c"][0][1] if name not in _OURS]
            what, found = (
                "a class that only the report's own parts have is taken out",
                ", ".join(sorted(ours)),
            )
            issues.append(Issue(place, what, found, fix="give it another name"))
    return issues


def join_outputs(blocks: list[Node], outputs: Mapping[str, Placed]) -> list[Node]:
    """``blocks``, read from prose and ``write_texts``, with each output in its place and no texts at the end."""
    # A Div that a text leaves open takes in the texts behind it.
    numbered = {
        attributes(node)[2].get("number", ""): [
            block for block in node["c"][1][1:] if not is_div(block, TEXT)
        ]
        for node in iterate(blocks)
        if is_div(node, TEXT)
    }
    listed = enumerate(list_texts(outputs.values()))
    texts = {words: numbered.get(str(number), []) for number, words in listed}

    def read(words: str) -> list[Node]:
        """The blocks of a text, which may be changed."""
        return copy.deepcopy(texts[words]) if words in texts else read_plain(words)

    def visit(node: Node) -> list[Node] | None:
        """The nodes of the output that a placeholder names."""
        if is_div(node, TEXT):
            return []
        if node["t"] != "RawBlock" or node["c"][0] != "output":
            return None
        placed = outputs.get(node["c"][1])
        return placed.output.build(read) if placed else []

    joined: list[Node] = transform(blocks, visit)
    _count_notes(joined)
    return joined


def _count_notes(blocks: list[Node]) -> None:
    """Numbers citations through, in place, as pandoc does: every one as if it made a note, those in a note as one."""
    count = 0
    inside: set[int] = set()
    for node in iterate(blocks):
        if node["t"] == "Note" or (node["t"] == "Cite" and id(node) not in inside):
            count += 1
            cites = [node] if node["t"] == "Cite" else [n for n in iterate(node["c"]) if n["t"] == "Cite"]
            inside |= {id(cite) for cite in cites}
            for citation in (citation for cite in cites for citation in cite["c"][0]):
                citation["citationNoteNum"] = count
