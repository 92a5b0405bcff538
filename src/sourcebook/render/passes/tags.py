"""HTML tags in Markdown that every format has a word for: pictures, anchors and line breaks become nodes."""

from __future__ import annotations

import html
import re
from typing import Any, cast

from sourcebook.core.options import HEIGHT, WHEN_FORMAT, WIDTH
from sourcebook.render.document import (
    Node,
    attr,
    attributes,
    iterate,
    plain,
    plain_text,
    span,
    text,
    transform,
)
from sourcebook.render.passes.state import ChapterTree

_PICTURE = re.compile(r"<img\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)/?>", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>(?:\s*</a>)?", re.IGNORECASE)
_PAIR = re.compile(r"(?<![\w-])([\w-]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_LENGTH = re.compile(r"([\d.]+)(%|px)?")
# pandoc has put them to use in all mathematics below.
_DEFINITION = re.compile(r"\s*\\(?:(?:re)?newcommand|providecommand|DeclareMathOperator|[egx]?def|let)\b")
_NODES = {
    "b": "Strong", "strong": "Strong", "i": "Emph", "em": "Emph", "sub": "Subscript", "sup": "Superscript", "s": "Strikeout",
    "del": "Strikeout", "strike": "Strikeout", "u": "Underline", "ins": "Underline", "q": "Quoted", "code": "Code", "tt": "Code", "samp": "Code", "kbd": "Span",
    "mark": "Span",
}  # fmt: skip
_WORDS = re.compile(rf"<(/?)({'|'.join([*_NODES, 'a'])})\b[^<>]*>", re.IGNORECASE)
# What a class, an attribute or a style can hide.
_WITH_CLASSES = ("Div", "Span", "CodeBlock", "Code")
_UNSEEN = re.compile(r"\bdisplay\s*:\s*none\b", re.IGNORECASE)
_HEADING = re.compile(r"<(/?)h([1-6])\b([^<>]*)>", re.IGNORECASE)
_RULE = re.compile(r"<hr\b[^<>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_tags(chapter: ChapterTree) -> None:
    """Makes nodes of ``<img>``, of ``<a>``, of ``<br>``, of ``<h1>`` to ``<h6>``, and of ``<b>`` and its kin.

    What is not to be seen goes: what is ``.hidden``, definitions of TeX; what a browser hides is for it alone.
    """
    chapter.blocks = as_nodes(chapter.blocks)


def as_nodes(blocks: list[Node]) -> list[Node]:
    """``blocks`` in which the tags that every format has a word for are nodes."""
    blocks = _read_headings(transform(blocks, _visit))
    for node in iterate(blocks):
        _pair_within(node.get("c"))
    return blocks


def _read_headings(blocks: list[Node]) -> list[Node]:
    """``blocks`` in which words between ``<h2>`` and ``</h2>`` are a heading."""
    made: list[Node] = []
    for block in blocks:
        if block["t"] == "Div":
            block["c"][1] = _read_headings(block["c"][1])
        closing, opening = _heading_tag(block), _heading_tag(made[-2]) if made[1:] else None
        if (
            closing
            and opening
            and closing[2] == opening[2]
            and closing[1]
            and not opening[1]
            and made[-1]["t"] in ("Plain", "Para")
        ):
            label = read_attributes(opening[3]).get("id", "")
            made[-2:] = [{"t": "Header", "c": [int(opening[2]), attr(label, "unnumbered"), made[-1]["c"]]}]
        else:
            made.append(block)
    return made


def _heading_tag(block: Node) -> re.Match[str] | None:
    return (
        _HEADING.fullmatch(block["c"][1].strip())
        if block["t"] == "RawBlock" and block["c"][0] == "html"
        else None
    )


def _pair_within(content: Any) -> None:
    """Pairs, in place, the tags in lists of inlines that are in no other node."""
    if isinstance(content, list):
        if any(isinstance(one, dict) and _name(cast(Node, one))[1] for one in content):
            content[:] = _pair(content)
        for part in content:
            _pair_within(part)


def _name(node: Node) -> tuple[str, str]:
    """The sign that closes, and the name, of a raw inline tag that has a node of its own; empty for anything else."""
    match = (
        _WORDS.fullmatch(node["c"][1].strip())
        if node.get("t") == "RawInline" and node["c"][0] == "html"
        else None
    )
    return (match[1], match[2].lower()) if match else ("", "")


def _pair(parts: list[Node]) -> list[Node]:
    """``parts`` in which what stands between ``<b>`` and ``</b>``, and their kin, is a node; lone tags stay."""
    made: list[Node] = []
    opened: list[tuple[str, int]] = []
    for node in parts:
        closing, name = _name(node)
        start = next((at for tag, at in reversed(opened) if tag == name), None) if closing else None
        if start is not None:
            opening, inside = made[start], made[start + 1 :]
            opened = [one for one in opened if one[1] < start]
            made[start:] = [_wrap(name, opening["c"][1], inside)]
            continue
        anchored = made and made[-1]["t"] == "Span" and not made[-1]["c"][1]
        if closing and name == "a" and anchored:
            continue  # of an anchor that is a node already
        if name and not closing:
            opened.append((name, len(made)))
        made.append(node)
    return made


def _wrap(name: str, opening: str, inside: list[Node]) -> Node:
    if name == "a":
        pairs = read_attributes(opening)
        return {"t": "Link", "c": [attr(), inside, [pairs.get("href", ""), pairs.get("title", "")]]}
    if _NODES[name] == "Code":
        return {"t": "Code", "c": [attr(), plain_text(inside)]}
    if name == "q":
        return {"t": "Quoted", "c": [{"t": "DoubleQuote"}, inside]}
    return span(inside, "", name) if _NODES[name] == "Span" else {"t": _NODES[name], "c": inside}


def _visit(node: Node) -> Node | list[Node] | None:
    if node["t"] in _WITH_CLASSES:
        return _hide(node)
    if node["t"] not in ("RawInline", "RawBlock"):
        return None
    if node["c"][0] in ("tex", "latex"):
        return [] if _DEFINITION.match(node["c"][1]) else None
    form, code = node["c"]
    if form != "html":
        return _html_picture(node)
    if _BREAK.fullmatch(code.strip()) and node["t"] == "RawInline":
        return {"t": "LineBreak"}
    if _RULE.fullmatch(code.strip()) and node["t"] == "RawBlock":
        return {"t": "HorizontalRule"}
    made: list[Node] = []
    last = 0
    for match in re.finditer(f"{_PICTURE.pattern}|{_ANCHOR.pattern}", code, re.IGNORECASE):
        part = (
            _picture(read_attributes(match[1]))
            if match[1] is not None
            else _anchor(read_attributes(match[2]))
        )
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


def _hide(node: Node) -> list[Node] | None:
    """Nothing for what is hidden; what a style hides, and a script may show, is there in HTML, hidden."""
    _, classes, pairs = attributes(node)
    if "hidden" in classes:
        return []
    if "hidden" in pairs or _UNSEEN.search(pairs.get("style", "")):
        node["c"][0][1].append("content-visible")
        node["c"][0][2].append([WHEN_FORMAT.name, "html"])
    return None


def where_html_is_read(node: Node) -> Node:
    """A Div or Span that shows in HTML, and in Markdown, whose viewers read HTML: what its author marked as HTML."""
    node["c"][0][1].append("content-visible")
    node["c"][0][2] += [[WHEN_FORMAT.name, form] for form in ("html", "markdown")]
    return node


def _html_picture(node: Node) -> Node | None:
    """A picture amid words that an author meant for HTML alone."""
    form, code = node["c"]
    shown = _PICTURE.fullmatch(code.strip()) if form == "html5" and node["t"] == "RawInline" else None
    picture = _picture(read_attributes(shown[1])) if shown else None
    return where_html_is_read(span([picture])) if picture else None


def read_attributes(attributes: str) -> dict[str, str]:
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
