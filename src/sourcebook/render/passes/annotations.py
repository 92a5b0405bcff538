"""Annotations of code: marks such as ``# <1>`` at the ends of lines, and the numbered list behind the code that explains them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sourcebook.core.options import CODE_ANNOTATIONS, WHEN_FORMAT
from sourcebook.render.document import Node, attributes, div
from sourcebook.render.formats import list_formats
from sourcebook.render.passes.state import ChapterTree

# A comment of any language, which may have to be closed: # <1>, // <1>, /* <1> */, <!-- <1> -->
_MARK = re.compile(
    r"(?:(?<![ \t])[ \t]+)?(#|//|--|%%?|!|/?\*|;|<!--)[ \t]*<(\d+)>[ \t]*(\*/|-->|;)?[ \t]*$", re.MULTILINE
)
_WRITTEN, _LEFT_OUT, _SHOWN = "written", "left out", "shown"
# The forms of the formats that treat annotations in one way.
Ways = Mapping[str, Sequence[str]]


def annotate_code(chapter: ChapterTree) -> None:
    """Shows marks as numbers, which no reader takes for code; leaves them out, with their list; or has both as written.

    Formats may differ: then each has code of its own.
    """
    ways: dict[str, list[str]] = {}
    for form in (form for form in list_formats() if form != "typst"):  # which is what the PDF is made of
        ways.setdefault(_find_way(chapter, form), []).append(form)
    _annotate(chapter.blocks, ways)


def _find_way(chapter: ChapterTree, form: str) -> str:
    own = chapter.project.kind == "book" and CODE_ANNOTATIONS.is_in(chapter.meta)
    style = CODE_ANNOTATIONS.of(chapter.meta) if own else chapter.project.option(form, CODE_ANNOTATIONS)
    return _WRITTEN if style is False else _LEFT_OUT if style == "none" else _SHOWN


def _annotate(value: Any, ways: Ways) -> bool:
    """Changes blocks in place. Whether code at their end waits for its list, from which a cell's output may part it."""
    if isinstance(value, dict):
        return _annotate(value.get("c"), ways)
    if not isinstance(value, list):
        return False
    made, waits = [], False
    for part in value:
        kind = part.get("t") if isinstance(part, dict) else ""
        if waits and kind == "OrderedList":
            waits = False
            made += _put({way: part for way in ways if way != _LEFT_OUT}, ways)
        elif kind == "CodeBlock" and _is_annotated(part):
            waits = True
            made += _write_code(part, ways)
        else:
            waits = _annotate(part, ways) or (waits and kind in ("Div", "CodeBlock", "RawBlock"))
            made.append(part)
    value[:] = made
    return waits


def _is_annotated(node: Node) -> bool:
    """Whether a block is code of some language with marks: an output or a plain text is none."""
    classes = attributes(node)[1]
    return bool(classes) and "cell-output" not in classes and bool(_MARK.search(node["c"][1]))


def _write_code(node: Node, ways: Ways) -> list[Node]:
    (label, *rest), code = node["c"]
    written = {_WRITTEN: code, _LEFT_OUT: _MARK.sub("", code), _SHOWN: _MARK.sub(_number, code)}
    several = len(ways) > 1
    nodes: dict[str, Node] = {
        way: {"t": "CodeBlock", "c": [["" if several else label, *rest], written[way]]} for way in ways
    }
    made = _put(nodes, ways)
    return [div(made, label)] if several and label else made


def _number(mark: re.Match[str]) -> str:
    """A mark as a comment that says its number."""
    return f"  {mark[1]} ({mark[2]}){' ' + mark[3] if mark[3] else ''}"


def _put(nodes: Mapping[str, Node], ways: Ways) -> list[Node]:
    """Each node in the formats of its way; without conditions if all have the same."""
    if len(ways) == 1:
        return list(nodes.values())
    return [
        div([node], "", "content-visible", **{WHEN_FORMAT.name: " ".join(ways[way])})
        for way, node in nodes.items()
    ]
