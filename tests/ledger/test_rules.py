"""The grading rules, each broken once."""

import pytest

from sourcebook.errors import Issue, LedgerError
from sourcebook.ledger.load import read_ledger
from sourcebook.ledger.verdicts import check_verdicts

OTHER = {
    "id": "herald",
    "title": "Another view",
    "custom": {"reliability": "C", "origin": "Southtown council"},
}
WEAK = {"custom": {"reliability": "C", "origin": "Northtown council"}}


def find_breaches(project, verdict=None, **tables):
    tables.setdefault("sources", [{}, OTHER])
    root = project.build(verdicts=[{"claim": "eco-01"} | (verdict or {})], **tables)
    return [str(issue) for issue in check_verdicts(read_ledger(root))]


# What is built, and what is said of it: what, found, expected, and what to do.
SAID = [
    ({"verdict": {"confidence": ""}},
     ("no confidence", "nothing", "high, moderate or low", "say how sure the verdict is")),
    ({"verdict": {"verdict": "not-checkable", "confidence": "low"}},
     ("a confidence for not-checkable", "low", "nothing", "empty the cell")),
    ({"verdict": {"verdict": "pending", "confidence": "", "seen": "0123456789ab"}},
     ("a pending verdict is sealed", "0123456789ab", "nothing", "empty the cell, or judge the claim")),
    ({"verdict": {"reviewed": ""}},
     ("no day of review", "nothing", "a day", "fill in the column reviewed")),
    ({"verdict": {"rationale": "It opened in 2013."}},
     ("a rationale of another length", "1 sentences", "two sentences", "rewrite it")),
    ({"verdict": {"verdict": "not-checkable", "confidence": "", "rationale": ""}},
     ("a rationale of another length", "0 sentences", "at most two sentences, at least 1", "rewrite it")),
    ({"verdict": {"verdict": "not-checkable", "confidence": "", "rationale": "It is so. It was so. It will be so."}},
     ("a rationale of another length", "3 sentences", "at most two sentences, at least 1", "rewrite it")),
    ({"verdict": {"verdict": "pending", "confidence": "", "rationale": "It is so. It was so. It will be so."}},
     ("a rationale of another length", "3 sentences", "at most two sentences, at least 0", "rewrite it")),
    ({"verdict": {"verdict": "unproven"}, "evidence": [{"id": "E100", "stance": "context"}]},
     ("a verdict without evidence", "1 items, none that bears on it and is not later than the article", "at least one",
      "add evidence, or not-checkable with the reason")),
    ({"evidence": [{"id": "E100", "credibility": "3"}, {"id": "E101", "credibility": "4"}]},
     ("accurate needs evidence that supports it", "E100 A3, E101 A4",
      "one graded A or B and 1 or 2, or two of independent origin", "grade it lower or add")),
    ({"verdict": {"verdict": "inaccurate"}},
     ("inaccurate needs evidence that refutes it", "none",
      "one graded A or B and 1 or 2, or two of independent origin", "grade it lower or add")),
    ({"verdict": {"verdict": "misleading"}, "evidence": [{"id": "E100", "stance": "refines"}]},
     ("misleading needs evidence that refutes it", "1 items that bear on it, none that refutes", "at least one",
      "grade it higher or add")),
    ({"claims": [{"id": "eco-01", "kind": "forecast"}]},
     ("a forecast is judged", "accurate", "not-checkable",
      "score it in data/series/forecasts.csv, or say what it claims of its own day")),
    ({"evidence": [{"id": "E100"}, {"id": "E101", "source": "herald"}],
      "origins": [{"claim": "eco-01", "source": "herald", "wording": "identical", "confidence": "high"}]},
     ("a page that the article copied supports it", "E101 from herald, which data/origins.csv lists", "another origin",
      "make its stance context")),
    ({"verdict": {"confidence": "high"}},
     ("high confidence without two origins on the side of accurate", "1 independent", "two or more",
      "say moderate, or add evidence")),
    ({"evidence": [{"id": "E100"}, {"id": "E101", "when": "2025-07"}]},
     ("evidence later than the article", "E101 supports, 2025-07", "context after 2025-06-20", "make its stance context")),
    ({"verdict": {"rationale": "It is 7 km and 12.50 m long, see E555, eco-09 and S-300. So 8,000 are."}},
     ("a figure of the rationale is not in its evidence", "7, 12.50, 8000", "figures of its evidence", "show where from")),
]  # fmt: skip


