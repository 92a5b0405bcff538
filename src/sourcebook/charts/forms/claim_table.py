"""The standard table of a chapter's claims: what the article says, how it was judged, how sure, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from sourcebook.charts.forms.table import Column, Table, table
from sourcebook.charts.labels import display_name
from sourcebook.charts.palette import VERDICT_GLYPHS
from sourcebook.charts.validate import ChartError, check_frame, is_missing

_COLUMNS = {
    "claim": Column("claim", "What the article says", width=9.4),
    "verdict": Column("verdict", "Verdict", width=3.8, markdown=True),
    "confidence": Column("confidence", "Confidence", width=3.1),
    "rationale": Column("rationale", "Why", width=10.4),
    "direction": Column("direction", "Direction", width=2.4),
    "kind": Column("kind", "Kind", width=2.4),
    "attribution": Column("attribution", "Attribution", width=2.6),
    "when": Column("when", "Speaks of", width=2.6),
    "n_evidence": Column("n_evidence", "Evidence", unit="items", digits=0, width=2),
    "repeats": Column("repeats", "Repeats", width=2),
}


def claim_table(
    graded: pd.DataFrame,
    *,
    columns: Sequence[str | Column] = ("claim", "verdict", "confidence", "rationale"),
    sources: Iterable[Any] | str = (),
    notes: Iterable[str] | str = (),
) -> Table:
    """Rows of the graded claims as a table, each id a link to its entry.

    ``graded`` is indexed by claim id (or has a column ``id``) and holds the named columns; besides the standard
    four: direction, kind, attribution, when, n_evidence, repeats, or any Column. Raises ChartError for no rows, an
    unknown column or an unknown verdict.
    """
    frame = check_frame(graded, "claim_table", "id", "verdict")
    verdicts = ["pending" if is_missing(verdict) else str(verdict) for verdict in frame["verdict"]]
    if unknown := sorted(set(verdicts) - set(VERDICT_GLYPHS)):
        raise ChartError(
            f"claim_table: no verdict is called {', '.join(unknown)}; there are {', '.join(VERDICT_GLYPHS)}."
        )
    links = [
        f'[{key}](#claim-{key}){{.claim verdict="{verdict}"}}'
        for key, verdict in zip(frame["id"], verdicts, strict=True)
    ]
    words = [
        f'[{VERDICT_GLYPHS[verdict]}]{{.sign verdict="{verdict}"}} {display_name(verdict)}'
        for verdict in verdicts
    ]
    shown = frame.assign(id=links, verdict=words)
    known = _COLUMNS | _share_room(frame)
    chosen = [known.get(column, Column(column)) if isinstance(column, str) else column for column in columns]
    made = table(
        shown, [Column("id", "Claim", width=3, markdown=True), *chosen], sources=sources, notes=notes,
        missing="not given, because the claim is not graded by evidence",
    )  # fmt: skip
    return _with_raw(made, frame, verdicts)


def _share_room(frame: pd.DataFrame) -> dict[str, Column]:
    """What the article says and why it was judged so, side by side as wide as their texts are long, so that rows stay low."""
    texts = [_COLUMNS["claim"], _COLUMNS["rationale"]]
    if not {column.name for column in texts} <= set(frame.columns):
        return {}
    lengths = [frame[column.name].fillna("").astype(str).str.len().sum() for column in texts]
    part = min(max(lengths[0] / max(sum(lengths), 1), 0.38), 0.6)
    room = sum(column.width or 0 for column in texts)
    return {
        column.name: replace(column, width=round(room * share, 1))
        for column, share in zip(texts, (part, 1 - part), strict=True)
    }


def _with_raw(made: Table, frame: pd.DataFrame, verdicts: list[str]) -> Table:
    """Let the table's data hold ids and verdicts as they are in the ledger, not as links."""
    raw = {"id": [str(key) for key in frame["id"]], "verdict": verdicts}
    names = made.data["columns"]
    for number, row in enumerate(made.data["rows"]):
        row[:] = [raw[name][number] if name in raw else value for name, value in zip(names, row, strict=True)]
    return made
