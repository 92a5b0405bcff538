"""What a notebook opens is what its kept result rests on: each part of the book opens just the files it needs."""

import subprocess
import sys

import pytest

from sourcebook.errors import LedgerError
from sourcebook.ledger import open_book

TABLES = {
    "claims": [{"id": "eco-01", "value": "7"}, {"id": "eco-02", "repeats": "eco-01"}],
    "evidence": [{"id": "E100", "value": "3.5"}, {"id": "E101", "claim": "eco-02"}],
    "verdicts": [{"claim": "eco-01"}, {"claim": "eco-02"}],
}
JUDGED = ("article.toml", "claims.csv", "verdicts.csv", "evidence.csv")
GRADED = ("article.toml", "claims.csv", "sources.yaml", "evidence.csv")
NEEDS = {
    "article": (lambda book: book.article, ("article.toml",)),
    "claims": (lambda book: book.claims, ("article.toml", "claims.csv")),
    "verdicts": (lambda book: book.verdicts, ("claims.csv", "verdicts.csv")),
    "graded": (lambda book: book.graded, JUDGED),
    "evidence": (lambda book: book.evidence, GRADED),
    "evidence for a claim": (lambda book: book.evidence_for("eco-02"), GRADED),
    "a citation": (lambda book: book.cite("eco-01", "eco-02"), ("claims.csv", "verdicts.csv")),
    "a number of evidence": (lambda book: book.value("E100"), ("evidence.csv",)),
    "a number of a claim": (lambda book: book.value("eco-01"), ("evidence.csv", "claims.csv")),
    "an entry": (lambda book: book.entry("eco-02"), (*JUDGED, "sources.yaml", "origins.csv")),
    "entries": (lambda book: book.entries(), (*JUDGED, "sources.yaml", "origins.csv")),
    "sources": (lambda book: book.sources, ("sources.yaml",)),
    "judgements": (lambda book: book.judgements, ("judgements.csv", "claims.csv")),
    "tensions": (lambda book: book.tensions, ("tensions.csv", "claims.csv")),
    "origins": (lambda book: book.origins, ("origins.csv", "claims.csv")),
    "events": (lambda book: book.events, ("events.csv",)),
    "stances": (lambda book: book.stances, ("stances.csv",)),
    "a series": (lambda book: book.series("tolls"), ("series/tolls.csv",)),
    "nothing": (lambda book: book, ()),
}
WATCH = """
import sys, pandas
from sourcebook.ledger import open_book
opened = []
sys.addaudithook(lambda event, details: opened.append(str(details[0])) if event == "open" else None)
open_book(sys.argv[1]).series("tolls")
print("\\n".join(opened))
"""


@pytest.mark.parametrize("name", NEEDS)
def test_a_part_of_the_book_needs_these_files_and_no_other(project, name):
    use, needed = NEEDS[name]
    data = project.build(**TABLES) / "data"
    for path in [path for path in data.rglob("*.*") if path.is_file()]:
        if path.relative_to(data).as_posix() not in (*needed, "datapackage.json"):
            path.unlink()
    use(open_book(project.root))
    for missing in needed:
        content = (data / missing).read_bytes()
        (data / missing).unlink()
        with pytest.raises(LedgerError, match=f"data/{missing}: the file is missing"):
            use(open_book(project.root))
        (data / missing).write_bytes(content)


def test_a_series_opens_no_other_table_not_even_in_vain(project):
    root = project.build()
    watched = [sys.executable, "-c", WATCH, str(root)]
    told = subprocess.run(watched, capture_output=True, text=True, check=True)
    opened = {
        line.removeprefix(f"{root}/") for line in told.stdout.splitlines() if line.startswith(str(root))
    }
    assert opened == {"_quarto.yml", "data/datapackage.json", "data/series/tolls.csv"}


def test_what_a_chapter_does_not_use_may_be_damaged(project):
    root = project.build()
    project.write("data/evidence.csv", "nothing")
    book = open_book(root)
    assert book.series("tolls")["tolls"].tolist() == [7.5]
    with pytest.raises(LedgerError, match="a missing column"):
        book.value("E100")


def test_a_table_comes_with_all_its_problems_and_those_of_what_it_is_joined_with(project):
    project.build(evidence=[{"id": "E1", "stance": "helps"}], tolls=[{"year": "soon"}])
    project.write_sources({"URL": "ftp://example.org"})
    with pytest.raises(LedgerError) as caught:
        _ = open_book(project.root).evidence
    places = [issue.where for issue in caught.value.issues]
    assert places == [
        "data/evidence.csv, line 2, column id",
        "data/evidence.csv, line 2, column stance",
        "data/sources.yaml, line 2, source gazette",
    ]


DANGLING = {
    "a claim of no section": ({"claims": [{"id": "eco-01", "section": "econ"}]}, ("claims", "graded")),
    "evidence on no claim": (
        {"evidence": [{"id": "E100", "claim": "eco-09"}]},
        ("evidence", "graded", "evidence for a claim", "entries"),
    ),
    "evidence from no source": (
        {"evidence": [{"id": "E100", "source": "gazete"}]},
        ("evidence", "evidence for a claim", "entries"),
    ),
    "a claim without a verdict": ({"verdicts": []}, ("graded", "a citation", "entries")),
    "a verdict on no claim": (
        {"verdicts": [{"claim": "eco-01"}, {"claim": "eco-09"}]},
        ("verdicts", "graded", "a citation", "entries"),
    ),
    "a claim that restates none": (
        {"claims": [{"id": "eco-01", "repeats": "eco-09"}]},
        ("claims", "graded", "evidence for a claim", "entries"),
    ),
    "a judgement on no claim": (
        {"judgements": [{"id": "J1", "judgement": "So.", "likelihood": "likely", "confidence": "low", "reason": "Thin.",
                         "counter": "No.", "claims": "eco-09", "exhibits": "fig-a", "change": "More."}]},
        ("judgements",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tables", "uses"), DANGLING.values(), ids=DANGLING)
def test_what_leads_nowhere_is_named_by_whatever_would_be_wrong(project, tables, uses):
    root = project.build(**tables)
    for use in uses:
        with pytest.raises(LedgerError, match=r"a dangling id|a claim without a verdict"):
            NEEDS[use][0](open_book(root))


def test_a_series_about_claims_is_checked_against_them(project):
    fields = [{"name": name} for name in ("claim", "basis", "source")]
    link = {"fields": "claim", "reference": {"resource": "claims", "fields": "id"}}
    schema = {"fields": fields, "primaryKey": ["claim"], "foreignKeys": [link]}
    project.package["resources"].append({"name": "forecasts", "path": "forecasts.csv", "schema": schema})
    root = project.build(forecasts=[{"claim": "eco-09"}])
    with pytest.raises(LedgerError, match=r"data/forecasts\.csv, line 2, column claim: a dangling id"):
        open_book(root).series("forecasts")