@pytest.mark.parametrize(("built", "said"), SAID)
def test_a_breach_says_what_is_wrong_and_what_to_do(project, built, said):
    root = project.build(
        verdicts=[{"claim": "eco-01"} | built.get("verdict", {})],
        **{"sources": [{}, OTHER]} | {name: rows for name, rows in built.items() if name != "verdict"},
    )
    assert check_verdicts(read_ledger(root)) == [Issue("data/verdicts.csv, line 2, claim eco-01", *said)]


@pytest.mark.parametrize(
    ("verdict", "sentences"),
    [("pending", 0), ("pending", 1), ("pending", 2), ("not-checkable", 1), ("not-checkable", 2)],
)
def test_what_is_not_graded_may_be_explained_in_fewer_sentences(project, verdict, sentences):
    rationale = " ".join(["It is so."] * sentences)
    assert find_breaches(project, {"verdict": verdict, "confidence": "", "rationale": rationale}) == []


def test_a_pending_verdict_needs_no_day_of_review(project):
    pending = {"verdict": "pending", "confidence": "", "reviewed": "", "rationale": ""}
    assert find_breaches(project, pending, evidence=[]) == []


def test_breaches_come_in_the_order_of_the_file(project):
    tables = {
        "claims": [{"id": "eco-01"}, {"id": "eco-02"}],
        "evidence": [{"id": "E100"}, {"id": "E101", "claim": "eco-02"}],
        "verdicts": [
            {"claim": "eco-01", "reviewed": "", "confidence": ""},
            {"claim": "eco-02", "reviewed": ""},
        ],
    }
    issues = check_verdicts(read_ledger(project.build(**tables)))
    assert [(issue.where, issue.what) for issue in issues] == [
        ("data/verdicts.csv, line 2, claim eco-01", "no confidence"),
        ("data/verdicts.csv, line 2, claim eco-01", "no day of review"),
        ("data/verdicts.csv, line 3, claim eco-02", "no day of review"),
    ]


def test_a_later_item_hides_no_other_breach(project):
    evidence = [
        {"id": "E100", "when": "2025-06-20"},
        {"id": "E101", "when": "2025-06-21"},
        {"id": "E102", "when": ""},
    ]
    found = [breach.partition("(found ")[2][:4] for breach in find_breaches(project, evidence=evidence)]
    assert found == ["E101"]
    evidence += [
        {"id": "E103", "when": "2025-08", "stance": "refutes"},
        {"id": "E104", "when": "2025-08", "stance": "context"},
    ]
    found = [breach.partition("(found ")[2][:4] for breach in find_breaches(project, evidence=evidence)]
    assert found == ["E101", "E103"]


def test_a_well_founded_verdict_passes(project):
    assert find_breaches(project) == []


@pytest.mark.parametrize(
    ("verdict", "breach"),
    [
        ({"confidence": ""}, "no confidence"),
        ({"verdict": "not-checkable", "confidence": "low"}, "a confidence for not-checkable (found low"),
        ({"verdict": "pending", "confidence": "", "seen": "0123456789ab"}, "a pending verdict is sealed"),
        ({"reviewed": ""}, "no day of review"),
        (
            {"rationale": "It opened in 2013."},
            "a rationale of another length (found 1 sentences; expected two",
        ),
        ({"rationale": "One. Two. Three."}, "a rationale of another length (found 3 sentences"),
        (
            {"rationale": "It is 7 km long. So it is."},
            "a figure of the rationale is not in its evidence (found 7;",
        ),
        (
            {"confidence": "high"},
            "high confidence without two origins on the side of accurate (found 1 independent",
        ),
        ({"verdict": "inaccurate"}, "inaccurate needs evidence that refutes it (found none"),
    ],
)
def test_a_verdict_keeps_the_rules(project, verdict, breach):
    breaches = find_breaches(project, verdict)
    assert len(breaches) == 1
    assert breaches[0].startswith("data/verdicts.csv, line 2, claim eco-01: " + breach)


@pytest.mark.parametrize("verdict", ["accurate", "misleading", "unproven"])
def test_a_verdict_needs_evidence(project, verdict):
    assert any(
        "a verdict without evidence" in breach
        for breach in find_breaches(project, {"verdict": verdict}, evidence=[])
    )


def test_what_cannot_be_checked_needs_no_evidence(project):
    assert (
        find_breaches(
            project, {"verdict": "not-checkable", "confidence": "", "rationale": "A flourish."}, evidence=[]
        )
        == []
    )


