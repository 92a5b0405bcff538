"""A document written piece by piece: side by side, and only those pieces that changed since an earlier build."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sourcebook.render.document import Node, attributes, iterate, raw
from sourcebook.render.memo import Memo
from sourcebook.render.tools import write_document

Pieces = list[list[str]]
"""The text of each piece; those below one first-level heading are in one list."""
_END = "\n</section>"
_STOP = "// end of piece"
_LARGE = 4_000
_HUGE = 20_000
# What pandoc's HTML writer puts after a text with notes, and the numbers in it.
_NOTES = re.compile(r'\n(<section id="footnotes"[^>]*>\n<hr />\n<ol>)\n(.*?)\n</ol>\n</section>', re.DOTALL)
_NUMBER = re.compile(r'((?:id="|href="#)fn(?:ref)?|role="doc-noteref"><sup>)(\d+)(?=["<])')


def write_pieces(
    document: Mapping[str, Any],
    parts: Iterable[list[Node]],
    form: str,
    options: Sequence[str],
    memo: Memo,
    make: Callable[[list[Node]], list[Node]] = lambda blocks: blocks,
) -> list[tuple[Pieces, list[str]]]:
    """What the pieces of each part are in ``form``, and what pandoc warns of in each; they are parts of ``document``.

    A piece begins with a heading of the first or second level. ``make`` gives the blocks that are written, bit by bit,
    so that they need not all be there at once.
    """
    bare = {**document, "meta": {}}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [
            [
                [pool.submit(_write, bare, piece, form, options, memo, make) for piece in run]
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
        texts = [notes.take(text.removesuffix("\n")) for text in run if text]
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


def _write(
    document: dict[str, Any],
    blocks: list[Node],
    form: str,
    options: Sequence[str],
    memo: Memo,
    make: Callable[[list[Node]], list[Node]],
) -> tuple[str, list[str]]:
    """One piece; of HTML a huge one in several chunks, so that pandoc never holds all of it."""
    name = attributes(blocks[0])[0] if blocks[0]["t"] == "Header" else "start"
    if not form.startswith("html"):  # it shows how far the last block keeps away from the next one
        blocks = [*blocks, raw("typst", _STOP)]

    def write(number: int, chunk: list[Node]) -> tuple[str, list[str]]:
        """One chunk's text and warnings, as an earlier build had them if nothing in it changed."""
        step = f"{form} {name} {number or ''}".rstrip()
        made = {**document, "blocks": make(chunk)}
        if not made["blocks"]:
            return "", []
        done = memo.recall(step, [options, made], lambda: list(write_document(made, form, options)))
        return str(done[0]), list(done[1])

    chunks = _cut_last_section(blocks) if form.startswith("html") else [blocks]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(write, range(len(chunks)), chunks))
    text = done[0][0] if len(done) == 1 else _join_chunks([text for text, _ in done], _count_open(chunks[0]))
    return text, [said for _, complaints in done for said in complaints]


def _join_chunks(texts: list[str], sections: int) -> str:
    """HTML of chunks as one text; so many sections that are open at the end of the first go on to the last."""
    ends = _END * sections
    first, *rest = (text.removesuffix("\n") for text in texts)
    return "\n".join([first.removesuffix(ends), *filter(None, rest)]) + ends + "\n"


def _cut_last_section(blocks: list[Node]) -> list[list[Node]]:
    """``blocks`` cut where they are huge: after the last heading any place will do, unless there are notes to count."""
    sizes = [sum(1 for _ in iterate(block)) for block in blocks]
    if sum(sizes) <= _HUGE or any(node["t"] == "Note" for node in iterate(blocks)):
        return [blocks]
    chunks: list[list[Node]] = [[]]
    size = 0
    last = max((n for n, block in enumerate(blocks) if block["t"] == "Header"), default=0)
    for number, block in enumerate(blocks):
        if size > _HUGE and number > last:
            chunks.append([])
            size = 0
        chunks[-1].append(block)
        size += sizes[number]
    return chunks


def _count_open(blocks: list[Node]) -> int:
    """How many sections are open at the end of ``blocks``."""
    levels: list[int] = []
    for block in blocks:
        if block["t"] == "Header":
            levels = [*(level for level in levels if level < block["c"][0]), block["c"][0]]
    return len(levels)


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
