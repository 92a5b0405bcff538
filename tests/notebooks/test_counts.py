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


def test_claims_are_counted_by_section(trace, claims):
    trace(
        "fig-verdicts",
        tally([row | {"section": heading(row["section"])} for row in claims], "section", "verdict"),
    )


def test_each_claim_is_a_square(trace, claims):
    trace(
        "fig-squares",
        [{"id": row["id"], "section": heading(row["section"]), "verdict": row["verdict"]} for row in claims],
    )


def test_sections_are_counted(trace, claims, checkable):
    sections = dict.fromkeys(row["section"] for row in claims)
    trace("tbl-sections", [{"section": heading(section),
                            "claims": sum(row["section"] == section for row in claims),
                            "tested": sum(row["section"] == section for row in checkable),
                            "held": sum(row["section"] == section and row["verdict"] in SOUND for row in checkable)}
                           for section in sections])  # fmt: skip


def test_every_section_of_the_article_leads_to_a_chapter_and_to_its_entries(exhibits, article):
    shown = exhibits["tbl-sections"]
    assert {row["entries"] for row in shown} == {f"@sec-ledger-{one['id']}" for one in article["sections"]}
    assert all(row["chapters"].startswith("@sec-") for row in shown)


def test_grades_are_counted(trace, evidence, sources):
    letters = Counter(sources[key]["custom"]["reliability"] for key in {row["source"] for row in evidence})
    trace("tbl-grades", [{"reliability": letter, "number": letters[letter]} for letter in "ABCDEF"])


def test_both_codings_are_counted(trace, read):
    found = Counter((row["first"], row["verdict"]) for row in read("codings"))
    trace("fig-agreement", [{"first": f"first: {one}".replace("-", " "), "second": f"second: {other}".replace("-", " "), "n": n,
                             "word": f"{n}" if one == other else f"{n} differ"}
                            for (one, other), n in found.items()])  # fmt: skip


def test_every_traced_wording_is_listed_with_what_was_dropped(exhibits, read):
    rows = [row for row in read("origins") if row["wording"] in ("identical", "near")]
    expected = {(f"[@{row['source']}]", row["wording"], row["dropped"], row["claim"]) for row in rows}
    shown = {(row["page"], row["wording"], row["dropped"], claim)
             for row in exhibits["tbl-origins"] for claim in row["cited"].split(", ")}  # fmt: skip
    assert shown == expected


def test_the_scale_of_likelihood_is_that_of_the_directive(exhibits):
    ranges = ["1–5", "5–20", "20–45", "45–55", "55–80", "80–95", "95–99"]
    assert [row["range"].rstrip("\u202f%") for row in exhibits["tbl-likelihood"]] == ranges


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


def test_each_choice_is_flipped_alone(trace, checkable, evidence, article, read):
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

    again = {row["claim"]: {"verdict": row["verdict"]} for row in read("codings")}
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
        "Second coder’s verdicts, where there are any": hold([row | again.get(row["id"], {}) for row in checkable]),
    }.items()])  # fmt: skip
