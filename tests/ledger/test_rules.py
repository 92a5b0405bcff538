"""The grading rules, each broken once."""

import pytest

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
    assert [issue.what for issue in issues] == ["a restatement is judged otherwise"]
    assert issues[0].expected == "accurate moderate, as eco-01"


@pytest.mark.parametrize(
    ("says", "rationale"),
    [
        ("10970 drones.", "It was 10,970. So it was."),
        ("4.80 of it.", "It was 4.8. So it was."),
        ("On 3 May.", "See eco-09 and E555. The S-300 came on 3 May 2013."),
        ("A range of 10-15.", "It was 10 to 15. So it was."),
    ],
)
def test_figures_are_compared_by_value(project, says, rationale):
    evidence = [{"id": "E100", "says": says}]
    assert find_breaches(project, {"rationale": rationale}, evidence=evidence) == []
