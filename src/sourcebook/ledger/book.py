"""The ledger as a notebook opens it: one line, DataFrames with proper types, and claims to cite."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import pandas as pd

from sourcebook.core.brand import Brand, read_brand
from sourcebook.core.root import find_root
from sourcebook.core.text import nearest
from sourcebook.errors import LedgerError
from sourcebook.ledger.cases import Case, collect_cases, is_later, pool_evidence
from sourcebook.ledger.csv_tables import Row
from sourcebook.ledger.dataframes import build_frame, build_sources
from sourcebook.ledger.entries import Citation, Markdown
from sourcebook.ledger.load import Ledger
from sourcebook.ledger.sources import RELIABILITY

_T = TypeVar("_T")


def open_book(path: str | os.PathLike[str] | None = None) -> Book:
    """Open the ledger of the project at or above ``path``, or of the notebook we run in.

    A table is read and checked when it is first used. Raises ProjectError when there is no project, LedgerError when
    its schema is not sound.
    """
    return Book(Ledger(find_root(path)))


@dataclass(frozen=True)
class BookArticle:
    """The source article; ``sections`` has one row per section: id, heading, prefix of its claims."""

    title: str
    date: str
    date_reason: str
    thesis: str
    address: str
    sections: pd.DataFrame


class Book:
    """A project's ledger. Frames are indexed by id (verdicts by claim, sources by key).

    Whatever asks for a table raises LedgerError with every problem of it, and of the tables it is joined with or
    refers to; publications that it names without taking anything from them are looked up by ``sourcebook check`` alone.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @cached_property
    def article(self) -> BookArticle:
        """The source article with its sections."""
        about = self._ledger.article
        rows = [(section.id, section.heading, section.prefix) for section in about.sections]
        sections = pd.DataFrame(rows, columns=["id", "heading", "prefix"], dtype="str")
        return BookArticle(about.title, about.date, about.date_reason, about.thesis, about.address, sections)

    @cached_property
    def brand(self) -> Brand:
        """Colours, fonts and logo of the project (``_brand.yml``); raises ProjectError for what cannot be used."""
        return read_brand(self._ledger.root)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """Claims in the article's order."""
        self._ledger.require("claims", "sections")
        order = [section.id for section in self._ledger.article.sections]
        frame = build_frame(self._ledger.sheet("claims"), {"section": order})
        return frame.sort_values(["section", "id"], kind="stable").set_index("id")

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """Evidence with the reliability, origin and publisher of its source, and whether it is ``later``.

        What is later than the article could not be known by it, and no verdict may rest on it.
        """
        self._ledger.require("evidence", "claims", "sources", "sections")
        frame = self._frame("evidence").set_index("id")
        last_day = self._ledger.article.last_day
        later = {row["id"]: is_later(row, last_day) for row in self._ledger.rows("evidence")}
        frame["later"] = pd.Series(later, dtype="bool").reindex(frame.index)
        for name in ("reliability", "origin", "publisher"):
            frame[name] = frame["source"].map(self.sources[name].astype("str")).astype("str")
        frame["reliability"] = frame["reliability"].astype(
            pd.CategoricalDtype(list(RELIABILITY), ordered=True)
        )
        return frame

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """The judgement on each claim."""
        return self._frame("verdicts").set_index("claim")

    @cached_property
    def judgements(self) -> pd.DataFrame:
        """The report's conclusions, each with its confidence and the claims and exhibits it rests on."""
        return self._frame("judgements").set_index("id")

    @cached_property
    def tensions(self) -> pd.DataFrame:
        """Pairs of claims that cannot both stand, or pull apart."""
        return self._frame("tensions").set_index("id")

    @cached_property
    def origins(self) -> pd.DataFrame:
        """Earlier pages with a claim's wording; a claim may have several, so the rows are only numbered."""
        return self._frame("origins")

    @cached_property
    def events(self) -> pd.DataFrame:
        """Events in order of time."""
        return self._frame("events").set_index("id").sort_values("when_start", kind="stable")

    @cached_property
    def stances(self) -> pd.DataFrame:
        """Who took which position, when and on what."""
        return self._frame("stances").set_index("id")

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Publications: type, title, publisher, issued, url, reliability (A best), origin."""
        return build_sources(self._ledger.sources)

    @cached_property
    def graded(self) -> pd.DataFrame:
        """Claims with verdict, confidence and rationale, and ``n_evidence``, the rows each was judged by.

        For a restatement these are its own rows and those of the claim it restates.
        """
        self._ledger.require("claims", "verdicts", "evidence", "sections")
        frame = self.claims.join(self.verdicts[["verdict", "confidence", "rationale"]])
        counts = {name: len(rows) for name, rows in self._pool.items()}
        return frame.assign(n_evidence=pd.Series(counts, dtype="Int64").reindex(frame.index))

    def series(self, name: str) -> pd.DataFrame:
        """The series in ``data/series/<name>.csv``; columns and units as in ``data/datapackage.json``."""
        known = self._ledger.schema.series
        if name not in known:
            raise LedgerError(
                f"There is no series {name}; {nearest(name, known) or 'data/datapackage.json describes ' + (', '.join(known) or 'none')}"
            )
        return self._frame(name)

    def evidence_for(self, claim: str) -> pd.DataFrame:
        """The rows a claim is judged by: its own and those of the claim it restates."""
        return self.evidence.loc[[row["id"] for row in _look_up(claim, self._pool)]]

    def cite(self, *claims: str) -> Citation:
        """Markdown links to the entries of one or several claims; raises LedgerError for an unknown one."""
        self._ledger.require("claims", "verdicts")
        verdicts = self._ledger.sheet("verdicts").by_key
        return Citation([(claim, _look_up(claim, verdicts)["verdict"]) for claim in claims])

    def value(self, name: str) -> float:
        """The number of a row of evidence (``E123``) or of a claim (``eco-03``), in the row's own unit."""
        known: list[str] = []
        for table in ("evidence", "claims"):  # claims are opened only for what is no evidence
            rows = self._ledger.sheet(table).by_key
            if name in rows:
                if not rows[name]["value"]:
                    raise LedgerError(f"{name} has no number: its column value is empty.")
                return float(rows[name]["value"])
            known += rows
        advice = nearest(name, known) or "see data/evidence.csv and data/claims.csv"
        raise LedgerError(f"There is no evidence or claim {name}; {advice}")

    def entry(self, claim: str) -> Markdown:
        """The claim's full entry as Markdown, for the appendix."""
        from sourcebook.ledger.entries import render_entry  # only the appendix needs it, and all it imports

        return render_entry(_look_up(claim, self._cases), self._ledger.article)

    def entries(self, claims: Iterable[str] | None = None) -> Markdown:
        """Several entries (all by default) in the article's order, as one piece of Markdown."""
        wanted = set(self.claims.index if claims is None else claims)
        return Markdown("\n\n".join(self.entry(name) for name in self.claims.index if name in wanted))

    @cached_property
    def _cases(self) -> dict[str, Case]:
        return collect_cases(self._ledger)

    @cached_property
    def _pool(self) -> dict[str, list[Row]]:
        return pool_evidence(self._ledger)

    def _frame(self, table: str) -> pd.DataFrame:
        tables = self._ledger.schema.tables
        self._ledger.require(table, *(tables[table].targets & tables.keys()))
        return build_frame(self._ledger.sheet(table))


def _look_up(claim: str, known: Mapping[str, _T]) -> _T:
    if claim not in known:
        raise LedgerError(f"There is no claim {claim}; {nearest(claim, known) or 'see data/claims.csv'}")
    return known[claim]
