"""Headings of the whole report: none skips a level, each has an address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sourcebook.errors import Issue
from sourcebook.render.tree.document import Node, attributes, plain_text

Nodes = Sequence[tuple[Node, str]]
"""The nodes of a chapter, each with its place, as ``iterate_placed`` gives them."""


def mend_levels(chapters: Sequence[Nodes]) -> list[Issue]:
    """Raises, in place, headings that skip a level to the next one, and warns of them.

    A screen reader that announces levels would miss a heading there, and PDF/UA forbids it.
    """
    issues: list[Issue] = []
    above = 0
    for nodes in chapters:
        for node, place in nodes:
            if node["t"] != "Header":
                continue
            if node["c"][0] > above + 1:
                words = plain_text(node["c"][2])
                what = f"the heading '{words}' skips a level; it is set one below the last"
                issues.append(Issue(place, what))
                node["c"][0] = above + 1
            above = node["c"][0]
    return issues


def name_headings(chapters: Sequence[Nodes], taken: set[str]) -> None:
    """Gives headings without a label an anchor made of their words, so that every section has an address."""
    counts: Counter[str] = Counter()
    for nodes in chapters:
        for node, _ in nodes:
            if node["t"] == "Header" and not attributes(node)[0]:
                words = re.sub(r"[^\w.-]+", "-", plain_text(node["c"][2]).lower()).strip("-.0123456789")
                name = words = words or "section"
                while name in taken:
                    counts[words] += 1
                    name = f"{words}-{counts[words] + 1}"
                taken.add(name)
                node["c"][1][0] = name
