"""The ledger's table: every claim in one row, complete as it stands; a script adds search, filters and sorting."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping

from sourcebook.core.vocabulary import VERDICTS, verdict_sign
from sourcebook.render.document import Node, link, plain, raw
from sourcebook.render.write.web.claims import Entry, words

_COLUMNS = (
    "Claim",
    "What it says, in our words",
    "Section",
    "Verdict",
    "Confidence",
    "Direction",
    "Attribution",
)


def write_explorer(entries: Mapping[str, Entry]) -> list[Node]:
    """The table of all ``entries``; the report says with ``::: {.claim-explorer}`` where it goes."""
    head = "".join(f'<th scope="col">{name}' for name in _COLUMNS)
    opening = (
        '<div class="explorer" id="claims"><div class="scroll" role="group" aria-label="All claims" tabindex="0">'
        f'<table><caption class="sr">All claims</caption><thead><tr>{head}<tbody>'
    )
    blocks = [raw("html", opening)]
    for entry in entries.values():
        blocks += [raw("html", '<tr><th scope="row">'), plain([_marker(entry)]), raw("html", "<td>")]
        blocks += [plain(entry.claim), raw("html", _cells(entry))]
    return [*blocks, raw("html", "</table></div></div>")]


def write_bar(entries: Iterable[Entry]) -> str:
    """How many claims have each verdict, as a bar and in words."""
    counts = Counter(entry.verdict for entry in entries if entry.verdict)
    ordered = sorted(counts, key=_rank)
    parts = "".join(
        f'<span data-verdict="{html.escape(name)}" style="flex-grow: {counts[name]}"></span>'
        for name in ordered
    )
    items = "".join(
        f'<li data-verdict="{html.escape(name)}"><span aria-hidden="true">{verdict_sign(name)}</span> '
        f"<b>{counts[name]}</b> {html.escape(words(name))}</li>"
        for name in ordered
    )
    return f'<div class="verdict-bar"><div class="bar" aria-hidden="true">{parts}</div><ul>{items}</ul></div>'


def _rank(verdict: str) -> int:
    return list(VERDICTS).index(verdict) if verdict in VERDICTS else len(VERDICTS)


def _marker(entry: Entry) -> Node:
    return link([{"t": "Str", "c": entry.name}], f"#{entry.label}", "claim", verdict=entry.verdict)


def _cells(entry: Entry) -> str:
    coded = [entry.coding.get(key, "") for key in ("confidence", "direction", "attribution")]
    said = [entry.section, f"{verdict_sign(entry.verdict)} {words(entry.verdict)}", *map(words, coded)]
    return "".join(f"<td>{html.escape(cell)}" for cell in said)