@pytest.mark.parametrize("verdict", [{"verdict": "accurate"}, {"verdict": "inaccurate"}])
def test_one_weak_item_does_not_carry_accurate_or_inaccurate(project, verdict):
    stance = "supports" if verdict["verdict"] == "accurate" else "refutes"
    weak = [{"id": "E100", "stance": stance, "credibility": "3"}]
    assert len(find_breaches(project, verdict, evidence=weak)) == 1
    two = [*weak, {"id": "E101", "stance": stance, "credibility": "3", "source": "herald"}]
    assert find_breaches(project, verdict, evidence=two) == []


@pytest.mark.parametrize(("reliability", "breaches"), [("B", 0), ("C", 1)])
def test_one_item_carries_a_verdict_only_from_a_source_graded_a_or_b(project, reliability, breaches):
    source = {"custom": {"reliability": reliability, "origin": "Northtown council"}}
    found = find_breaches(project, {"confidence": "moderate"}, evidence=[{"id": "E100"}], sources=[source])
    assert len(found) == breaches


def test_relays_of_one_origin_are_one_source(project):
    evidence = [{"id": "E100"}, {"id": "E101", "source": "herald"}]
    assert find_breaches(project, {"confidence": "high"}, evidence=evidence) == []
    relay = OTHER | {"custom": {"reliability": "A", "origin": "Northtown council"}}
    assert len(find_breaches(project, {"confidence": "high"}, evidence=evidence, sources=[{}, relay])) == 1


def test_what_came_after_the_article_does_not_count(project):
    evidence = [{"id": "E100", "when": "2025-07", "stance": "context"}]
    assert any("a verdict without evidence" in breach for breach in find_breaches(project, evidence=evidence))


def test_what_came_after_the_article_is_context_unless_the_claim_is_a_forecast(project):
    evidence = [{"id": "E100"}, {"id": "E101", "when": "2025-07"}]
    assert (
        "evidence later than the article (found E101 supports, 2025-07"
        in find_breaches(project, evidence=evidence)[0]
    )
    forecast = [{"id": "eco-01", "kind": "forecast"}]
    scored = {"verdict": "not-checkable", "confidence": ""}
    assert find_breaches(project, scored, evidence=evidence, claims=forecast) == []


def test_a_forecast_is_scored_not_judged(project):
    found = find_breaches(project, claims=[{"id": "eco-01", "kind": "forecast"}])
    assert "a forecast is judged (found accurate; expected not-checkable" in found[0]


@pytest.mark.parametrize("verdict", ["misleading", "outdated"])
def test_items_that_refine_do_not_add_up_to_one_that_refutes(project, verdict):
    refining = [
        {"id": f"E10{n}", "stance": "refines", "source": name} for n, name in enumerate(["gazette", "herald"])
    ]
    found = find_breaches(project, {"verdict": verdict}, evidence=refining)
    assert [f"{verdict} needs evidence that refutes it (found 2 items" in breach for breach in found] == [
        True
    ]
    refuting = [*refining, {"id": "E102", "stance": "refutes"}]
    assert find_breaches(project, {"verdict": verdict}, evidence=refuting) == []


@pytest.mark.parametrize(
    ("verdict", "stance", "breaches"),
    [
        ("accurate", "refutes", 1),
        ("mostly-accurate", "refines", 0),
        ("outdated", "supports", 1),
        ("unproven", "refutes", 0),
    ],
)
def test_high_confidence_needs_two_origins_on_the_side_of_the_verdict(project, verdict, stance, breaches):
    own = "refutes" if verdict == "outdated" else "supports"
    evidence = [{"id": "E100", "stance": own}, {"id": "E101", "stance": stance, "source": "herald"}]
    assert (
        len(find_breaches(project, {"verdict": verdict, "confidence": "high"}, evidence=evidence)) == breaches
    )


def test_a_page_that_the_article_copied_supports_nothing(project):
    copied = [{"claim": "eco-01", "source": "herald", "wording": "identical", "confidence": "high"}]
    evidence = [{"id": "E100"}, {"id": "E101", "source": "herald"}]
    found = find_breaches(project, evidence=evidence, origins=copied)
    assert [
        "a page that the article copied supports it (found E101 from herald" in breach for breach in found
    ] == [True]
    evidence[1]["stance"] = "refines"
    assert find_breaches(project, evidence=evidence, origins=copied) == []


