"""The report's chapters on their way to the page: what the rest of the page must know of each, found in one walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sourcebook.errors import Issue
from sourcebook.render.document import Node, attributes, is_div, iterate
from sourcebook.render.memo import Memo
from sourcebook.render.passes.conditions import find_anchor, is_conditional, select_content, unlink
from sourcebook.render.write.pieces import cut_at
from sourcebook.render.write.web.claims import Entry, find_claim, read_entries


@dataclass(frozen=True)
class Run:
    """A chapter, or what comes before the first: its blocks, what tells them from others, and what they hold.

    ``anchors`` can be linked to, ``links`` lead to such, ``claims`` are those of cited claims; ``pictures`` are files,
    ``payloads`` the keys of exhibits, ``place`` the last one that a marker names.
    """

    key: str
    blocks: list[Node]
    anchors: frozenset[str]
    links: frozenset[str]
    claims: frozenset[str]
    pictures: tuple[str, ...]
    payloads: tuple[str, ...]
    entries: dict[str, Entry]
    conditional: bool
    explorer: bool
    place: str


def read_runs(blocks: list[Node], memo: Memo) -> tuple[list[Run], list[Issue]]:
    """The chapters as HTML shows them, and warnings of what it cannot show."""
    runs, warnings, place = list[Run](), list[Issue](), ""
    for run in _read_all(cut_at(1, blocks), memo):
        selected, said = _select(run, place, memo) if run.conditional else ([run], [])
        runs += selected
        warnings += said
        place = run.place or place
    anchors = {name for run in runs for name in run.anchors}
    return [_unlink(run, anchors, memo) for run in runs], warnings


def _select(run: Run, place: str, memo: Memo) -> tuple[Sequence[Run], list[Issue]]:
    """What HTML shows of ``run``, which begins at ``place``."""

    def select() -> tuple[Sequence[Run], list[Issue]]:
        """The runs in what HTML shows; conditional content may hold headings, so there may be several."""
        blocks, warnings = select_content(run.blocks, "html", place)
        return _read_all(cut_at(1, blocks), memo), warnings

    return memo.remember(("selected", run.key, place), select)


def _unlink(run: Run, anchors: set[str], memo: Memo) -> Run:
    """``run`` without links that lead to nothing."""
    if run.links <= anchors:
        return run
    (unlinked,) = _read_all([unlink(run.blocks, anchors)], memo)
    return unlinked


def _read_all(runs: list[list[Node]], memo: Memo) -> Sequence[Run]:
    keys = [memo.identify(lambda run=run: run) for run in runs]  # type: ignore[misc]
    return memo.remember_all(keys, lambda missing: [_read(keys[n], runs[n]) for n in missing])


def _read(key: str, blocks: list[Node]) -> Run:
    nodes = list(iterate(blocks))
    divs = [node for node in nodes if node["t"] == "Div"]
    links = [node for node in nodes if node["t"] == "Link" and node["c"][2][0].startswith("#")]
    pictures = (node["c"][2][0] for node in nodes if node["t"] == "Image")
    exhibits = (attributes(node)[2].get("payload", "") for node in divs if is_div(node, "exhibit"))
    return Run(
        key,
        blocks,
        anchors=frozenset(map(find_anchor, nodes)),
        links=frozenset(node["c"][2][0][1:] for node in links),
        claims=frozenset(map(find_claim, nodes)),
        pictures=tuple(name for name in pictures if not name.startswith("data:")),
        payloads=tuple(filter(None, exhibits)),
        entries=read_entries(nodes),
        conditional=any(is_conditional(node, "html") for node in nodes),
        explorer=any(is_div(node, "claim-explorer") for node in divs),
        place=next(
            (node["c"][1] for node in reversed(nodes) if node["t"] == "RawBlock" and node["c"][0] == "place"),
            "",
        ),
    )
