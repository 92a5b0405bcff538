"""Runs of words as one node while a tree is in our hands, and words by themselves for programs that want them so."""

from __future__ import annotations

import re
from sys import intern
from typing import Any

from sourcebook.render.tree.document import Node, text

_BOXES = ("☐", "☒")
_PERCENT = re.compile(r"(?<=\d) %")  # a line shall not end between a number and its sign


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