def test_a_restatement_has_the_verdict_of_the_first_statement(project):
    tables = {
        "claims": [{"id": "eco-01"}, {"id": "eco-02", "repeats": "eco-01"}],
        "verdicts": [{"claim": "eco-01"}, {"claim": "eco-02", "confidence": "low"}],
    }
    issues = check_verdicts(read_ledger(project.build(**tables)))
    assert issues == [
        Issue("data/verdicts.csv, line 3, claim eco-02", "a restatement is judged otherwise", "accurate low",
              "accurate moderate, as eco-01", "give both the same verdict"),
    ]  # fmt: skip
    tables["verdicts"][1]["confidence"] = "moderate"
    assert check_verdicts(read_ledger(project.build(**tables))) == []


def test_a_restatement_of_a_restatement_is_judged_by_the_first_statement(project):
    tables = {
        "claims": [{"id": "eco-01"}, {"id": "eco-02", "repeats": "eco-01"}, {"id": "eco-03", "repeats": "eco-02"}],
        "verdicts": [{"claim": "eco-01"}, {"claim": "eco-02", "confidence": "low"}, {"claim": "eco-03", "confidence": "low"}],
    }  # fmt: skip
    issues = check_verdicts(read_ledger(project.build(**tables)))
    assert [issue.expected for issue in issues] == ["accurate moderate, as eco-01"] * 2


def test_what_the_first_statement_copied_or_learned_later_is_told_there_alone(project):
    tables = {
        "claims": [{"id": "eco-01"}, {"id": "eco-02", "repeats": "eco-01"}],
        "verdicts": [{"claim": "eco-01"}, {"claim": "eco-02"}],
        "evidence": [{"id": "E100"}, {"id": "E101", "source": "herald"}, {"id": "E102", "when": "2025-07"}],
        "origins": [{"claim": "eco-01", "source": "herald", "wording": "identical", "confidence": "high"}],
        "sources": [{}, OTHER],
    }
    issues = check_verdicts(read_ledger(project.build(**tables)))
    assert [issue.where for issue in issues] == ["data/verdicts.csv, line 2, claim eco-01"] * 2


@pytest.mark.parametrize(
    ("says", "rationale"),
    [
        ("10970 drones.", "It was 10,970. So it was."),
        ("4.80 of it.", "It was 4.8. So it was."),
        ("On 3 May.", "See eco-09 and E555. The S-300 came on 3 May 2013."),
        ("A range of 10-15.", "It was 10 to 15. So it was."),
        ("A version 1.2.3.", "It was 1.2.3. So it was."),
    ],
)
def test_figures_are_compared_by_value(project, says, rationale):
    evidence = [{"id": "E100", "says": says}]
    assert find_breaches(project, {"rationale": rationale}, evidence=evidence) == []


@pytest.mark.parametrize(
    ("table", "column", "text", "figure"),
    [
        ("claims", "claim", "It has 71 arches.", "71"),
        ("claims", "when", "1971", "1971"),
        ("claims", "value", "72", "72"),
        ("claims", "unit", "73 crowns", "73"),
        ("evidence", "says", "It has 74 arches.", "74"),
        ("evidence", "value", "75", "75"),
        ("evidence", "unit", "76 crowns", "76"),
        ("evidence", "when", "1977", "1977"),
        ("evidence", "locator", "page 78", "78"),
        ("sources", "issued", "1979-01-01", "1979"),
        ("article", "date", "", "20"),
    ],
)
def test_a_figure_of_the_rationale_may_stand_anywhere_in_its_case(project, table, column, text, figure):
    row = {"claims": {"id": "eco-01"}, "evidence": {"id": "E100"}}.get(table, {})
    tables = {} if table == "article" else {table: [row | {column: text}]}
    rationale = {"rationale": f"It is {figure}. So it is."}
    assert find_breaches(project, rationale, **tables) == []
    if tables:
        assert len(find_breaches(project, rationale)) == 1


@pytest.mark.parametrize("table", ["claims", "verdicts", "evidence", "origins"])
def test_a_table_that_cannot_be_read_stops_the_rules(project, table):
    root = project.build()
    with (root / f"data/{table}.csv").open("a") as file:
        file.write("one cell,and another\n")
    with pytest.raises(LedgerError, match=f"data/{table}.csv"):
        check_verdicts(read_ledger(root))


@pytest.mark.parametrize(
    ("file", "text"), [("sources.yaml", "references: ["), ("article.toml", "[[sections")]
)
def test_a_file_that_cannot_be_read_stops_the_rules(project, file, text):
    root = project.build()
    project.write(f"data/{file}", text)
    with pytest.raises(LedgerError, match=f"data/{file}"):
        check_verdicts(read_ledger(root))
