"""Notes within notes, for writers of pandoc's that lose them: each follows the note that it stands in, until the text is written.

Then its mark goes back to where it was noted. So the note has the number that its place in the text gives it, as in print.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence

from sourcebook.render.document import Node, iterate, raw_inline, transform

# A mark that has come along with its note, and the place where it belongs.
_MARK = re.compile(r"<!--mark of note (\d++)-->((?:[^<]|<(?!!--))*+)<!--end of mark-->")
_PLACE = re.compile(r"<!--place of note (\d++)-->")
_GROUP = "Notes"


def lift_notes(blocks: list[Node], form: str, numbers: Iterator[int]) -> list[Node]:
    """``blocks`` in which notes within notes follow these, told apart by ``numbers``; ``settle_notes`` undoes it in the text.

    ``form`` is that of raw text which the writer passes on; without one, marks stay behind each other, with a comma between.
    """
    if not any(node["t"] == "Note" and _list_inner(node) for node in iterate(blocks)):
        return blocks
    changed = copy.deepcopy(blocks)
    for note in iterate(changed):  # those within are places by the time that it is their turn
        inner = _list_inner(note) if note["t"] == "Note" else []
        if not inner:
            continue
        group = [Node(t="Note", c=note["c"])]
        for one, number in zip(inner, numbers, strict=False):
            group += [
                raw_inline(form, f"<!--mark of note {number}-->") if form else _comma(),
                Node(t="Note", c=one["c"]),
                raw_inline(form, "<!--end of mark-->"),
            ]
            one.update(raw_inline(form, f"<!--place of note {number}-->"))
        note.update(Node(t=_GROUP, c=group))
    lifted: list[Node] = transform(changed, lambda node: list(node["c"]) if node["t"] == _GROUP else None)
    return lifted


def settle_notes(texts: Sequence[str]) -> list[str]:
    """``texts``, written from what was lifted, with the marks of notes within notes in their places."""
    marks = {number: mark for text in texts for number, mark in _MARK.findall(text)}
    if not marks:
        return list(texts)
    bare = [_MARK.sub("", text) for text in texts]
    return [_PLACE.sub(lambda place: marks.get(place[1], ""), text) for text in bare]


def _comma() -> Node:
    return {"t": "Superscript", "c": [{"t": "Str", "c": ","}]}


def _list_inner(note: Node) -> list[Node]:
    return [node for node in iterate(note["c"]) if node["t"] == "Note"]
