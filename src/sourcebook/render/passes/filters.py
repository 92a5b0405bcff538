"""What Quarto does by filters: tables written as lists, diagrams, moved contents, appendices."""

from __future__ import annotations

import re
from typing import Any

import yaml

from sourcebook.core.options import CAPTION, LABEL
from sourcebook.core.yaml_text import load_yaml
from sourcebook.errors import Issue
from sourcebook.render.document import (
    Node,
    attr,
    attributes,
    is_div,
    iterate,
    iterate_placed,
    link,
    plain,
    text,
    transform,
)
from sourcebook.render.passes.state import ChapterTree

_OPTION = re.compile(r"(?:(?://|%%|#)\| ?(.*)\n)")
_FILM = re.compile(r"\.(mp4|webm|mov|m4v|ogv|mp3|ogg|wav)(\?|#|$)", re.IGNORECASE)
_DIAGRAMS = ("dot", "mermaid")
_ALIGN = {"l": "AlignLeft", "r": "AlignRight", "c": "AlignCenter"}


def apply_filters(chapter: ChapterTree) -> None:
    """Changes a chapter as these filters do."""
    moved = {
        attributes(node)[2].get("name", ""): place
        for node, place in iterate_placed(chapter.blocks)
        if is_div(node, "contents-of")
    }
    parts = {
        attributes(node)[0]: node["c"][1]
        for node in iterate(chapter.blocks)
        if node["t"] == "Div" and attributes(node)[0] in moved.keys() - {""}
    }
    chapter.faults += [_tell_missing(name, place) for name, place in moved.items() if name not in parts]

    def visit(node: Node) -> Node | list[Node] | None:
        """The nodes in place of one that a filter changes."""
        if node["t"] == "CodeBlock":
            return _diagram(node)
        if node["t"] == "Image" and _FILM.search(node["c"][2][0]):
            return _film(node)
        if is_div(node, "contents-of"):
            return parts.get(attributes(node)[2].get("name", ""))
        if is_div(node, "list-table"):
            return _list_table(node)
        return [] if node["t"] == "Div" and attributes(node)[0] in parts else None

    chapter.blocks = _move_appendices(transform(chapter.blocks, visit))


def _tell_missing(name: str, place: str) -> Issue:
    what = f"the shortcode contents names '{name}', and no block of the chapter has this id; nothing stands in its place"
    return Issue(
        place, what, fix=f"::: {{#{name or 'name'}}} before the block to be moved, and ::: behind it"
    )


def _film(node: Node) -> Node:
    """A link to a film or sound: no page that asks nothing of the network can hold a player."""
    target = node["c"][2][0]
    words = node["c"][1] or text(target.rpartition("/")[2])
    return link([*text("Video: "), *words], target, "video")


def _diagram(node: Node) -> Node | None:
    """A diagram's text, in a figure if its option lines name one."""
    label, classes, pairs = attributes(node)
    lines = _OPTION.match(node["c"][1]) if set(classes) & set(_DIAGRAMS) else None
    if not lines:
        return None
    code = node["c"][1]
    head = []
    while found := _OPTION.match(code):
        head.append(found[1])
        code = code[found.end() :]
    try:
        options = load_yaml("\n".join(head))
    except yaml.YAMLError:
        return None
    options = options if isinstance(options, dict) else {}
    name = str(LABEL.of(options) or label)
    shown: Node = {"t": "CodeBlock", "c": [["", classes, [[*pair] for pair in pairs.items()]], code]}
    option = CAPTION.for_kind("fig")
    caption = [[option.name, str(option.of(options))]] if option.of(options) else []
    if not (name or caption):
        return shown
    return {"t": "Div", "c": [[name, [], caption], [shown]]}


def _list_table(node: Node) -> list[Node] | None:
    """A list of rows, each a list of cells, as a table; a paragraph before it is the caption."""
    label, classes, pairs = attributes(node)
    caption = [block for block in node["c"][1] if block["t"] in ("Para", "Plain")]
    lists = [block for block in node["c"][1] if block["t"] == "BulletList"]
    rows = [item[0]["c"] for item in lists[0]["c"] if item and item[0]["t"] == "BulletList"] if lists else []
    if not rows:
        return None
    count = max(map(len, rows))
    aligns = [sign.strip()[:1] for sign in pairs.get("aligns", "").split(",")]
    widths: list[float] = [float(part) for part in re.findall(r"[\d.]+", pairs.get("widths", ""))]
    shares: list[Node] = (
        [{"t": "ColWidth", "c": round(width / sum(widths), 4)} for width in widths]
        if len(widths) == count and sum(widths) > 0
        else [{"t": "ColWidthDefault"}] * count
    )
    specs = [[{"t": _ALIGN.get((aligns + [""] * count)[n], "AlignDefault")}, shares[n]] for n in range(count)]
    made = [[attr(), [_cell(blocks) for blocks in [*row, *[[]] * (count - len(row))]]] for row in rows]
    heads = int(pairs["header-rows"]) if pairs.get("header-rows", "").isdecimal() else 1
    stub = int(pairs["header-cols"]) if pairs.get("header-cols", "").isdecimal() else 0
    own = [name for name in classes if name != "list-table"]
    title: list[Any] = [None, [plain(caption[0]["c"])] if caption else []]
    body = [[attr(), stub, [], made[heads:]]]
    return [{"t": "Table", "c": [[label, own, []], title, specs, [attr(), made[:heads]], body, [attr(), []]]}]


def _cell(blocks: list[Node]) -> list[Any]:
    tight = [plain(block["c"]) if block["t"] == "Para" else block for block in blocks]
    return [attr(), {"t": "AlignDefault"}, 1, 1, tight]


def _move_appendices(blocks: list[Node]) -> list[Node]:
    """Sections marked ``.appendix`` behind all others."""
    body: list[Node] = []
    behind: list[Node] = []
    level = 0
    for block in blocks:
        if block["t"] == "Header" and (not level or block["c"][0] <= level):
            level = block["c"][0] if "appendix" in block["c"][1][1] else 0
        (behind if level else body).append(block)
    return [*body, *behind]
