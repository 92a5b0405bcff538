"""HTML tags in Markdown that every format has a word for: pictures, anchors and line breaks become nodes."""

from __future__ import annotations

import html
import re
from typing import Any

from sourcebook.core.options import HEIGHT, WIDTH
from sourcebook.render.document import Node, attr, attributes, iterate, plain, span, text, transform
from sourcebook.render.passes.state import ChapterTree

_PICTURE = re.compile(r"<img\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)/?>", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>(?:\s*</a>)?", re.IGNORECASE)
_PAIR = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_LENGTH = re.compile(r"([\d.]+)(%|px)?")
# pandoc has put them to use in all mathematics below.
_DEFINITION = re.compile(r"\s*\\(?:(?:re)?newcommand|providecommand|DeclareMathOperator|def|let)\b")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_tags(chapter: ChapterTree) -> None:
    """Makes nodes of ``<img>``, of ``<a id>`` and ``<a name>``, and of ``<br>``.

    What is not to be seen goes: ``.hidden`` Divs, definitions of TeX.
    """
    chapter.blocks = transform(chapter.blocks, _visit)
    for node in iterate(chapter.blocks):
        if isinstance(node.get("c"), list):
            _drop_closings(node["c"])


def _drop_closings(parts: list[Any]) -> None:
    """Takes out, in place, the ``</a>`` right behind an anchor that became a node."""
    closing = {"t": "RawInline", "c": ["html", "</a>"]}
    for number in range(len(parts) - 1, 0, -1):
        before = parts[number - 1]
        if (
            parts[number] == closing
            and isinstance(before, dict)
            and before.get("t") == "Span"
            and not before["c"][1]
        ):
            del parts[number]


def _visit(node: Node) -> Node | list[Node] | None:
    if node["t"] == "Div" and "hidden" in attributes(node)[1]:
        return []
    if node["t"] not in ("RawInline", "RawBlock"):
        return None
    if node["c"][0] in ("tex", "latex"):
        return [] if _DEFINITION.match(node["c"][1]) else None
    if node["c"][0] != "html":
        return None
    form, code = node["c"]
    if _BREAK.fullmatch(code.strip()) and node["t"] == "RawInline":
        return {"t": "LineBreak"}
    made: list[Node] = []
    last = 0
    for match in re.finditer(f"{_PICTURE.pattern}|{_ANCHOR.pattern}", code, re.IGNORECASE):
        part = _picture(_read(match[1])) if match[1] is not None else _anchor(_read(match[2]))
        if part is None:
            continue
        made += (
            [{"t": node["t"], "c": [form, code[last : match.start()]]}]
            if code[last : match.start()].strip()
            else []
        )
        made.append(part if node["t"] == "RawInline" else plain([part]))
        last = match.end()
    if not made:
        return None
    return [*made, *([Node(t=node["t"], c=[form, code[last:]])] if code[last:].strip() else [])]


def _read(attributes: str) -> dict[str, str]:
    """The attributes of a tag."""
    return {
        name.lower(): html.unescape(one or two or bare) for name, one, two, bare in _PAIR.findall(attributes)
    }


def _picture(pairs: dict[str, str]) -> Node | None:
    """``<img>`` as an Image; its sizes in pixels or percent, of its attributes or its style."""
    if not pairs.get("src"):
        return None
    style = dict(re.findall(r"(width|height)\s*:\s*([\d.]+(?:%|px))", pairs.get("style", "")))
    sizes = {
        name: _LENGTH.fullmatch(style.get(name) or pairs.get(name, "").strip())
        for name in (WIDTH.name, HEIGHT.name)
    }
    kept = {name: f"{found[1]}{found[2] or 'px'}" for name, found in sizes.items() if found}
    return {
        "t": "Image",
        "c": [
            attr(pairs.get("id", ""), **kept),
            text(pairs.get("alt", "")),
            [pairs["src"], pairs.get("title", "")],
        ],
    }


def _anchor(pairs: dict[str, str]) -> Node | None:
    """An ``<a>`` that names a place, and leads nowhere."""
    name = pairs.get("id") or pairs.get("name")
    return span([], name) if name and not pairs.get("href") else None
