"""Lists that an author wrote in HTML, whose tags pandoc leaves beside their words, as lists of every format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sourcebook.render.document import Node, div, is_marker, iterate
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.passes.tags import read_attributes

_TAG = re.compile(r"<(/?)(ul|ol|li)\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_COUNTING = {
    "a": "LowerAlpha", "A": "UpperAlpha", "i": "LowerRoman", "I": "UpperRoman", "1": "Decimal",
}  # fmt: skip


def read_lists(chapter: ChapterTree) -> None:
    """Makes lists, in place, of what stands between ``<ul>`` or ``<ol>`` and its end in the same cell; lone tags stay."""
    if not any(map(_tag, iterate(chapter.blocks))):
        return
    _read_within(chapter.blocks)
    for node in iterate(chapter.blocks):
        _read_within(node.get("c"))


def _read_within(content: Any) -> None:
    """Reads, in place, the tags in lists of blocks that are in no other node."""
    if isinstance(content, list):
        if any(isinstance(one, dict) and _tag(one) for one in content):
            content[:] = _nest(content)
        for part in content:
            _read_within(part)


def _tag(node: Any) -> re.Match[str] | None:
    """The tag of a list or item that a block is."""
    return (
        _TAG.fullmatch(node["c"][1].strip())
        if node.get("t") == "RawBlock" and node["c"][0] == "html"
        else None
    )


def _nest(blocks: list[Node]) -> list[Node]:
    """``blocks`` in which each list from its tag to that of its end is a node."""
    # What stands outside of lists, then of each list that is open its tag and what follows.
    open_lists: list[list[Node]] = [[]]
    for block in blocks:
        tag = _tag(block)
        inner = _tag(open_lists[-1][0]) if open_lists[1:] else None
        if is_marker(block):  # a cell's list ends with it
            open_lists = [[one for part in open_lists for one in part]]
        if tag and not tag[1] and tag[2].lower() != "li":
            open_lists.append([block])
        elif tag and tag[1] and inner and tag[2].lower() == inner[2].lower():
            made = open_lists.pop()
            open_lists[-1] += _list(made) or [*made, block]
        else:
            open_lists[-1].append(block)
    return [one for part in open_lists for one in part]


def _list(blocks: list[Node]) -> list[Node]:
    """The list of a tag and of what follows it; nothing where that has no items."""
    before: list[Node] = []
    items: list[tuple[Mapping[str, str], list[Node]]] = []
    for block in blocks[1:]:
        tag = _tag(block)
        if tag and not tag[1]:
            items.append((read_attributes(tag[3]), []))
        elif not tag:
            (items[-1][1] if items else before).append(block)
    opening = _tag(blocks[0])
    if not opening or not items:
        return []
    items[0][1][:0] = before
    shown, pairs = [_dress(item, own) for own, item in items], read_attributes(opening[3])
    if opening[2].lower() == "ul":
        return _dress([{"t": "BulletList", "c": shown}], pairs)
    start = pairs.get("start", "1")
    counting = [
        int(start) if re.fullmatch(r"\d{1,9}", start, re.ASCII) else 1,
        {"t": _COUNTING.get(pairs.get("type", ""), "DefaultStyle")},
        {"t": "DefaultDelim"},
    ]
    return _dress([{"t": "OrderedList", "c": [counting, shown]}], pairs)


def _dress(blocks: list[Node], pairs: Mapping[str, str]) -> list[Node]:
    """``blocks`` in a Div that has the name and looks of their tag, if that has any."""
    kept = {name: pairs[name] for name in ("style", "hidden") if name in pairs}
    label = pairs.get("id", "")
    return [div(blocks, label, **kept)] if label or kept else blocks
