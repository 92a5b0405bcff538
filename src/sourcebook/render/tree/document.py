"""pandoc's document tree (AST) as plain JSON: reading, walking, changing and building its nodes.

A node is ``{"t": type, "c": content}``; see pandoc-types, Text.Pandoc.Definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Node = dict[str, Any]
Visit = Callable[[Node], "Node | list[Node] | None"]


def iterate(value: Any) -> Iterator[Node]:
    """Every node below ``value`` in reading order, a parent before its children."""
    if isinstance(value, dict):
        if "t" in value:
            yield value
        for child in value.values():
            yield from iterate(child)
    elif isinstance(value, list):
        for child in value:
            yield from iterate(child)


def iterate_placed(blocks: list[Node]) -> Iterator[tuple[Node, str]]:
    """Like ``iterate``, with the place (notebook and cell) that the last marker block named."""
    place = ""
    for node in iterate(blocks):
        if node["t"] == "RawBlock" and node["c"][0] == "place":
            place = node["c"][1]
        else:
            yield node, place


def transform(value: Any, visit: Visit) -> Any:
    """A copy of ``value`` in which each node is what ``visit`` made of it, children first.

    ``visit`` returns a node, a list of nodes that takes its place (possibly empty), or None to leave it.
    """
    if isinstance(value, dict):
        return {key: transform(child, visit) for key, child in value.items()}
    if not isinstance(value, list):
        return value
    result: list[Any] = []
    for child in value:
        changed = transform(child, visit)
        replacement = visit(changed) if isinstance(changed, dict) and "t" in changed else None
        if replacement is None:
            result.append(changed)
        elif isinstance(replacement, list):
            result.extend(replacement)
        else:
            result.append(replacement)
    return result


def transform_placed(
    blocks: list[Node], visit: Callable[[Node, str], Node | list[Node] | None]
) -> list[Node]:
    """Like ``transform`` for a chapter's or report's blocks; ``visit`` is also told the place each node is in."""
    places = {id(node): place for node, place in iterate_placed(blocks)}

    def descend(value: Any, place: str) -> Any:
        if isinstance(value, dict):
            here = places.get(id(value), place)
            return {key: descend(child, here) for key, child in value.items()}
        if not isinstance(value, list):
            return value
        result: list[Any] = []
        for child in value:
            changed = descend(child, place)
            node = isinstance(changed, dict) and "t" in changed
            replacement = visit(changed, places.get(id(child), place)) if node else None
            if replacement is None:
                result.append(changed)
            else:
                result += replacement if isinstance(replacement, list) else [replacement]
        return result

    made: list[Node] = descend(blocks, "")
    return made


def plain_text(value: Any) -> str:
    """The characters a reader sees of inlines or blocks, without markup."""
    parts = {"Space": " ", "SoftBreak": " ", "LineBreak": " "}
    words: list[str] = []
    for node in iterate(value):
        kind = node["t"]
        if kind == "Str":
            words.append(node["c"])
        elif kind in ("Code", "Math"):
            words.append(node["c"][1])
        else:
            words.append(parts.get(kind, ""))
    return "".join(words)


def attributes(node: Node) -> tuple[str, list[str], dict[str, str]]:
    """Identifier, classes and key-value pairs of a Div, Span, Link, Header, CodeBlock or Table."""
    attr = node["c"][1] if node["t"] == "Header" else node["c"][0]
    return attr[0], attr[1], dict(attr[2])


def is_div(node: Node, name: str) -> bool:
    """Whether ``node`` is a Div of class ``name``."""
    return node["t"] == "Div" and name in node["c"][0][1]


def parts_of(div: Node, name: str) -> list[list[Node]]:
    """The contents of the Divs of class ``name`` directly inside ``div``."""
    return [child["c"][1] for child in div["c"][1] if is_div(child, name)]


def inlines_of(blocks: list[Node]) -> list[Node]:
    """The inlines of paragraphs; several paragraphs are set one after the other."""
    found: list[Node] = []
    for block in blocks:
        if block["t"] in ("Para", "Plain"):
            found += [space(), *block["c"]] if found else block["c"]
    return found


def attr(identifier: str = "", *classes: str, **pairs: str) -> list[Any]:
    """An attribute triple."""
    return [identifier, list(classes), [[key.replace("_", "-"), text] for key, text in pairs.items()]]


def text(words: str) -> list[Node]:
    """Inlines for plain words."""
    nodes: list[Node] = []
    for number, word in enumerate(words.split(" ")):
        nodes += [space()] if number else []
        nodes += [{"t": "Str", "c": word}] if word else []
    return nodes


def space() -> Node:
    """A space between words."""
    return {"t": "Space"}


def plain(inlines: list[Node]) -> Node:
    """Inlines as a block without paragraph spacing."""
    return {"t": "Plain", "c": inlines}


def para(inlines: list[Node]) -> Node:
    """Inlines as a paragraph."""
    return {"t": "Para", "c": inlines}


def div(blocks: list[Node], identifier: str = "", *classes: str, **pairs: str) -> Node:
    """A Div."""
    return {"t": "Div", "c": [attr(identifier, *classes, **pairs), blocks]}


def span(inlines: list[Node], identifier: str = "", *classes: str, **pairs: str) -> Node:
    """A Span."""
    return {"t": "Span", "c": [attr(identifier, *classes, **pairs), inlines]}


def link(inlines: list[Node], target: str, *classes: str, **pairs: str) -> Node:
    """A link to an address or to ``#identifier``."""
    return {"t": "Link", "c": [attr("", *classes, **pairs), inlines, [target, ""]]}


def raw(form: str, code: str) -> Node:
    """A block for one output format only."""
    return {"t": "RawBlock", "c": [form, code]}


def raw_inline(form: str, code: str) -> Node:
    """An inline for one output format only."""
    return {"t": "RawInline", "c": [form, code]}
