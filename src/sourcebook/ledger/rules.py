"""The grading rules: what a verdict may say, given its evidence.

``accurate`` and ``inaccurate`` need one good item or two independent ones, ``misleading`` and ``outdated`` one that
refutes, ``high`` needs two independent origins on the side of the verdict, and only what could be known on the
article's date counts. A page from which the article copied supports nothing; forecasts are scored, not judged.
Reliability and credibility are the Admiralty code, confidence is that of ICD 203.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from sourcebook.core.text import split_sentences
from sourcebook.core.vocabulary import UNGRADED
from sourcebook.ledger.cases import Case, count_origins

_NEEDED = {"accurate": "supports", "inaccurate": "refutes"}
_REFUTED = ("misleading", "outdated")
# The stances on whose side a verdict is; the others lie between, so that all that bears on the claim is on theirs.
_SIDES = {
    "accurate": ("supports",),
    "mostly-accurate": ("supports", "refines"),
    "outdated": ("refutes", "refines"),
    "misleading": ("refutes", "refines"),
    "inaccurate": ("refutes",),
}
_ID = re.compile(r"\b(?:[a-z]{3}-|E)\d+\b")
_NUMBER = re.compile(r"(?<!\w)(?<![A-Za-z]-)\d+(?:[,.]\d+)*")

# A rule sees a case, all cases and the article's date, and yields what, found, expected and the next step.
Breach = tuple[str, str, str, str]
Rule = Callable[[Case, Mapping[str, Case], str], Iterator[Breach]]


def _confidence(case: Case, _cases: Mapping[str, Case], _date: str) -> Iterator[Breach]:
    verdict, confidence = case.verdict["verdict"], case.verdict["confidence"]
    if verdict in UNGRADED and confidence:
        yield f"a confidence for {verdict}", confidence, "nothing", "empty the cell"
    if verdict not in UNGRADED and not confidence:
        yield "no confidence", "nothing", "high, moderate or low", "say how sure the verdict is"


def _record(case: Case, _cases: Mapping[str, Case], _date: str) -> Iterator[Breach]:
    pending = case.verdict["verdict"] == "pending"
    if pending and case.verdict["seen"]:
        yield (
            "a pending verdict is sealed",
            case.verdict["seen"],
            "nothing",
            "empty the cell, or judge the claim",
        )
    if not pending and not case.verdict["reviewed"]:
        yield "no day of review", "nothing", "a day", "fill in the column reviewed"


def _rationale(case: Case, _cases: Mapping[str, Case], _date: str) -> Iterator[Breach]:
    verdict, count = case.verdict["verdict"], len(split_sentences(case.verdict["rationale"]))
    wanted = {"pending": (0, 1, 2), "not-checkable": (1, 2)}.get(verdict, (2,))
    if count not in wanted:
        expected = "two sentences" if wanted == (2,) else f"at most two sentences, at least {wanted[0]}"
        yield "a rationale of another length", f"{count} sentences", expected, "rewrite it"


def _evidence(case: Case, _cases: Mapping[str, Case], _date: str) -> Iterator[Breach]:
    if case.verdict["verdict"] not in UNGRADED and not case.counted():
        found = f"{len(case.items)} items, none that bears on it and is not later than the article"
        yield (
            "a verdict without evidence",
            found,
            "at least one",
            "add evidence, or not-checkable with the reason",
        )


def _corroboration(case: Case, _cases: Mapping[str, Case], _date: str) -> Iterator[Breach]:
    stance = _NEEDED.get(case.verdict["verdict"])
    if not stance:
        return
    items = case.counted(stance)
    strong = [item for item in items if item.source.reliability in "AB" and item.row["credibility"] in "12"]
    if not strong and count_origins(items) < 2:
        found = ", ".join(f"{item.row['id']} {item.grade}" for item in items) or "none"
        expected = "one graded A or B and 1 or 2, or two of independent origin"
        yield (
            f"{case.verdict['verdict']} needs evidence that {stance} it",
            found,
            expected,
            "grade it lower or add",
        )


def _refuted(case: Case, _cases: Mapping[str, Case], _date: str) -> Iterator[Breach]:
    verdict = case.verdict["verdict"]
    if verdict in _REFUTED and not case.counted("refutes"):
        found = f"{len(case.counted())} items that bear on it, none that refutes"
        yield f"{verdict} needs evidence that refutes it", found, "at least one", "grade it higher or add"


def _forecast(case: Case, _cases: Mapping[str, Case], _date: str) -> Iterator[Breach]:
    verdict = case.verdict["verdict"]
    if case.claim["kind"] == "forecast" and verdict not in UNGRADED:
        fix = "score it in data/series/forecasts.csv, or say what it claims of its own day"
        yield "a forecast is judged", verdict, "not-checkable", fix


def _copied(case: Case, _cases: Mapping[str, Case], _date: str) -> Iterator[Breach]:
    for item in case.own_items:
        if item.copied and item.row["stance"] == "supports":
            found = f"{item.row['id']} from {item.row['source']}, which data/origins.csv lists"
            yield (
                "a page that the article copied supports it",
                found,
                "another origin",
                "make its stance context",
            )


def _high(case: Case, _cases: Mapping[str, Case], _date: str) -> Iterator[Breach]:
    verdict = case.verdict["verdict"]
    origins = count_origins(case.counted(*_SIDES.get(verdict, ())))
    if case.verdict["confidence"] == "high" and origins < 2:
        yield (
            f"high confidence without two origins on the side of {verdict}",
            f"{origins} independent",
            "two or more",
            "say moderate, or add evidence",
        )


def _restated(case: Case, cases: Mapping[str, Case], _date: str) -> Iterator[Breach]:
    if case.original:
        first = cases[case.original["id"]]
        mine, theirs = ([item.verdict["verdict"], item.verdict["confidence"]] for item in (case, first))
        if mine != theirs:
            found, expected = " ".join(mine), f"{' '.join(theirs)}, as {first.id}"
            yield "a restatement is judged otherwise", found, expected, "give both the same verdict"


def _later(case: Case, _cases: Mapping[str, Case], date: str) -> Iterator[Breach]:
    if case.claim["kind"] == "forecast":
        return
    for item in case.own_items:
        if item.later and item.row["stance"] != "context":
            found = f"{item.row['id']} {item.row['stance']}, {item.row['when']}"
            yield "evidence later than the article", found, f"context after {date}", "make its stance context"


def _numbers(case: Case, _cases: Mapping[str, Case], date: str) -> Iterator[Breach]:
    """Figures are compared by value, so that 10,970 is 10970; a name such as S-300 is no figure."""
    texts = [date, *(case.claim[name] for name in ("claim", "when", "value", "unit"))]
    for item in case.items:
        texts += [item.row[name] for name in ("says", "value", "unit", "when", "locator")] + [
            item.source.issued
        ]
    known = set().union(*map(_find_numbers, texts))
    strange = sorted(_find_numbers(_ID.sub("", case.verdict["rationale"])) - known)
    if strange:
        found = ", ".join(f"{value:f}" for value in strange)
        yield (
            "a figure of the rationale is not in its evidence",
            found,
            "figures of its evidence",
            "show where from",
        )


def _find_numbers(text: str) -> set[Decimal]:
    return {Decimal(found.replace(",", "")) for found in _NUMBER.findall(text) if found.count(".") <= 1}


RULES: tuple[Rule, ...] = (
    *(_confidence, _record, _rationale, _evidence, _corroboration, _refuted, _forecast, _copied, _high),
    *(_restated, _later, _numbers),
)
