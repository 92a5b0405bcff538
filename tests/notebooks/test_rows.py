"""Exhibits that show rows of ``data/``: each row that belongs in one is in it, with the figures of the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # all chapters are run

ARTICLE = "2025-06-20"
CITED = r"\[@([^\]]+)\]"


def start(row: dict[str, str]) -> str:
    """The day on which something began, a month or year counted from its first day."""
    first = row["when"].split("/")[0]
    return first + "-01-01"[len(first) - 10 :] if len(first) < 10 else first


def every(_row: dict[str, str]) -> bool:
    """All rows of a table."""
    return True


# The exhibit, the table, the columns compared, and which rows of the table belong in it.
ROWS = {
    "fig-votes": ("series/unvotes", "session year country_a country_b identical roll_calls source", every),
    "fig-oil-days": ("series/brent_daily", "when usd_per_bbl source", every),
    "fig-bushehr": ("series/bushehr_milestones", "when reactor milestone status basis source", every),
    "fig-bushehr-share": ("series/bushehr_generation", "year twh share capacity_factor basis source",
                          lambda row: row["share"] and row["basis"].startswith("gross")),
    "fig-iran-trade": ("series/russia_trade", "when partner reporter flow usd_bn approximate derived basis source",
                       lambda row: row["partner"] == "Iran" and row["when"] >= "2014"),
    "fig-partners": ("series/russia_trade", "when partner reporter flow usd_bn approximate derived basis source",
                     lambda row: row["partner"] != "World" and row["when"] == "2023"),
    "fig-both-trade": ("series/russia_trade", "usd_bn approximate derived basis source",
                       lambda row: row["partner"] in ("Iran", "Israel")
                       and row["when"] in ("2018", "2019", "2020/2021", "2021", "2024")),
    "fig-contacts": ("series/meetings", "when side basis source", lambda row: start(row) <= ARTICLE),
    "fig-payments": ("series/payments", "stage scope promised done source", every),
    "fig-launches": ("series/drones", "when launched basis source", lambda row: row["kind"] == "month"),
    "fig-unprecedented": ("series/unprecedented", "when basis source", every),
    "tbl-russia-arms": ("series/deliveries", "item quantity", lambda row: row["supplier"] == "Russia"),
    "tbl-iran-arms": ("series/deliveries", "item quantity", lambda row: row["supplier"] == "Iran"),
    "tbl-forecasts": ("series/forecasts", "proposition test", lambda row: row["outcome"] != "not-testable"),
    "tbl-untestable": ("series/forecasts", "proposition test", lambda row: row["outcome"] == "not-testable"),
    "fig-record": ("events", "id when event direction actors sources", lambda row: start(row) < "2021-12-31"),
    "tbl-change": ("judgements", "id change", every),
    "tbl-judgements": ("judgements", "id judgement confidence", every),
    "tbl-tensions": ("tensions", "note", every),
}  # fmt: skip


@pytest.mark.parametrize("label", ROWS)
def test_an_exhibit_shows_the_rows_of_its_table(label, trace, read):
    table, columns, belongs = ROWS[label]
    trace(label, [{name: row[name] for name in columns.split()} for row in read(table) if belongs(row)])


VOTES = {"in-favour": "for", "against": "against", "abstained": "abstained", "not-found": "not found"}


def test_the_votes_on_ukraine_are_those_of_the_series(trace, read):
    states = ("russia", "iran", "israel")
    trace("tbl-ukraine-votes", [{"tally": f"{row['in_favour']}–{row['against']}–{row['abstained']}"}
                                | {state: VOTES[row[state]] for state in states}
                                for row in read("series/ukraine_votes")])  # fmt: skip


EVENTS = {
    "fig-june": lambda row: "2025-06-12" <= row["when"] <= "2025-06-24" and "Russia" in row["actors"].split(";"),
    "fig-after-2025": lambda row: "2025-06-24" < row["when"] < "2026" and row["direction"] != "neutral",
    "fig-after-2026": lambda row: row["when"] > "2026" and row["direction"] != "neutral",
}  # fmt: skip


@pytest.mark.parametrize("label", EVENTS)
def test_a_timeline_shows_all_events_of_its_time(label, trace, read):
    columns = {"id": "id", "when": "when", "direction": "direction", "event": "event", "source": "sources"}
    rows = [row for row in read("events") if EVENTS[label](row)]
    trace(label, [{shown: row[name] for shown, name in columns.items()} for row in rows])


# Evidence chosen by hand: the exhibit shows these items and no other, in the words and with the grades of the table.
CHOSEN = {
    "fig-condemned": ("E845 E846 E847 E848 E882 E883 E881", "id when says source"),
    "fig-syria": ("E776 E764 E765 E780 E782 E767", "id when says source"),
    "tbl-treaty": ("E743 E744 E748 E746 E129 E472 E470 E468 E747", "says grade"),
    "tbl-opec": ("E165 E160 E164 E162 E159 E158 E163", "when says grade"),
    "tbl-gulf": ("E1004 E1025 E784 E783 E785", "says grade"),
    "tbl-hezbollah": ("E664 E947 E666 E665 E949", "says grade"),
    "tbl-warm": ("E821 E822 E806 E819 E807 E808 E810", "says grade"),
    "tbl-missiles": ("E422 E423 E415 E417 E418 E419 E420 E421 E412", "account grade"),
    "tbl-accounts": ("E544 E546 E547 E548 E549 E550 E494 E493 E500 E502 E501", "account grade"),
}


@pytest.fixture(scope="module")
def evidence(read, sources):
    """Evidence by id, with its grade and, as ``account``, what it says."""
    return {row["id"]: row | {"grade": sources[row["source"]]["custom"]["reliability"] + row["credibility"],
                              "account": row["says"]} for row in read("evidence")}  # fmt: skip


@pytest.mark.parametrize("label", CHOSEN)
def test_an_exhibit_shows_the_evidence_chosen_for_it(label, trace, evidence):
    chosen, columns = CHOSEN[label]
    trace(label, [{name: evidence[key][name] for name in columns.split()} for key in chosen.split()])


def test_words_and_acts_stand_side_by_side_as_in_the_evidence(trace, evidence):
    pairs = "E845 E820, E850 E849, E861 E814, E860 E779, E834 E838, E856 E819, E854 E858"
    rows = [
        (evidence[word]["says"], evidence[act]["says"]) for word, act in map(str.split, pairs.split(", "))
    ]
    trace("tbl-said", [dict(zip(("word", "act"), row, strict=True)) for row in rows])


def test_the_assessments_of_dependence_are_all_that_could_be_known(trace, evidence):
    stances = ("supports", "refines", "refutes")
    rows = [row for row in evidence.values() if row["claim"] == "mil-11" and row["stance"] in stances
            and start(row) <= ARTICLE and row["source"] != "dkos_petroivaniuk"]  # fmt: skip
    trace("fig-dependence", [{name: row[name] for name in ("id", "says", "source")} for row in rows])


def test_both_sides_of_the_push_are_shown_once_for_each_source(trace, evidence):
    rows = [
        row
        for row in evidence.values()
        if row["claim"] == "pow-10" and row["stance"] in ("supports", "refines")
    ]
    first = {row["source"]: row for row in reversed(rows)}.values()
    trace("tbl-push", [{"says": row["says"], "grade": row["grade"]} for row in first])


EARLY = ("iaea-finding", "israeli-strikes", "mediation", "military-help")
LATER = ("us-strikes", "snapback", "second-war", "gulf-attacks", "hormuz-resolution")


@pytest.mark.parametrize(
    ("label", "issues", "known"), [("fig-stances", EARLY, True), ("fig-stances-later", LATER, False)]
)
def test_a_cell_of_the_matrix_is_the_first_stance_of_a_state(label, issues, known, trace, read, exhibits):
    states = {row["state"] for row in exhibits[label]}
    rows = [row for row in read("stances") if row["issue"] in issues and (start(row) <= ARTICLE) is known]
    first = {(row["issue"], row["state"]): row for row in sorted(rows, key=start, reverse=True)}
    assert states >= {
        "Russia",
        "China",
        "Turkiye",
        "Iran",
        "Israel",
        "United States",
        "E3",
        "India",
        "Pakistan",
    }
    columns = ("id", "state", "issue", "when", "form", "says", "source", "credibility")
    trace(label, [{name: row[name] for name in columns} for row in first.values() if row["state"] in states])


@pytest.mark.parametrize(("label", "mediation"), [("tbl-stances", False), ("tbl-mediation", True)])
def test_every_statement_behind_the_matrix_is_printed(label, mediation, trace, read, exhibits):
    states = {row["state"] for row in exhibits["fig-stances"]}
    rows = [row for row in read("stances") if row["issue"] in EARLY and start(row) <= ARTICLE]
    rows = [row for row in rows if (row["issue"] == "mediation") is mediation and row["state"] in states]
    trace(label, [{"state": row["state"], "says": row["says"]} for row in rows])


def test_the_tables_cite_what_their_rows_come_from(exhibits, read, sources):
    known = {row["says"]: row["source"] for name in ("evidence", "stances") for row in read(name)}
    checked = 0
    for rows in exhibits.values():
        for row in rows:
            cited = next((row[name] for name in ("cited", "from") if name in row), None)
            if cited and "says" in row:
                assert re.findall(CITED, cited) == [known[row["says"]]]
                assert known[row["says"]] in sources
                checked += 1
    assert checked > 40


def test_every_exhibit_is_traced_by_a_test_of_this_folder(exhibits):
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert not [label for label in exhibits if f'"{label}"' not in tests]
