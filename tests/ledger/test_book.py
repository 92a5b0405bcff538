import pytest

from sourcebook.errors import LedgerError
from sourcebook.ledger import open_book

TWO_CLAIMS = {
    "claims": [{"id": "eco-01"}, {"id": "eco-02", "repeats": "eco-01"}],
    "evidence": [{"id": "E100"}, {"id": "E101", "claim": "eco-02", "value": "3.5"}],
    "verdicts": [{"claim": "eco-01"}, {"claim": "eco-02"}],
}


def test_the_book_opens_in_one_line_from_a_folder_of_the_project(project, monkeypatch):
    root = project.build()
    (root / "notebooks").mkdir()
    monkeypatch.chdir(root / "notebooks")
    monkeypatch.delenv("SOURCEBOOK_PROJECT", raising=False)
    book = open_book()
    assert book.article.thesis == "The bridge helps both towns"
    assert book.article.sections["id"].tolist() == ["opening", "economy"]


def test_claims_stand_in_the_articles_order(project):
    claims = [{"id": "eco-01"}, {"id": "ope-01", "section": "opening"}]
    verdicts = [{"claim": "eco-01"}, {"claim": "ope-01"}]
    assert open_book(project.build(claims=claims, verdicts=verdicts)).claims.index.tolist() == [
        "ope-01",
        "eco-01",
    ]


def test_graded_claims_carry_verdict_and_evidence_count(project):
    graded = open_book(project.build(**TWO_CLAIMS)).graded
    assert graded["verdict"].tolist() == ["accurate", "accurate"]
    assert graded["n_evidence"].tolist() == [1, 2]


def test_a_restatement_is_judged_by_the_first_statements_evidence_too(project):
    book = open_book(project.build(**TWO_CLAIMS))
    assert book.evidence_for("eco-02").index.tolist() == ["E101", "E100"]
    assert book.evidence_for("eco-01").index.tolist() == ["E100"]


@pytest.mark.parametrize(
    ("when", "later"),
    [
        ("2025-06-20", False),
        ("2025-06-21", True),
        ("2025", False),
        ("2025-07", True),
        ("2013/2026", False),
        ("", False),
    ],
)
def test_evidence_is_later_when_it_begins_after_the_article(project, when, later):
    evidence = open_book(project.build(evidence=[{"id": "E100", "when": when}])).evidence
    assert bool(evidence.at["E100", "later"]) is later


def test_evidence_brings_its_sources_grade_and_origin(project):
    row = open_book(project.build()).evidence.loc["E100"]
    assert (row["reliability"], row["origin"], row["publisher"]) == ("A", "Northtown council", "Town Gazette")


def test_values_come_from_evidence_and_claims(project):
    book = open_book(project.build(**TWO_CLAIMS))
    assert book.value("E101") == 3.5
    with pytest.raises(LedgerError, match="E100 has no number"):
        book.value("E100")
    with pytest.raises(LedgerError, match=r"no evidence or claim E102; did you mean"):
        book.value("E102")


def test_unknown_names_come_with_the_nearest_ones(project):
    book = open_book(project.build())
    with pytest.raises(LedgerError, match=r"no claim eco-02; did you mean eco-01\?"):
        book.cite("eco-01", "eco-02")
    with pytest.raises(LedgerError, match=r"no series toll; did you mean tolls\?"):
        book.series("toll")


def test_an_empty_ledger_opens(project):
    book = open_book(project.build(claims=[], evidence=[], verdicts=[], tolls=[]))
    assert book.graded.empty
    assert book.evidence.empty
    assert book.events.empty
