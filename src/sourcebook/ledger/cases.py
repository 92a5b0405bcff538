"""Cases: a claim with its verdict and everything it is judged by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sourcebook.ledger.dates import parse_when
from sourcebook.ledger.reading import Ledger
from sourcebook.ledger.sources import Source
from sourcebook.ledger.tables import Row

# Stances that bear on the truth of a claim; context only helps to read it.
BEARING = ("supports", "refutes", "refines")


@dataclass(frozen=True)
class Item:
    """A row of evidence with its publication; ``later`` means that what it tells came after the article."""

    row: Row
    source: Source
    later: bool

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
    claims = {row["id"]: row for row in ledger.rows("claims")}
    verdicts = {row["claim"]: row for row in ledger.rows("verdicts")}
    items: dict[str, list[Item]] = {name: [] for name in claims}
    for row in ledger.rows("evidence"):
        items[row["claim"]].append(_item(ledger, row))
    cases = {}
    for name, claim in claims.items():
        original = _first_statement(claim, claims)
        pool = items[name] + (items[original["id"]] if original else [])
        cases[name] = Case(claim, verdicts[name], original, tuple(pool))
    return cases


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


def _item(ledger: Ledger, row: Row) -> Item:
    when = row["when"]
    later = bool(when) and parse_when(when).start > ledger.article.last_day
    return Item(row, ledger.sources[row["source"]], later)


def _first_statement(claim: Row, claims: dict[str, Row]) -> Row | None:
    original = None
    while claim["repeats"]:
        claim = original = claims[claim["repeats"]]
    return original
