import pytest

from sourcebook.errors import LedgerError
from sourcebook.ledger.anchors import propose_anchors
from sourcebook.ledger.article import read_description
from sourcebook.ledger.load import read_ledger
from sourcebook.ledger.project_check import check_project
from sourcebook.ledger.scaffold import create_project, draft_rows
from sourcebook.ledger.verify import verify_claims

TEXT = "Bees\n\nFood\n\nA colony eats honey, and a lot of it, every winter. Sugar is only a stopgap.\n"


@pytest.fixture
def bees(tmp_path):
    (tmp_path / "bees.txt").write_text(TEXT, encoding="utf-8")
    return create_project(tmp_path / "report", tmp_path / "bees.txt").root


def draft(root, words):
    article, _ = read_description(root)
    (anchor,) = propose_anchors(TEXT, words, article.sections)
    return draft_rows(root, anchor)


def test_the_rows_make_a_claim_that_the_checks_and_the_article_accept(bees):
    rows = draft(bees, "a lot of it")
    assert rows["verdicts"] == "foo-03,pending,,,,\n"
    for table, row in rows.items():
        path = bees / f"data/{table}.csv"
        path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
    assert check_project(bees).issues == ()
    ledger = read_ledger(bees)
    claims = [row.cells for row in ledger.rows("claims")]
    assert claims[-1]["passage"] == "a lot of it"
    assert verify_claims(bees.parent / "bees.txt", ledger.article.meta, claims) == []


def test_the_first_claim_of_a_section_is_number_one(project):
    project.build(claims=[], evidence=[], verdicts=[])
    from sourcebook.ledger.anchors import Anchor

    rows = draft_rows(project.root, Anchor("economy", "The bridge", "0123456789ab"))
    assert rows["claims"].startswith("eco-01,economy,The bridge,0123456789ab,plain,To be put into words")


def test_a_ledger_that_is_not_sound_gives_no_id(bees):
    (bees / "data/claims.csv").write_text("id\n")
    with pytest.raises(LedgerError):
        draft(bees, "a lot of it")
