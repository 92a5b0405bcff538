"""A document written piece by piece: side by side, and only those pieces that changed since an earlier build."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sourcebook.render.memo import Memo
from sourcebook.render.tools import write_document
from sourcebook.render.tree.document import Node, attributes, iterate, raw

Pieces = list[list[str]]
"""The text of each piece; those below one first-level heading are in one list."""
_END = "\n</section>"
_STOP = "// end of piece"
_LARGE = 4_000
# What pandoc's HTML writer puts after a text with notes, and the numbers in it.
_NOTES = re.compile(r'\n(<section id="footnotes"[^>]*>\n<hr />\n<ol>)\n(.*?)\n</ol>\n</section>', re.DOTALL)
_NUMBER = re.compile(r'((?:id="|href="#)fn(?:ref)?|role="doc-noteref"><sup>)(\d+)(?=["<])')


def write_pieces(
    document: Mapping[str, Any], parts: Sequence[list[Node]], form: str, options: Sequence[str], memo: Memo
) -> list[tuple[Pieces, list[str]]]:
    """What the pieces of each part are in ``form``, and what pandoc warns of in each; they are parts of ``document``.

    A piece begins with a heading of the first or second level.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [
            [
                [
                    pool.submit(_write, {**document, "meta": {}, "blocks": piece}, form, options, memo)
                    for piece in run
                ]
                for run in _cut(part)
            ]
            for part in parts
        ]
    done = [[[piece.result() for piece in run] for run in runs] for runs in waiting]
    return [
        (
            [[text for text, _ in run] for run in runs],
            [said for run in runs for _, complaints in run for said in complaints],
        )
        for runs in done
    ]


def cut_at(level: int, blocks: list[Node]) -> list[list[Node]]:
    """Blocks in runs that begin with a heading of ``level``, but perhaps for the first."""
    pieces: list[list[Node]] = [[]]
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] == level:
            pieces.append([])
        pieces[-1].append(block)
    return [piece for piece in pieces if piece]


def join_typst(runs: Pieces) -> str:
    """The pieces of a Typst document as one."""
    return "".join(text.removesuffix(f"{_STOP}\n") for run in runs for text in run).rstrip("\n") + "\n"


def join_html(runs: Pieces, frame: str, mark: str) -> str:
    """The page ``frame`` with pieces of HTML in the place of ``mark``; notes are counted through."""
    notes = _Notes()
    head, tail = (notes.take(part) for part in frame.split(mark, 1))
    sections: list[str] = []
    for run in runs:
        texts = [notes.take(text.removesuffix("\n")) for text in run]
        if len(texts) > 1 and texts[0].endswith(_END):  # the section goes on in the next pieces
            texts = [texts[0].removesuffix(_END), *texts[1:], _END[1:]]
        sections += texts
    return head + "\n".join(sections) + notes.listed() + tail


class _Notes:
    """The notes of all pieces, numbered on."""

    def __init__(self) -> None:
        self.opening, self.items, self.count = "", list[str](), 0

    def take(self, text: str) -> str:
        """``text`` with its notes numbered on, and without the list of them."""
        found = _NOTES.search(text)
        if not found:
            return text
        before = self.count
        text = _NUMBER.sub(lambda match: f"{match.group(1)}{int(match.group(2)) + before}", text)
        shifted = _NOTES.search(text)
        assert shifted
        self.count += found.group(2).count('<li id="fn')
        self.opening = found.group(1)
        self.items.append(shifted.group(2))
        return text[: shifted.start()] + text[shifted.end() :]

    def listed(self) -> str:
        """All notes as pandoc would list them, if there are any."""
        items = "\n".join(self.items)
        return f"\n{self.opening}\n{items}\n</ol>{_END}" if self.items else ""


def _write(piece: dict[str, Any], form: str, options: Sequence[str], memo: Memo) -> tuple[str, list[str]]:
    first = piece["blocks"][0]
    name = attributes(first)[0] if first["t"] == "Header" else "start"
    if not form.startswith("html"):  # it shows how far the last block keeps away from the next one
        piece = {**piece, "blocks": [*piece["blocks"], raw("typst", _STOP)]}
    done = memo.recall(f"{form} {name}", [options, piece], lambda: list(write_document(piece, form, options)))
    return str(done[0]), list(done[1])


def _cut(blocks: list[Node]) -> list[list[list[Node]]]:
    """Blocks cut before headings of the first level; large runs, where sections nest plainly, of the second."""
    runs = cut_at(1, blocks)
    return [cut_at(2, run) if _is_large(run) and not any(map(_hides_section, run)) else [run] for run in runs]


def _is_large(run: list[Node]) -> bool:
    """Whether cutting it saves more than it costs to start pandoc so often."""
    return sum(1 for _ in iterate(run)) > _LARGE


def _hides_section(block: Node) -> bool:
    """Whether a Div begins with a heading: pandoc makes a section of it, which ends those around it."""
    inside = block["c"][1] if block["t"] == "Div" else []
    return bool(inside) and (inside[0]["t"] == "Header" or _hides_section(inside[0]))
