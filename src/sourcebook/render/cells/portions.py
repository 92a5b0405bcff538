"""Long Markdown outputs cut into portions that pandoc can read one by one, so that it never holds all of them."""

from __future__ import annotations

import re

LENGTH = 250_000
"""Characters: what is shorter is not cut, and a portion is about as long."""
# What says nothing to other parts of a chapter: characters that are escaped, citations.
_HARMLESS = re.compile(r"\\[^\w\s]|\[-?@(?:\\.|[^\\\[\]])*\]")
# What may reach another part, or be reached from there: references, notes, numbered examples, raw HTML and TeX,
# code (which may look like the edge of a Div), headings, metadata.
_REACHING = re.compile(
    r"\](?![({])|\(@|<[a-zA-Z!/?]|\\[a-zA-Z]|^[ \t>*+-]*(?:#|```|~~~)|^[=.-]+[ \t]*$", re.MULTILINE
)
_EDGE = re.compile(r"^:{3,}[ \t]*(.*)$", re.MULTILINE)


def cut_portions(markdown: str) -> list[str]:
    """``markdown`` in portions, each a row of Divs; in one, when it is short or its parts depend on each other."""
    if len(markdown) <= LENGTH or _REACHING.search(_HARMLESS.sub("", markdown)):
        return [markdown]
    starts = _find_rows(markdown)
    cuts = [0]
    for start in starts:
        if start - cuts[-1] >= LENGTH:
            cuts.append(start)
    return [markdown[start:end] for start, end in zip(cuts, [*cuts[1:], len(markdown)], strict=True)]


def _find_rows(markdown: str) -> list[int]:
    """Where, at the outermost level, a Div follows another; nowhere if not all their edges can be told."""
    starts: list[int] = []
    depth = end = 0
    for edge in _EDGE.finditer(markdown):
        before = markdown[end : edge.start()]
        if not edge[1]:
            depth, end = depth - 1, edge.end()
        elif not before.endswith("\n\n") and edge.start():
            return []  # no edge at all for pandoc, which wants an empty line before it
        else:
            if not depth and not before.strip():
                starts.append(edge.start())
            depth += 1
        if depth < 0:
            return []
    return starts if not depth else []
