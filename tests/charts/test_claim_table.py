"""The standard table of claims."""

import pandas as pd
import pytest

from sourcebook.charts import ChartError, Column, claim_table


@pytest.fixture
def graded() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "claim": ["The bridge opened in 2013.", "Who pays?"],
            "verdict": pd.Categorical(["mostly-accurate", "not-checkable"]),
            "confidence": ["high", None],
            "rationale": ["It opened. The gazette says so.", "A question."],
            "n_evidence": pd.array([2, 0], dtype="Int64"),
        },
        index=pd.Index(["eco-01", "eco-02"], name="id"),
    )


def test_each_claim_links_to_its_entry_and_shows_its_verdict(graded):
    made = claim_table(graded)
    assert made.rows[0][0] == '[eco-01](#claim-eco-01){.claim verdict="mostly-accurate"}'
    assert made.rows[0][2] == '[◕]{.sign verdict="mostly-accurate"} mostly accurate'
    assert [column["label"] for column in made.columns] == [
        "Claim", "What the article says", "Verdict", "Confidence", "Why",
    ]  # fmt: skip
    assert made.columns[0]["header"]


def test_what_is_said_and_why_share_the_room_by_their_lengths(graded):
    def widths(frame):
        said, *_, why = [column["width"] for column in claim_table(frame).columns][1:]
        return said / (said + why)

    assert widths(graded.assign(rationale="A reason that goes on. " * 9)) == pytest.approx(0.38, abs=0.01)
    assert widths(graded.assign(rationale="x" * 18)) == pytest.approx(0.5, abs=0.01)
    assert widths(graded.assign(rationale=None)) == pytest.approx(0.6, abs=0.01)


def test_the_data_hold_ids_and_verdicts_as_in_the_ledger(graded):
    assert claim_table(graded).data["rows"][0][:3] == [
        "eco-01",
        "The bridge opened in 2013.",
        "mostly-accurate",
    ]


def test_no_confidence_is_a_dash_with_its_reason(graded):
    made = claim_table(graded)
    assert made.rows[1][3] == "–"
    assert made.notes[-1].startswith("–: not given")


def test_columns_can_be_chosen(graded):
    made = claim_table(graded, columns=["verdict", "n_evidence", Column("claim", "Claim text")])
    assert [column["label"] for column in made.columns] == ["Claim", "Verdict", "Evidence", "Claim text"]


def test_a_claim_without_a_verdict_is_pending(graded):
    graded["verdict"] = pd.Categorical([None, "accurate"])
    assert claim_table(graded).rows[0][2] == '[…]{.sign verdict="pending"} pending'


def test_an_unknown_verdict_is_named(graded):
    graded["verdict"] = "splendid"
    with pytest.raises(ChartError, match="no verdict is called splendid"):
        claim_table(graded)


def test_a_chapter_without_claims_is_told(graded):
    with pytest.raises(ChartError, match="no rows"):
        claim_table(graded.head(0))
