"""Rows to begin a claim with: its anchor, the next free id of its section, and what no program can say left open."""

from __future__ import annotations

from pathlib import Path

from sourcebook.ledger.anchors import Anchor
from sourcebook.ledger.reading import Ledger, read_ledger
from sourcebook.ledger.tables import render_rows

CODING = {
    "emphasis": "plain",
    "kind": "assessment",
    "theme": "unsorted",
    "direction": "neutral",
    "attribution": "none",
}
_WORDS = "To be put into words of our own."


def draft_rows(root: Path, anchor: Anchor) -> dict[str, str]:
    """The line for the table of claims and that for the verdicts, by name of the table.

    Raises LedgerError when the ledger is not sound.
    """
    ledger = read_ledger(root)
    name = _next_id(ledger, anchor.section)
    found = {"section": anchor.section, "passage": anchor.passage, "digest": anchor.digest}
    rows = {
        "claims": {"id": name, "claim": _WORDS, **found, **CODING},
        "verdicts": {"claim": name, "verdict": "pending"},
    }
    return {
        table: render_rows(ledger.schema.tables[table].names, [row]).partition("\n")[2]
        for table, row in rows.items()
    }


def _next_id(ledger: Ledger, section: str) -> str:
    prefix = next(known.prefix for known in ledger.article.sections if known.id == section)
    taken = [row["id"].partition("-")[2] for row in ledger.rows("claims") if row["section"] == section]
    return f"{prefix}-{max(map(int, taken), default=0) + 1:0{max(map(len, taken), default=2)}d}"
