"""Tags of raw HTML that nobody closes end with their cell, as they do in Jupyter, and take in nothing of what follows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from sourcebook.errors import Issue
from sourcebook.render.document import Node, is_marker, iterate, raw, transform
from sourcebook.render.passes.state import ChapterTree

_TAG = re.compile(r"<(/?)([a-z][\w-]*+)(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+>", re.IGNORECASE)
# Elements without content, and those that the next one ends: to close them would be one too many.
_BARE = frozenset("area base br col embed hr img input link meta p param source track wbr".split())
_UNCLOSED_DIV = "Div unclosed"  # in pandoc's words


@dataclass
class _Open:
    """A tag that waits for its end: its node, its name, the cell it stands in, and the node with which that cell ends.

    It is the ``nth`` of those in its cell that read the same.
    """

    node: Node
    name: str
    place: str
    end: Node
    nth: int


def balance_tags(chapter: ChapterTree) -> None:
    """Closes, at the end of its cell, each tag that nothing closes, and takes out those that close nothing, with a warning.

    A block such as ``<details>`` may end in a later cell, as with Quarto; a ``<div>`` of a notebook that pandoc closed at the
    end of the chapter ends with its cell, too.
    """
    balance = _Balance(chapter.warnings)
    blocks = balance.walk(chapter.blocks)
    if not balance.changed:
        return
    for one in reversed(balance.opened):
        one.end["c"][1] += f"</{one.name}>"
        what = "a tag is never closed: it ends with its cell"
        chapter.warnings.append(Issue(one.place, what, one.node["c"][1][:60], nth=one.nth))
    chapter.blocks = transform(blocks, lambda node: [] if _is_html(node) and not node["c"][1] else None)


class _Balance:
    """A walk through a chapter, which fills ``opened`` with the tags that wait for their end; those that are one are empty after it."""

    def __init__(self, warnings: list[Issue]) -> None:
        self.warnings = warnings
        self.unclosed = {issue.where.split(", line")[0] for issue in warnings if _UNCLOSED_DIV in issue.what}
        self.place, self.end = "", raw("html", "")
        self.opened: list[_Open] = []
        self.seen = Counter[tuple[str, str]]()
        self.changed = False

    def walk(self, blocks: list[Node]) -> list[Node]:
        """``blocks`` with an empty node at the end of each cell in which a tag begins."""
        made: list[Node] = []
        before, self.end = self.end, raw("html", "")
        for number, block in enumerate(blocks):
            if is_marker(block):
                self._end_cell(made)
                self.place = block["c"][1]
            inside = block["c"][1] if block["t"] == "Div" else []
            first = next((at for at, one in enumerate(inside) if is_marker(one)), 0)
            if first and self.place in self.unclosed and ".ipynb" in self.place:
                self.changed = True
                own: Node = {"t": "Div", "c": [block["c"][0], self.walk(inside[:first])]}
                made += [own, *self.walk([*inside[first:], *blocks[number + 1 :]])]
                break
            if any(map(is_marker, iterate(inside))):
                made.append({"t": "Div", "c": [block["c"][0], self.walk(inside)]})
                continue
            self._read(block)
            made.append(block)
        self._end_cell(made)
        self.end = before
        return made

    def _end_cell(self, made: list[Node]) -> None:
        if any(one.end is self.end for one in self.opened):
            made.append(self.end)
        self.end = raw("html", "")

    def _read(self, block: Node) -> None:
        """Notes the tags of a block that stand alone; those within a piece of HTML are its own."""
        for node in iterate([block]):
            tag = _TAG.fullmatch(node["c"][1].strip()) if _is_html(node) else None
            if not tag or tag[0].endswith("/>") or (name := tag[2].lower()) in _BARE:
                continue
            self.changed = True
            nth = self.seen[self.place, tag[0]]
            self.seen[self.place, tag[0]] += 1
            if not tag[1]:
                self.opened.append(_Open(node, name, self.place, self.end, nth))
                continue
            fitting = [one for one in self.opened if one.name == name and self._may_end(one, node)]
            if fitting:
                self.opened.remove(fitting[-1])
            else:
                what = "a tag closes nothing and is taken out"
                self.warnings.append(Issue(self.place, what, node["c"][1][:60], nth=nth))
                node["c"][1] = ""

    def _may_end(self, one: _Open, node: Node) -> bool:
        """Whether a tag can end another: in its cell, or as a block of its own, which ends a block."""
        return one.place == self.place or one.node["t"] == node["t"] == "RawBlock"


def _is_html(node: Node) -> bool:
    return node["t"] in ("RawBlock", "RawInline") and node["c"][0] in ("html", "html5")
