"""A document in parts that a writer can have by themselves: what an earlier build wrote of each need not be written again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from sourcebook.render.assembly import Report
from sourcebook.render.document import Node, attributes, iterate, raw
from sourcebook.render.tools import place_complaints, write_document

_END = "// end of part"


def cut_chapters(blocks: Iterable[Node]) -> list[list[Node]]:
    """Blocks in runs that begin with a heading of the first level, but perhaps for the first."""
    runs: list[list[Node]] = [[]]
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] == 1:
            runs.append([])
        runs[-1].append(block)
    return [run for run in runs if run]


def name_chapters(form: str, chapters: Sequence[list[Node]]) -> dict[str, list[Node]]:
    """The chapters by the names under which they are kept as ``form``."""
    named: dict[str, list[Node]] = {}
    for blocks in chapters:
        name = f"{form} {attributes(blocks[0])[0] if blocks and blocks[0]['t'] == 'Header' else 'start'}"
        while name in named:
            name += "+"
        named[name] = blocks
    return named


def write_typst_parts(
    report: Report, parts: Mapping[str, list[Node]], form: str, options: Sequence[str]
) -> list[str]:
    """The Typst source of each part; ``parts`` has their nodes by the names under which they are kept.

    What an earlier build did not have is written by as many runs of pandoc at once as there are processors.
    """

    def make(steps: Sequence[str]) -> list[tuple[str, list[str]]]:
        """Those parts, and what pandoc warns of; each alone if it does, so that it is known of which."""
        blocks = [block for step in steps for block in (*parts[step], raw("typst", _END))]
        documents = [{**report.document, "meta": {}, "blocks": run} for run in _share(blocks)]
        with ThreadPoolExecutor(len(documents)) as pool:
            made = list(pool.map(lambda document: write_document(document, form, options), documents))
        complaints = [said for _, remarks in made for said in remarks]
        if complaints and len(steps) > 1:
            return [part for step in steps for part in make([step])]
        texts = "\n".join(text for text, _ in made).split(f"{_END}\n")
        return [(text, complaints) for text in texts[: len(steps)]]

    written = report.memo.recall_all({name: [options, blocks] for name, blocks in parts.items()}, make)
    complaints = [said for _, remarks in written for said in remarks]
    report.places.complain(place_complaints(complaints, report.document["blocks"]))
    return [text for text, _ in written]


def _share(blocks: list[Node]) -> list[list[Node]]:
    """``blocks`` in runs of about the same size, one for each processor, cut before headings."""
    sizes = [len(list(iterate([block]))) for block in blocks]
    share, count = sum(sizes) / (os.cpu_count() or 1), 0
    runs: list[list[Node]] = [[]]
    for block, size in zip(blocks, sizes, strict=True):
        if block["t"] == "Header" and count >= share * len(runs):
            runs.append([])
        runs[-1].append(block)
        count += size
    return runs
