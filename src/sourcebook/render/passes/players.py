"""Players that an author wrote in HTML: what they play, as a link in every format."""

from __future__ import annotations

import re
from typing import Any

from sourcebook.render.document import Node, link, para, text
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.passes.tags import read_attributes

_OPENING = re.compile(r"<(audio|video)\b", re.IGNORECASE)
_SOURCE = re.compile(r"<(?:audio|video|source)\b([^<>]*)>", re.IGNORECASE)
_END = re.compile(r"</(?:audio|video)\b", re.IGNORECASE)


def link_players(chapter: ChapterTree) -> None:
    """Makes links of ``<audio>`` and ``<video>`` with an address, and of what stands in them.

    No page that asks nothing of the network can hold such a player, and no other format has one. One that holds what it
    plays stays, and so do all in a trusted report.
    """
    if not chapter.project.trusted:
        _link_within(chapter.blocks)


def _link_within(content: Any) -> None:
    """Makes links, in place, of the players in lists of nodes."""
    if isinstance(content, dict):
        _link_within(content.get("c"))
    elif isinstance(content, list):
        start = 0
        while start < len(content):
            _link_within(content[start])
            if (opening := _OPENING.match(_code(content[start]).strip())) and (
                found := _read(content, start)
            ):
                address, last, behind = found
                name = address.rstrip("/").rpartition("/")[2]
                made = link(text(f"{opening[1].capitalize()}: {name}"), address, "video")
                alone = content[start]["t"] == "RawBlock"
                content[start : last + 1] = [para([made]) if alone else made, *behind]
            start += 1


def _read(siblings: list[Any], start: int) -> tuple[str, int, list[Node]] | None:
    """The address of the player that begins at ``start``, at which of its siblings it ends, and what else stands in that.

    None for a player that is not closed before the next one, or that needs no address.
    """
    address = ""
    for position in range(start, len(siblings)):
        node = siblings[position]
        # A line behind the tags is a paragraph, in which the end may stand.
        inside = node["c"] if node["t"] in ("Para", "Plain") else [node]
        codes = [_code(one) for one in inside]
        if position > start and any(map(_OPENING.search, codes)):
            return None
        found = (
            read_attributes(match[1]).get("src", "") for code in codes for match in _SOURCE.finditer(code)
        )
        address = address or next(filter(None, found), "")
        if end := next((number for number, code in enumerate(codes, start=1) if _END.search(code)), 0):
            held = not address or address.lower().startswith("data:")
            behind = [Node(t=node["t"], c=inside[end:])] if inside[end:] else []
            return None if held else (address, position, behind)
    return None


def _code(node: Any) -> str:
    """The HTML of a raw node; empty for any other."""
    raw = isinstance(node, dict) and node.get("t") in ("RawBlock", "RawInline") and node["c"][0] == "html"
    return str(node["c"][1]) if raw else ""
