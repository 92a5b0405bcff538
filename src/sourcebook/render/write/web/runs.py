"""The report's chapters on their way to the page: what the rest of the page must know of each, found in one walk."""

from __future__ import annotations

from dataclasses import dataclass

from sourcebook.errors import Issue
from sourcebook.render.tree.conditions import find_anchor, is_conditional, select_content, unlink
from sourcebook.render.tree.document import Node, is_div, iterate
from sourcebook.render.write.pieces import cut_at
from sourcebook.render.write.web.claims import Entry, find_claim, read_entries


@dataclass(frozen=True)
class Run:
    """A chapter, or what comes before the first: its blocks, and what they hold.

    ``anchors`` can be linked to, ``links`` lead to such, ``claims`` are those of cited claims, ``place`` is the last one
    that a marker names.
    """

    blocks: list[Node]
    anchors: frozenset[str]
    links: frozenset[str]
    claims: frozenset[str]
    entries: dict[str, Entry]
    conditional: bool
    explorer: bool
    place: str


# Nodes without attributes, six in seven of a tree.
_PLAIN = {
    "Str",
    "Space",
    "SoftBreak",
    "Para",
    "Plain",
    "Emph",
    "Strong",
    "BulletList",
    "OrderedList",
    "Math",
    "Note",
}


def read_runs(blocks: list[Node]) -> tuple[list[Run], list[Issue]]:
    """The chapters as HTML shows them, and warnings of what it cannot show."""
    runs, warnings, place = list[Run](), list[Issue](), ""
    for run in map(_read, cut_at(1, blocks)):
        selected, said = _select(run, place) if run.conditional else ([run], [])
        runs += selected
        warnings += said
        place = run.place or place
    anchors = {name for run in runs for name in run.anchors}
    return [_unlink(run, anchors) for run in runs], warnings


def _select(run: Run, place: str) -> tuple[list[Run], list[Issue]]:
    """What HTML shows of ``run``, which begins at ``place``; conditional content may hold headings, so it may be several."""
    blocks, warnings = select_content(run.blocks, "html", place)
    return list(map(_read, cut_at(1, blocks))), warnings


def _unlink(run: Run, anchors: set[str]) -> Run:
    """``run`` without links that lead to nothing."""
    return run if run.links <= anchors else _read(unlink(run.blocks, anchors))


def _read(blocks: list[Node]) -> Run:
    nodes = [node for node in iterate(blocks) if node["t"] not in _PLAIN]
    divs = [node for node in nodes if node["t"] == "Div"]
    links = [node for node in nodes if node["t"] == "Link" and node["c"][2][0].startswith("#")]
    return Run(
        blocks,
        anchors=frozenset(map(find_anchor, nodes)),
        links=frozenset(node["c"][2][0][1:] for node in links),
        claims=frozenset(map(find_claim, nodes)),
        entries=read_entries(nodes),
        conditional=any(is_conditional(node, "html") for node in nodes),
        explorer=any(is_div(node, "claim-explorer") for node in divs),
        place=next(
            (node["c"][1] for node in reversed(nodes) if node["t"] == "RawBlock" and node["c"][0] == "place"),
            "",
        ),
    )
