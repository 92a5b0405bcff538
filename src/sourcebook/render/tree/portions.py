"""Portions of a chapter that were set apart since they are long: read side by side and put where they belong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from sourcebook.errors import Issue
from sourcebook.render.tools import read_markdown
from sourcebook.render.tree.document import Node, iterate, transform


def read_portions(
    blocks: list[Node], portions: Mapping[str, tuple[str, str]]
) -> tuple[list[Node], list[Issue]]:
    """``blocks`` with what pandoc reads in ``portions`` (place and Markdown by name) for each block that names one,
    and what pandoc warns of.
    """
    if not portions:
        return blocks, []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(lambda portion: read_markdown(portion[1], lambda _: portion[0]), portions.values())
        read = dict(zip(portions, done, strict=True))

    def visit(node: Node) -> list[Node] | None:
        """The blocks of the portion that a marker names; nothing for a name that is none of ours."""
        if node["t"] != "RawBlock" or node["c"][0] != "portion":
            return None
        return read[node["c"][1]][0]["blocks"] if node["c"][1] in read else []

    whole: list[Node] = transform(blocks, visit)
    _count_notes(whole)
    return whole, [issue for _, issues in read.values() for issue in issues]


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
