"""Cases: a claim with its verdict and everything it is judged by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sourcebook.core.dates import parse_when
from sourcebook.ledger.csv_tables import Row
from sourcebook.ledger.load import Ledger
from sourcebook.ledger.sources import Source

# Stances that bear on the truth of a claim; context only helps to read it.
BEARING = ("supports", "refutes", "refines")


@dataclass(frozen=True)
class Item:
    """A row of evidence with its publication.

    ``later`` means that what it tells came after the article, ``copied`` that the article copied from its publication.
    """

    row: Row
    source: Source
    later: bool
    copied: bool = False

    @property
    def counts(self) -> bool:
        """Whether a verdict may rest on it: the author is graded only on what could be known."""
        return self.row["stance"] in BEARING and not self.later

    @property
    def grade(self) -> str:
        """Reliability and credibility side by side, never multiplied: ``B2``."""
        return f"{self.source.reliability}{self.row['credibility']}"


@dataclass(frozen=True)
class Case:
    """A claim, its verdict, the first claim it restates (if any), and the evidence of both."""

    claim: Row
    verdict: Row
    original: Row | None
    items: tuple[Item, ...]

    @property
    def id(self) -> str:
        """The claim's id."""
        return self.claim["id"]

    @property
    def own_items(self) -> tuple[Item, ...]:
        """The evidence without that of the claim it restates."""
        return tuple(item for item in self.items if item.row["claim"] == self.id)

    def counted(self, *stances: str) -> list[Item]:
        """Items a verdict may rest on, of these stances or of all that bear."""
        return [item for item in self.items if item.counts and item.row["stance"] in (stances or BEARING)]


def collect_cases(ledger: Ledger) -> dict[str, Case]:
    """Every claim's case by id. A restatement is judged by its own evidence and that of the first statement."""
    ledger.require("claims", "verdicts", "evidence", "sources", "sections", "origins")
    claims, verdicts = ledger.sheet("claims").by_key, ledger.sheet("verdicts").by_key
    sources, last_day = ledger.sources, ledger.article.last_day
    copied = {row["source"] for row in ledger.rows("origins")}
    items = {
        row["id"]: Item(row, sources[row["source"]], is_later(row, last_day), row["source"] in copied)
        for row in ledger.rows("evidence")
    }
    return {
        name: Case(
            claims[name],
            verdicts[name],
            _first_statement(claims[name], claims),
            tuple(items[row["id"]] for row in rows),
        )
        for name, rows in pool_evidence(ledger).items()
    }


def pool_evidence(ledger: Ledger) -> dict[str, list[Row]]:
    """The rows of evidence each claim is judged by: its own, then those of the first claim it restates."""
    ledger.require("claims", "evidence")
    claims = ledger.sheet("claims").by_key
    own: dict[str, list[Row]] = {name: [] for name in claims}
    for row in ledger.rows("evidence"):
        own[row["claim"]].append(row)
    originals = {name: _first_statement(claim, claims) for name, claim in claims.items()}
    return {
        name: own[name] + (own[original["id"]] if original else []) for name, original in originals.items()
    }


def is_later(row: Row, last_day: date) -> bool:
    """Whether what a row of evidence tells began after the article's last day."""
    return bool(row["when"]) and parse_when(row["when"]).start > last_day


def digest_case(case: Case) -> str:
    """First 12 hexadecimal digits of the SHA-256 of what was judged: claim, evidence and the sources' grades.

    Canonical JSON: keys sorted, no spaces, UTF-8. The order of the evidence does not matter.
    """
    evidence = [
        item.row.cells | {"reliability": item.source.reliability, "origin": item.source.origin}
        for item in case.items
    ]
    judged = {"claim": case.claim.cells, "evidence": sorted(evidence, key=lambda cells: cells["id"])}
    text = json.dumps(judged, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def count_origins(items: Iterable[Item]) -> int:
    """How many independent places the information comes from."""
    return len({item.source.origin for item in items})


def _first_statement(claim: Row, claims: dict[str, Row]) -> Row | None:
    original = None
    while claim["repeats"]:
        claim = original = claims[claim["repeats"]]
    return original
