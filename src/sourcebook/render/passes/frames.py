"""HTML outputs of cells (pandas frames above all) as tables and text that every format can show."""

from __future__ import annotations

import json
import re
from typing import Any

from sourcebook.render.document import Node, is_div, iterate, join_words, transform
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.table_nodes import align_numbers, merge_index_names, scope_headers
from sourcebook.render.tools import run_pandoc

_TABLE = re.compile(r"<table\b(?:(?!</table>).)*</table>", re.DOTALL | re.IGNORECASE)
_PIECE = "sourcebook-piece"
_SIZE_NOTE = re.compile(r"<p>\s*\d+ rows × \d+ columns\s*</p>")
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)


def read_frames(chapter: ChapterTree) -> None:
    """Replaces each ``.html-output`` Div by what pandoc reads in it; all are read in one go.

    Outputs that only a browser can show stay raw HTML.
    """
    frames = [node for node in iterate(chapter.blocks) if _is_frame(node)]
    if not frames:
        return
    pieces = iter(_read([_code(node) for node in frames]))

    def visit(node: Node) -> list[Node] | None:
        """The blocks read from an output, tidied; both walks meet frames, of which none holds another, in one order."""
        return [_tidied(block) for block in next(pieces)] if _is_frame(node) else None

    chapter.blocks = transform(chapter.blocks, visit)


def _is_frame(node: Node) -> bool:
    """Whether a node is an output to be read, or a table that an author wrote in HTML."""
    if node["t"] == "RawBlock":
        return node["c"][0] in ("html", "html5") and bool(_TABLE.fullmatch(node["c"][1].strip()))
    return is_div(node, "html-output") and not is_div(node, "only-html")


def _code(node: Node) -> str:
    if node["t"] == "RawBlock":
        return str(node["c"][1])
    code = "".join(block["c"][1] for block in node["c"][1] if block["t"] == "RawBlock")
    return _SIZE_NOTE.sub("", _STYLE.sub("", code))


def _read(codes: list[str]) -> list[list[Node]]:
    page = "".join(f'<div class="{_PIECE}">{code}</div>' for code in codes)
    document: dict[str, Any] = json.loads(
        run_pandoc(["-f", "html+raw_html-native_divs+native_divs", "-t", "json"], page)
    )
    return [join_words(node["c"][1]) for node in document["blocks"] if is_div(node, _PIECE)]


def _tidied(block: Node) -> Node:
    tidied: Node = transform([block], _tidy)[0]
    return tidied


def _tidy(node: Node) -> Node | None:
    if node["t"] == "Table":
        node["c"][0] = [node["c"][0][0], [name for name in node["c"][0][1] if name != "dataframe"], []]
        merge_index_names(node)
        scope_headers(node)
        align_numbers(node)
    return node if node["t"] == "Table" else None
