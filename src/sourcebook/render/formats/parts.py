"""A document in parts that a writer can have by themselves: what an earlier build wrote of each need not be written again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from sourcebook.render.assembly import Report
from sourcebook.render.document import Node, attributes, iterate, raw
from sourcebook.render.tools import place_complaints, write_document

_END = "// sourcebook: end of part"
# No level of a heading is below it.
_DEEPEST = 99
# Nodes that are written in the time that pandoc takes to start.
_LEAST = 5000
# Runs at once: more save little, since what comes before and after them is done by one processor.
_MOST = 3


def cut_chapters(blocks: Iterable[Node], deepest: int = 1) -> list[list[Node]]:
    """Blocks in runs that begin with a heading, of the level ``deepest`` at most, but perhaps for the first."""
    runs: list[list[Node]] = [[]]
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] <= deepest:
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

    What an earlier build did not have is written by some runs of pandoc at once, where it is large.
    """

    def make(steps: Sequence[str]) -> list[tuple[str, list[str]]]:
        """Those parts, and what pandoc warns of; each alone if it does, so that it is known of which."""
        sections = {step: cut_chapters(parts[step], _DEEPEST) for step in steps}
        documents = [
            {**report.document, "meta": {}, "blocks": run}
            for run in _share([blocks for step in steps for blocks in sections[step]])
        ]
        with ThreadPoolExecutor() as pool:
            made = list(pool.map(lambda document: write_document(document, form, options), documents))
        complaints = [said for _, remarks in made for said in remarks]
        if complaints and len(steps) > 1:
            return [part for step in steps for part in make([step])]
        texts = (text.strip("\n") for run, _ in made for text in run.split(f"{_END}\n")[:-1])
        # The same blank lines whatever was written together.
        return [("\n\n".join(islice(texts, len(sections[step]))) + "\n", complaints) for step in steps]

    written = report.memo.recall_all({name: [options, blocks] for name, blocks in parts.items()}, make)
    complaints = [said for _, remarks in written for said in remarks]
    report.places.complain(place_complaints(complaints, report.document["blocks"]))
    return [text for text, _ in written]


def _share(sections: Sequence[list[Node]]) -> list[list[Node]]:
    """``sections``, each with its end marked, in a few runs of about the same size, if they are large."""
    sizes = [len(list(iterate(blocks))) for blocks in sections]
    share, size = max(sum(sizes) / min(os.cpu_count() or 1, _MOST), _LEAST), 0
    runs: list[list[Node]] = [[]] if sections else []
    for blocks, more in zip(sections, sizes, strict=True):
        if size >= share * len(runs):
            runs.append([])
        runs[-1] += [*blocks, raw("typst", _END)]
        size += more
    return runs
