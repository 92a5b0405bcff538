"""pandoc's document tree (AST) as plain JSON: reading, walking, changing and building its nodes.

A node is ``{"t": type, "c": content}``; see pandoc-types, Text.Pandoc.Definition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from sys import intern
from typing import Any, NotRequired, TypedDict, cast


class Node(TypedDict):
    """A node: its type, and its content unless the type has none (``Space``)."""

    t: str
    c: NotRequired[Any]


class Citation(TypedDict):
    """One of the sources that a ``Cite`` node names; its ``citationMode`` is NormalCitation, SuppressAuthor …"""

    citationId: str
    citationPrefix: list[Node]
    citationSuffix: list[Node]
    citationMode: Node
    citationNoteNum: int
    citationHash: int


Visit = Callable[[Node], "Node | list[Node] | None"]

_BLANKS = ("Space", "SoftBreak", "LineBreak")
QUOTES = {"DoubleQuote": "“”", "SingleQuote": "‘’"}
_BOXES = ("☐", "☒")
_PERCENT = re.compile(r"(?<=\d) %")  # a line shall not end between a number and its sign


def iterate(value: Any) -> Iterator[Node]:
    """Every node below ``value`` in reading order, a parent before its children; all are found before the first comes."""
    found: list[Node] = []
    _collect([value], found)
    return iter(found)


def _collect(values: Iterable[Any], found: list[Node]) -> None:
    for value in values:  # millions of them in a large report, most of them words
        kind = type(value)
        if kind is list:
            _collect(value, found)
        elif kind is dict:
            if "t" not in value:
                _collect(value.values(), found)
                continue
            found.append(value)
            content = value.get("c")
            if type(content) is list:
                _collect(content, found)
            elif type(content) is dict:
                _collect((content,), found)


def is_marker(node: Node) -> bool:
    """Whether a block says at which place (notebook and cell) the next ones stand."""
    return node["t"] == "RawBlock" and node["c"][0] == "place"


def iterate_placed(blocks: list[Node]) -> Iterator[tuple[Node, str]]:
    """Like ``iterate``, with the place (notebook and cell) that the last marker block named, empty before the first."""
    place = ""
    for node in iterate(blocks):
        if is_marker(node):
            place = node["c"][1]
        else:
            yield node, place


def transform(value: Any, visit: Visit) -> Any:
    """A copy of ``value`` in which each node is what ``visit`` made of it, children first.

    ``visit`` returns a node, a list of nodes that takes its place (possibly empty), or None to leave it.
    """

    def descend(value: Any) -> Any:
        """The copy of a part of it; half a million of them in a build of a large report."""
        kind = type(value)
        if kind is dict:
            return {key: descend(child) for key, child in value.items()}
        if kind is not list:
            return value
        result: list[Any] = []
        for child in value:
            kind = type(child)
            if kind is dict and "t" in child:
                content = child.get("c")  # a single word is nobody's to change, and not copied
                parts = type(content) is list or type(content) is dict
                changed: Node = {"t": child["t"], "c": descend(content)} if parts else child
                made = visit(changed)
                if isinstance(made, list):
                    result.extend(made)
                else:
                    result.append(changed if made is None else made)
            else:
                result.append(descend(child) if kind is list or kind is dict else child)
        return result

    return descend(value)


def transform_placed(
    blocks: list[Node], visit: Callable[[Node, str], Node | list[Node] | None], place: str = ""
) -> list[Node]:
    """Like ``transform`` for a chapter's or report's blocks; ``visit`` is also told the place each node is in.

    ``place`` is that of blocks before the first marker.
    """
    here = place

    def descend(value: Any) -> Any:
        """As ``transform``, in reading order: ``here`` is where the walk has come to."""
        nonlocal here
        if isinstance(value, dict):
            return {key: descend(child) for key, child in value.items()}
        if not isinstance(value, list):
            return value
        result: list[Any] = []
        for child in value:
            if isinstance(child, dict) and "t" in child:
                if is_marker(cast(Node, child)):
                    here = child["c"][1]
                before = here
                content = child.get("c")
                parts = isinstance(content, (list, dict))
                changed: Node = {"t": child["t"], "c": descend(content)} if parts else cast(Node, child)
                _put(result, changed, visit(changed, before))
            else:
                result.append(descend(child))
        return result

    made: list[Node] = descend(blocks)
    return made


def _put(result: list[Any], changed: Node, replacement: Node | list[Node] | None) -> None:
    if replacement is None:
        result.append(changed)
    elif isinstance(replacement, list):
        result.extend(replacement)
    else:
        result.append(replacement)


def plain_text(value: Any) -> str:
    """The characters a reader sees of inlines or blocks, without markup; what a note says stands elsewhere."""
    words: list[str] = []
    _collect_words(value, words)
    return "".join(words)


def _collect_words(value: Any, words: list[str]) -> None:
    if type(value) is list:
        for item in value:
            _collect_words(item, words)
    elif type(value) is dict:
        kind, content = value.get("t"), value.get("c")
        if kind == "Str":
            words.append(str(content))
        elif kind in ("Code", "Math") and isinstance(content, list):
            words.append(content[1])
        elif kind in _BLANKS:
            words.append(" ")
        elif kind == "Quoted" and isinstance(content, list):
            marks = QUOTES[content[0]["t"]]
            words.append(marks[0])
            _collect_words(content[1], words)
            words.append(marks[1])
        elif kind is None:
            _collect_words(list(value.values()), words)
        elif kind != "Note":  # a citation says first what it asks for, then what is shown
            _collect_words(content[1] if kind == "Cite" and content else content, words)


def bare_inlines(inlines: list[Node]) -> list[Node]:
    """Inlines said again elsewhere, in a list or a link: without notes, links and anchors."""
    made: list[Node] = transform(inlines, _bare)
    return made


def _bare(node: Node) -> Node | list[Node] | None:
    if node["t"] == "Note":
        return []
    if node["t"] in ("Link", "Span", "Cite"):
        return list(node["c"][1])
    return None


def attributes(node: Node) -> tuple[str, list[str], dict[str, str]]:
    """Identifier, classes and key-value pairs of a Div, Span, Link, Header, CodeBlock or Table."""
    attr = node["c"][1] if node["t"] == "Header" else node["c"][0]
    return attr[0], attr[1], dict(attr[2])


def strong(inlines: list[Node]) -> Node:
    """Words in bold, none of them twice: Markdown knows no bold in bold."""
    return {
        "t": "Strong",
        "c": transform(inlines, lambda node: list(node["c"]) if node["t"] == "Strong" else None),
    }


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


def citation(key: str) -> Citation:
    """A source, cited plainly."""
    return Citation(
        citationId=key,
        citationPrefix=[],
        citationSuffix=[],
        citationMode=Node(t="NormalCitation"),
        citationNoteNum=0,
        citationHash=0,
    )


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


def unlink_inner(inlines: list[Node]) -> list[Node]:
    """``inlines`` to stand in a link: links among them as their words."""
    if not any(node["t"] == "Link" for node in iterate(inlines)):
        return inlines
    made: list[Node] = transform(inlines, lambda node: list(node["c"][1]) if node["t"] == "Link" else None)
    return made


def raw(form: str, code: str) -> Node:
    """A block for one output format only."""
    return {"t": "RawBlock", "c": [form, code]}


def raw_inline(form: str, code: str) -> Node:
    """An inline for one output format only."""
    return {"t": "RawInline", "c": [form, code]}


def join_words(value: Any) -> Any:
    """A copy of ``value`` with each run of words and spaces as one ``Str``: a seventh of the nodes.

    A number keeps its percent sign. ``split_words`` undoes the rest for programs that want each word by itself.
    """
    if not isinstance(value, list):
        return value
    result: list[Any] = []
    run: list[Node] = []
    for child in value:
        kind = child.get("t", "") if isinstance(child, dict) else ""
        if kind in ("Str", "Space"):
            run.append(child)
            continue
        if run:
            result += _joined(run)
            run = []
        content = child.get("c") if kind else None
        inside = isinstance(content, list)
        # A tree has a million kinds, and two dozen different ones.
        result.append({"t": intern(kind), "c": join_words(content)} if inside else join_words(child))
    return result + _joined(run)


def _joined(run: list[Node]) -> list[Node]:
    if run and run[0].get("c") in _BOXES:  # pandoc knows the items of a to-do list by a box as first word
        return [*run[:2], *_joined(run[2:])]
    if len(run) < 2 or not any(node["t"] == "Str" for node in run):
        return run
    words = "".join(node["c"] if node["t"] == "Str" else " " for node in run)
    return [{"t": "Str", "c": _PERCENT.sub("\N{NARROW NO-BREAK SPACE}%", words)}]


def split_words(value: Any) -> Any:
    """A copy of ``value`` with each word a ``Str`` and each space a ``Space``, as pandoc has them."""
    if isinstance(value, dict):
        return {key: split_words(child) for key, child in value.items()}
    if not isinstance(value, list):
        return value
    result: list[Any] = []
    for child in value:
        if isinstance(child, dict) and child.get("t") == "Str":
            result += text(child["c"]) if " " in child["c"] else [child]
        else:
            result.append(split_words(child))
    return result
