"""Displayed equations with labels or tags amid text."""

from __future__ import annotations

import re

from sourcebook.render.document import Node, attributes, div, para, plain, plain_text
from sourcebook.render.export.commonmark import NO_LABEL

_EQUATION_LABEL = re.compile(r"\s*\{#(eq-[\w:.-]+)(?:\s([^}]*))?\}")
_COUNTS = re.compile(r"\b(rows?)=(\d{1,4})\b")
_EQUATION_OPENING = re.compile(r"\s*(?:\{(?:#[^}]*)?)?$")
_TAG = re.compile(r"(?:(?<!\s)\s+)?\\tag\*?\s*\{((?:[^{}]|\{[^{}]*\})*)\}")


def cut_equations(node: Node) -> list[Node] | None:
    r"""A paragraph cut around its displayed equations with labels or tags, which become blocks of their own.

    What ``\tag`` says is the number, as in MathJax.
    """
    left: list[Node] = list(node["c"])
    made: list[Node] = []
    held: list[Node] = []

    def cut() -> list[Node]:
        """The text before an equation, or after the last; anchors alone, as Sphinx writes them, too."""
        anchors = [one for one in held if one["t"] == "Span" and attributes(one)[0]]
        if plain_text(held).strip():
            return [Node(t=node["t"], c=held)]
        return [plain(anchors)] if anchors else []

    while left:
        item = left.pop(0)
        displayed = item["t"] == "Math" and item["c"][0]["t"] == "DisplayMath"
        label, counts, rest = _take_label(left) if displayed else ("", {}, [])
        tags = _TAG.findall(item["c"][1]) if displayed else []
        if not label and not tags:
            held.append(item)
            continue
        made += cut()
        given = {"number": ", ".join(tag.strip("$ ") for tag in tags)} if tags else {}
        equation: Node = {"t": "Math", "c": [item["c"][0], _TAG.sub("", item["c"][1])]}
        made.append(div([para([equation])], label.replace(NO_LABEL, ""), "equation", **given, **counts))
        held, left = [], rest if label else left
    return [*made, *cut()] if made else None


def _take_label(inlines: list[Node]) -> tuple[str, dict[str, str], list[Node]]:
    """The label ``{#eq-x …}`` that ``inlines`` begin with, its rows, and what follows; empty without one."""
    words = ""
    for number, item in enumerate(inlines):
        words += plain_text([item])
        if match := _EQUATION_LABEL.match(words):
            rest = words[match.end() :]
            after = [Node(t="Str", c=rest)] if rest.strip() else []
            return match[1], dict(_COUNTS.findall(match[2] or "")), [*after, *inlines[number + 1 :]]
        if not _EQUATION_OPENING.match(words):
            break
    return "", {}, []
