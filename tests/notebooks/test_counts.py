"""Exhibits that count claims, evidence and forecasts, or grade them: counted again from ``data/`` with other means."""

from __future__ import annotations

import calendar
import tomllib
from collections import Counter
from datetime import date

import pytest

pytestmark = pytest.mark.slow  # all chapters are run

SOUND, OPEN = ("accurate", "mostly-accurate"), ("not-checkable", "pending")
NAMES = {"balancing": "Balancing act", "powers": "Great powers"}
DIRECTIONS = ("supports", "limits", "hedges", "neutral")
OUTCOMES = {"partly": "held in part", "not-testable": "not testable", "too-early": "too early to say"}


def heading(section: str) -> str:
    return NAMES.get(section, section.capitalize())


@pytest.fixture(scope="module")
def article(repository):
    return tomllib.loads((repository / "data" / "article.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def claims(read):
    """Claims with their verdicts, in the order of the article's table."""
    verdicts = {row["claim"]: row for row in read("verdicts")}
    return [verdicts[row["id"]] | row for row in read("claims")]


@pytest.fixture(scope="module")
def checkable(claims):
    return [row for row in claims if row["verdict"] not in OPEN]


@pytest.fixture(scope="module")
def evidence(read, sources):
    """Evidence with the reliability and the origin of its source."""
    return [row | sources[row["source"]]["custom"] for row in read("evidence")]


def tally(rows, *names):
    """Rows that say how often each combination of the columns occurs."""
    counted = Counter(tuple(row[name] for name in names) for row in rows)
    return [dict(zip(names, key, strict=True)) | {"claims": count} for key, count in counted.items()]


@pytest.mark.parametrize(("label", "column"), [("fig-verdicts", "verdict"), ("fig-directions", "direction")])
def test_claims_are_counted_by_section(label, column, trace, claims):
    trace(label, tally([row | {"section": heading(row["section"])} for row in claims], "section", column))


def test_claims_are_counted_by_attribution(trace, claims):
    words = {"named": "a named person", "officials": "officials, unnamed", "publication": "a publication",
             "none": "nobody"}  # fmt: skip
    found = Counter(row["attribution"] for row in claims)
    trace("fig-attribution", [{"attribution": word, "claims": found[kind]} for kind, word in words.items()])


def test_claims_are_counted_by_kind_and_direction(trace, claims):
    found = Counter((row["kind"], row["direction"]) for row in claims)
    rows = [
        {"kind": kind} | {way: found[kind, way] for way in DIRECTIONS}
        for kind in {row["kind"] for row in claims}
    ]
    trace("tbl-kinds", [row | {"all": sum(row[way] for way in DIRECTIONS)} for row in rows])


def test_holding_claims_are_counted_by_direction(trace, checkable):
    rows = []
    for way in DIRECTIONS:
        of_way = [row["verdict"] in SOUND for row in checkable if row["direction"] == way]
        share = 100 * sum(of_way) / len(of_way)
        rows.append({"direction": way, "size": len(of_way), "sum": sum(of_way), "part": share})
    trace("tbl-directions", rows)


def test_grades_are_counted(trace, evidence, sources):
    found = Counter((row["reliability"], row["credibility"]) for row in evidence)
    trace(
        "fig-grades",
        [{"reliability": a, "credibility": b, "n": n, "word": str(n)} for (a, b), n in found.items()],
    )
    letters = Counter(sources[key]["custom"]["reliability"] for key in {row["source"] for row in evidence})
    trace("tbl-grades", [{"reliability": letter, "number": letters[letter]} for letter in "ABCDEF"])


def test_restatements_stand_beside_the_first_statement(exhibits, claims):
    said = {row["id"]: row["claim"] for row in claims}
    expected = {(row["repeats"], said[row["repeats"]], row["id"]) for row in claims if row["repeats"]}
    shown = exhibits["tbl-repeats"]
    assert {
        (row["first"], row["claim"], name) for row in shown for name in row["again"].split(", ")
    } == expected
    assert sum(row["times"] - 1 for row in shown) == len(expected)


def test_every_traced_wording_is_listed_with_what_was_dropped(exhibits, read):
    rows = [row for row in read("origins") if row["wording"] in ("identical", "near")]
    expected = {(f"[@{row['source']}]", row["wording"], row["dropped"], row["claim"]) for row in rows}
    shown = {(row["page"], row["wording"], row["dropped"], claim)
             for row in exhibits["tbl-origins"] for claim in row["cited"].split(", ")}  # fmt: skip
    assert shown == expected


def test_the_scale_of_likelihood_is_that_of_the_directive(exhibits):
    ranges = ["1–5", "5–20", "20–45", "45–55", "55–80", "80–95", "95–99"]
    assert [row["range"].rstrip("\u202f%") for row in exhibits["tbl-likelihood"]] == ranges


LEFT_OUT = (
    "tbl-claims-region",
    "tbl-claims-balancing",
    "tbl-claims-powers",
)  # restatements: a note names them
OTHERS = {"history": ["int-02", "mil-07", "out-03", "out-05"]}
OIL = ("eco-11", "eco-12", "eco-13")


@pytest.mark.parametrize(("label", "sections"), [
    ("tbl-claims-history", ["history"]), ("tbl-claims-economy", ["economy"]), ("tbl-claims-oil", []),
    ("tbl-claims-military", ["military"]), ("tbl-claims-region", ["region"]), ("tbl-claims-ukraine", ["ukraine"]),
    ("tbl-claims-balancing", ["balancing"]), ("tbl-claims-powers", ["powers"]), ("tbl-claims-outlook", ["outlook"]),
    ("tbl-claims-conclusion", ["introduction", "conclusion"]),
])  # fmt: skip
def test_a_chapter_lists_all_claims_of_its_section(label, sections, trace, claims):
    others = OIL if label == "tbl-claims-oil" else OTHERS.get(sections[0], [])
    rows = [row for row in claims if row["section"] in sections or row["id"] in others]
    rows = [row for row in rows if not (label in LEFT_OUT and row["repeats"])]
    rows = [row for row in rows if label == "tbl-claims-oil" or row["id"] not in OIL]
    trace(
        label,
        [{name: row[name] for name in ("id", "claim", "verdict", "confidence", "rationale")} for row in rows],
    )


def test_forecasts_are_counted_by_section_and_outcome(trace, claims, read):
    section = {row["id"]: heading(row["section"]) for row in claims}
    found = Counter((section[row["claim"]], OUTCOMES.get(row["outcome"], row["outcome"]))
                    for row in read("series/forecasts"))  # fmt: skip
    trace("fig-scores", [{"section": a, "outcome": b, "forecasts": n} for (a, b), n in found.items()])


def last_day(when: str) -> date:
    """The last day that a date allows."""
    year, month, day = ([*map(int, when.rsplit("/", maxsplit=1)[-1].split("-")), 0, 0])[:3]
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def test_ages_are_counted_from_the_first_page_or_the_time_spoken_of(trace, claims, read, sources, article):
    printed, pages = date.fromisoformat(article["date"]), {}
    for row in read("origins"):
        issued = str(sources.get(row["source"], {}).get("issued", ""))
        if row["wording"] in ("identical", "near") and len(issued) >= 7:
            pages.setdefault(row["claim"], []).append(last_day(issued))
    rows = []
    for row in claims:
        if row["kind"] == "forecast" or row["section"] == "captions":
            continue
        known = min(pages.get(row["id"], []), default=last_day(row["when"]) if row["when"] else None)
        age = round(max((printed - known).days / 30.44, 0), 1) if known else None
        rows.append({"id": row["id"], "claim": row["claim"], "when": row["when"], "age": age})
    trace("fig-ages", rows)


def test_each_choice_is_flipped_alone(trace, checkable, evidence, article):
    def hold(rows):
        return 100 * sum(row["verdict"] in SOUND for row in rows) / len(rows)

    def kept(row, letters="ABCDEF", until=article["date"]):
        """Whether the verdict still has the evidence that its rule asks for."""
        stances = {"accurate": ["supports"], "inaccurate": ["refutes"]}.get(
            row["verdict"], ["supports", "refutes", "refines"]
        )
        items = [item for item in evidence if item["claim"] in (row["id"], row["repeats"])
                 and item["stance"] in stances and item["reliability"] in letters
                 and (not item["when"] or item["when"][: len(until)] <= until)]  # fmt: skip
        strong = any(item["reliability"] in "AB" and item["credibility"] in "12" for item in items)
        return strong or len({item["origin"] for item in items}) > 1 if len(stances) == 1 else bool(items)

    def without(**limits):
        return (
            100 * sum(row["verdict"] in SOUND and kept(row, **limits) for row in checkable) / len(checkable)
        )

    def only(test):
        return hold([row for row in checkable if test(row)])

    outdated = [row | {"verdict": row["verdict"].replace("outdated", "accurate")} for row in checkable]
    trace("fig-robustness", [{"choice": choice, "part": part} for choice, part in {
        "As coded": hold(checkable),
        "Each claim once, restatements left out": only(lambda row: not row["repeats"]),
        "Bold type only": only(lambda row: row["emphasis"] == "bold"),
        "Events and figures only": only(lambda row: row["kind"] in ("event", "quantity")),
        "Unproven claims left out": only(lambda row: row["verdict"] != "unproven"),
        "Outdated counted as holding": hold(outdated),
        "Mostly accurate counted as not holding": 100 * sum(row["verdict"] == "accurate" for row in checkable) / len(checkable),
        "Verdicts of high confidence only": only(lambda row: row["confidence"] == "high"),
        "Sources graded A or B only": without(letters="AB"),
        "Sources graded A only": without(letters="A"),
        "Article dated 17 June 2025": without(until="2025-06-17"),
    }.items()])  # fmt: skip
