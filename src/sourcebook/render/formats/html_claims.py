"""Claims on the page: a marker where one is cited, which leads to the claim's entry in the ledger.

A script opens the entry beside the marker as a card (cards.js), and adds search, filters and sorting to the table of all
claims, which is complete as it stands.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sourcebook.core.vocabulary import VERDICTS, verdict_sign
from sourcebook.render.document import (
    Node,
    attributes,
    is_div,
    iterate,
    plain,
    plain_text,
    raw,
    raw_inline,
)
from sourcebook.render.formats.html_tables import write_opening

_PREFIX = "claim-"
_COLUMNS = (
    "Claim",
    "What it says, in our words",
    "Section",
    "Verdict",
    "Confidence",
    "Direction",
    "Attribution",
)


@dataclass(frozen=True)
class Entry:
    """One claim's entry: its name (``eco-03``), the words it is coded by, the heading it stands under.

    ``claim`` are inlines, empty when the entry does not mark them; ``address`` leads to where it stands in the article.
    """

    name: str
    coding: Mapping[str, str]
    section: str
    claim: list[Node]
    address: str

    @property
    def label(self) -> str:
        """The anchor of the entry."""
        return _PREFIX + self.name

    @property
    def verdict(self) -> str:
        """The verdict as coded; empty when the entry has none."""
        return self.coding.get("verdict", "")


def read_entries(nodes: Iterable[Node]) -> dict[str, Entry]:
    """The ``.claim-entry`` Divs among the nodes of a chapter by their anchors, in reading order."""
    entries: dict[str, Entry] = {}
    section = ""
    for node in nodes:
        if node["t"] == "Header":
            numbered = [item for item in node["c"][2] if "header-section-number" not in _classes(item)]
            section = plain_text(numbered).strip()
        elif is_div(node, "claim-entry"):
            label, _, pairs = attributes(node)
            content = node["c"][1]
            name = label.removeprefix(_PREFIX)
            entries[label] = Entry(name, pairs, section, _find_claim_text(content), _find_address(content))
    return entries


def mark_claim(node: Node, entries: Mapping[str, Entry]) -> Node | list[Node] | None:
    """The marker for a link to a claim, a grade of evidence spelled out; None for anything else."""
    if label := find_claim(node):
        entry = entries.get(label)
        return raw_inline("html", _marker(entry)) if entry else None
    if node["t"] == "Span" and "grade" in _classes(node):
        meaning = html.escape(attributes(node)[2].get("meaning", ""))
        return [*node["c"][1], raw_inline("html", f" <small>({meaning})</small>")]
    return None


def find_claim(node: Node) -> str:
    """The anchor of the claim that a link cites; empty for anything else."""
    cites = node["t"] == "Link" and "claim" in _classes(node)
    return str(node["c"][2][0]).removeprefix("#") if cites else ""


def write_explorer(entries: Mapping[str, Entry]) -> list[Node]:
    """The table of all ``entries``; the report says with ``::: {.claim-explorer}`` where it goes."""
    head = "".join(f'<th scope="col">{name}' for name in _COLUMNS)
    cells = [
        text for entry in entries.values() for text in (entry.name, plain_text(entry.claim), *_coded(entry))
    ]
    opening = (
        f'<div class="explorer" id="claims">{write_opening("All claims", _COLUMNS, cells)}'
        f'<table><caption class="sr">All claims</caption><thead><tr>{head}<tbody>'
    )
    blocks = [raw("html", opening)]
    for entry in entries.values():
        marker = _marker(entry, told=False)
        blocks += [raw("html", f'<tr><th scope="row">{marker}<td>'), plain(entry.claim)]
        blocks.append(raw("html", "".join(f"<td>{html.escape(cell)}" for cell in _coded(entry))))
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


def words(slug: str) -> str:
    """A coded word as people read it."""
    return slug.replace("-", " ")


def _marker(entry: Entry, *, told: bool = True) -> str:
    """The link to an entry, with the verdict's sign and word where nothing beside it tells them (``told``)."""
    verdict, name = html.escape(entry.verdict), html.escape(entry.name)
    said = f' <span aria-hidden="true">{verdict_sign(entry.verdict)}</span><span class="sr"> {words(verdict)}</span>'
    return f'<a class="claim" href="#{html.escape(entry.label)}" data-verdict="{verdict}">{name}{said if told else ""}</a>'


def _find_claim_text(blocks: list[Node]) -> list[Node]:
    spans = (node for node in iterate(blocks) if node["t"] == "Span")
    return next((node["c"][1] for node in spans if "claim-text" in _classes(node)), [])


def _find_address(blocks: list[Node]) -> str:
    addresses = (node["c"][2][0] for node in iterate(blocks) if node["t"] == "Link")
    return next((address for address in addresses if "#:~:text=" in address), "")


def _classes(node: Node) -> list[Any]:
    return attributes(node)[1] if node["t"] in ("Link", "Span", "Div") else []


def _rank(verdict: str) -> int:
    return list(VERDICTS).index(verdict) if verdict in VERDICTS else len(VERDICTS)


def _coded(entry: Entry) -> list[str]:
    coded = [entry.coding.get(key, "") for key in ("confidence", "direction", "attribution")]
    return [entry.section, f"{verdict_sign(entry.verdict)}\u00a0{words(entry.verdict)}", *map(words, coded)]
