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
    "fig-bushehr": ("series/bushehr_milestones", "when reactor milestone status basis source", every),
    "fig-iran-trade": ("series/russia_trade", "when partner reporter flow usd_bn approximate derived basis source",
                       lambda row: row["partner"] == "Iran" and row["when"] >= "2014"),
    "fig-partners": ("series/russia_trade", "when partner reporter flow usd_bn approximate derived basis source",
                     lambda row: row["partner"] != "World" and row["when"] == "2023"),
    "fig-contacts": ("series/meetings", "when side basis source", lambda row: start(row) <= ARTICLE),
    "fig-payments": ("series/payments", "stage scope promised done source", every),
    "fig-launches": ("series/drones", "when launched basis source", lambda row: row["kind"] == "month"),
    "fig-unprecedented": ("series/unprecedented", "when basis source", every),
    "tbl-russia-arms": ("series/deliveries", "item quantity", lambda row: row["supplier"] == "Russia"),
    "tbl-iran-arms": ("series/deliveries", "item quantity", lambda row: row["supplier"] == "Iran"),
    "tbl-forecasts": ("series/forecasts", "proposition", every),
    "tbl-judgements": ("judgements", "counter change", every),
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
    "tbl-treaty": ("E743 E744 E748 E746 E129 E472 E470 E468 E747", "says grade"),
    "tbl-war-2026": ("E481 E466 E1020 E484 E1023 E1064 E1065 E942 E1062 E1063", "account grade"),
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


def test_the_assessments_of_dependence_are_all_that_could_be_known(trace, evidence):
    stances = ("supports", "refines", "refutes")
    rows = [row for row in evidence.values() if row["claim"] == "mil-11" and row["stance"] in stances
            and start(row) <= ARTICLE and row["source"] != "dkos_petroivaniuk"]  # fmt: skip
    trace("fig-dependence", [{name: row[name] for name in ("id", "says", "source")} for row in rows])


EARLY = ("iaea-finding", "israeli-strikes", "mediation", "military-help")


def test_a_cell_of_the_matrix_is_the_first_stance_of_a_state(trace, read, exhibits):
    label = "fig-stances"
    states = {row["state"] for row in exhibits[label]}
    rows = [row for row in read("stances") if row["issue"] in EARLY and start(row) <= ARTICLE]
    first = {(row["issue"], row["state"]): row for row in sorted(rows, key=start, reverse=True)}
    known = {"Russia", "China", "Turkiye", "Iran", "Israel", "United States", "E3", "India", "Pakistan"}
    assert states >= known
    columns = ("id", "state", "issue", "when", "form", "says", "source", "credibility")
    trace(label, [{name: row[name] for name in columns} for row in first.values() if row["state"] in states])


def test_every_statement_behind_the_matrix_is_printed(trace, read):
    rows = [row for row in read("stances") if row["issue"] in EARLY and start(row) <= ARTICLE]
    trace("tbl-stances", [{"state": row["state"], "says": row["says"]} for row in rows])


PERIODS = ("before", "since")


def test_a_word_for_support_stands_beside_its_exhibit_and_rests_on_evidence_of_its_time(
    exhibits, read, evidence
):
    rows, shown = read("series/support"), {row["kind"]: row for row in exhibits["tbl-matrix"]}
    assert len(shown) == 9
    assert len(rows) == 9 * len(PERIODS)
    for row in rows:
        assert row["exhibit"] in exhibits
        assert (
            shown[row["kind"].capitalize()][row["period"]]
            == f"**{row['state']}** (@{row['exhibit']}). {row['note']}."
        )
        items = [evidence[key] for key in row["evidence"].split(";")]
        assert row["source"] == ";".join(dict.fromkeys(item["source"] for item in items))
        if row["period"] == "before":
            assert all(start(item) < "2025-06-13" for item in items), row
        else:
            assert all(item["when"].split("/")[-1] >= "2025-06" for item in items), row
        if row["state"] == "delivered":
            assert any(item["grade"][0] in "AB" and item["credibility"] in "12" for item in items), row


def test_a_key_judgement_says_its_likelihood_and_names_exhibits_that_exist(exhibits, read):
    for row in read("judgements"):
        assert row["likelihood"] in row["judgement"]
        assert set(row["exhibits"].split(";")) <= set(exhibits)


PROJECTS = """E143 E148 -, E150 E151 E141, E134 E135 E144, E136 E138 -, E326 E169 E193, E170 E190 E938, E1069 ! ?,
    E933 E105 E936"""


def test_projects_show_what_was_agreed_and_seen(trace, evidence):
    says = {key: row["says"] for key, row in evidence.items()} | {
        "-": "nothing found",
        "!": "the contract came later",
        "?": "no start of building found",
    }
    rows = [
        dict(zip(("agreed", "seen", "since"), map(says.get, keys.split()), strict=True))
        for keys in PROJECTS.split(",")
    ]
    trace("tbl-projects", rows)


def test_differences_between_coders_are_all_listed(trace, read):
    apart = [row for row in read("codings") if row["first"] != row["verdict"]]
    assert all((row["settled"] == "agreed") is (row not in apart) for row in read("codings"))
    rows = [
        (
            f"{row['first']} / {row['verdict']}".replace("-", " "),
            row["reason"],
            f"**{row['settled']}.** {row['settlement']}",
        )
        for row in apart
    ]
    trace("tbl-codings", [dict(zip(("judged", "reason", "end"), row, strict=True)) for row in rows])
    verdicts = {row["claim"]: row["verdict"] for row in read("verdicts")}
    for row in read("codings"):
        taken = row["verdict"] if row["settled"] == "changed" else row["first"]
        assert verdicts[row["claim"]] == taken, row["claim"]


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
    assert checked > 20


def test_every_exhibit_is_traced_by_a_test_of_this_folder(exhibits):
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert not [label for label in exhibits if f'"{label}"' not in tests]
