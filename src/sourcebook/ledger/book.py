"""The ledger as a notebook opens it: one line, DataFrames with proper types, and claims to cite."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sourcebook.errors import LedgerError
from sourcebook.ledger.cases import Case, collect_cases
from sourcebook.ledger.citing import Citation, Markdown, render_entry
from sourcebook.ledger.frames import build_frame, build_sources
from sourcebook.ledger.names import nearest
from sourcebook.ledger.reading import Ledger, read_ledger
from sourcebook.ledger.root import find_root
from sourcebook.ledger.sources import RELIABILITY


def open_book(path: str | os.PathLike[str] | None = None) -> Book:
    """Open the ledger of the project at or above ``path``, or of the notebook we run in, and check all of it.

    Raises ProjectError when there is no project, LedgerError with every problem when the tables are not sound.
    """
    return Book(read_ledger(find_root(path)))


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
    """A project's ledger. Frames are indexed by id (verdicts by claim, sources by key)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._cases = collect_cases(ledger)

    @cached_property
    def article(self) -> BookArticle:
        """The source article with its sections."""
        about = self._ledger.article
        rows = [(section.id, section.heading, section.prefix) for section in about.sections]
        sections = pd.DataFrame(rows, columns=["id", "heading", "prefix"], dtype="str")
        return BookArticle(about.title, about.date, about.date_reason, about.thesis, about.address, sections)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """Claims in the article's order."""
        order = [section.id for section in self._ledger.article.sections]
        frame = build_frame(self._ledger.sheets["claims"], {"section": order})
        return frame.sort_values(["section", "id"], kind="stable").set_index("id")

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """Evidence with the reliability, origin and publisher of its source, and whether it is ``later``.

        What is later than the article could not be known by it, and no verdict may rest on it.
        """
        frame = self._frame("evidence").set_index("id")
        later = {item.row["id"]: item.later for case in self._cases.values() for item in case.own_items}
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
        frame = self.claims.join(self.verdicts[["verdict", "confidence", "rationale"]])
        counts = {name: len(case.items) for name, case in self._cases.items()}
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
        return self.evidence.loc[[item.row["id"] for item in self._case(claim).items]]

    def cite(self, *claims: str) -> Citation:
        """Markdown links to the entries of one or several claims; raises LedgerError for an unknown one."""
        return Citation([self._case(claim) for claim in claims])

    def value(self, name: str) -> float:
        """The number of a row of evidence (``E123``) or of a claim (``eco-03``), in the row's own unit."""
        frame = self.evidence if name in self.evidence.index else self.claims
        if name not in frame.index:
            advice = nearest(name, [*self.evidence.index, *self.claims.index])
            raise LedgerError(
                f"There is no evidence or claim {name}; {advice or 'see data/evidence.csv and data/claims.csv'}"
            )
        number = frame["value"].astype("float64")[name]
        if pd.isna(number):
            raise LedgerError(f"{name} has no number: its column value is empty.")
        return float(number)

    def entry(self, claim: str) -> Markdown:
        """The claim's full entry as Markdown, for the appendix."""
        return render_entry(self._case(claim), self._ledger.article)

    def entries(self, claims: Iterable[str] | None = None) -> Markdown:
        """Several entries (all by default) in the article's order, as one piece of Markdown."""
        wanted = set(self.claims.index if claims is None else claims)
        return Markdown("\n\n".join(self.entry(name) for name in self.claims.index if name in wanted))

    def _frame(self, table: str) -> pd.DataFrame:
        return build_frame(self._ledger.sheets[table])

    def _case(self, claim: str) -> Case:
        if claim not in self._cases:
            raise LedgerError(
                f"There is no claim {claim}; {nearest(claim, self._cases) or 'see data/claims.csv'}"
            )
        return self._cases[claim]
