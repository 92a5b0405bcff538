"""Callouts, theorems and tabs after ``normalise``: their titles."""

from __future__ import annotations

from collections.abc import Mapping

from sourcebook.render.tree.document import Node, is_div, text


def title_of(node: Node) -> tuple[list[Node], list[Node]]:
    """The inlines of a Div's ``.title`` and the blocks without it."""
    blocks: list[Node] = node["c"][1]
    if blocks and is_div(blocks[0], "title"):
        return blocks[0]["c"][1][0]["c"], blocks[1:]
    return [], blocks


def head_callout(kind: str, title: list[Node], pairs: Mapping[str, str]) -> list[Node]:
    """What stands over a callout of ``kind`` (note, tip …): the kind, with its number if it has one, and its title.

    A word says the kind, for a colour does not reach everyone; Quarto's ``icon="false"`` leaves a title alone.
    """
    if title and pairs.get("icon") == "false" and "name" not in pairs:
        return title
    name = text(pairs.get("name", kind.capitalize()))
    return [*name, {"t": "Str", "c": ": "}, *title] if title else name
