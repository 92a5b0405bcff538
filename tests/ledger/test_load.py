"""Bad input: each fault is a named issue with its place, all of them at once, and never a traceback."""

import pytest

from sourcebook.errors import LedgerError
from sourcebook.ledger.load import read_ledger


def find_issues(root):
    with pytest.raises(LedgerError) as caught:
        read_ledger(root)
    return [str(issue) for issue in caught.value.issues]


def test_a_sound_ledger_is_read_as_written(project):
    ledger = read_ledger(project.build())
    assert [row["id"] for row in ledger.rows("claims")] == ["eco-01"]
    assert ledger.sources["gazette"].reliability == "A"


@pytest.mark.parametrize(
    ("table", "row", "issue"),
    [
        ("claims", {"id": "eco-01", "kind": "evnt"}, "line 2, column kind: an unknown value (found evnt; expected one"),
        ("claims", {"id": "eco-01", "kind": "evnt"}, "to mend: did you mean event?"),
        ("claims", {"id": "eco-1"}, "line 2, column id: not in the form of its column"),
        ("claims", {"id": "eco-01", "claim": ""}, "line 2, column claim: an empty cell"),
        ("claims", {"id": "eco-01", "when": "2025-02-30"}, "an impossible date (found 2025-02-30"),
        ("claims", {"id": "eco-01", "claim": " Opened."}, "column claim: stray white space (found ' Opened.'"),
        ("claims", {"id": "eco-01", "claim": "It  opened."}, "stray white space"),
        ("claims", {"id": "eco-01", "claim": "It\u00a0opened."}, "stray white space"),
        ("claims", {"id": "eco-01", "claim": "It\nopened."}, "line 2: a line break inside a cell"),
        ("claims", {"id": "eco-01", "claim": "It\x07opened."}, "line 2: a control character (found 0x07"),
        ("claims", {"id": "eco-01", "actors": "Iran; Russia"}, "a list with stray spaces"),
        ("claims", {"id": "eco-01", "actors": "Iran;Iran"}, "an item stands twice in a list (found Iran"),
        ("claims", {"id": "eco-01", "value": "1,000"}, "column value: not a number (found 1,000"),
        ("claims", {"id": "eco-01", "value": "nan"}, "column value: not a number"),
        ("claims", {"id": "eco-01", "section": "econmy"}, "a dangling id (found econmy; expected one that is in data/a"),
        ("claims", {"id": "eco-01", "section": "opening"}, "id and section disagree (found eco-01 in opening"),
        ("claims", {"id": "eco-01", "repeats": "eco-01"}, "a claim restates itself"),
        ("evidence", {"id": "E100", "claim": "eco-02"}, "line 2, column claim: a dangling id (found eco-02; expected"),
        ("evidence", {"id": "E100", "claim": "eco-02"}, "to mend: did you mean eco-01?"),
        ("evidence", {"id": "E100", "source": "gazete"}, "column source: a dangling id (found gazete"),
        ("evidence", {"id": "E100", "credibility": "7"}, "column credibility: too large (found 7; expected at most 6"),
        ("evidence", {"id": "E100", "credibility": "2.5"}, "column credibility: not an integer"),
        ("tolls", {"year": "2024", "basis": "x", "source": "gazette;herald"}, "column source: a dangling id (found herald"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_its_place(project, table, row, issue):
    assert any(issue in found for found in find_issues(project.build(**{table: [row]})))


def test_all_problems_come_at_once_in_the_order_of_the_files(project):
    root = project.build(claims=[{"id": "eco-01", "kind": "x"}, {"id": "eco-02", "when": "soon"}])
    project.write_sources({"URL": "ftp://example.org"})
    places = [issue.split(":")[0] for issue in find_issues(root)]
    assert places == [
        "data/claims.csv, line 2, column kind",
        "data/claims.csv, line 3, column when",
        "data/sources.yaml, line 2, source gazette",
        "data/verdicts.csv",
    ]


def test_the_same_id_may_not_stand_twice(project):
    issues = find_issues(project.build(evidence=[{"id": "E100"}, {"id": "E100"}]))
    assert (
        "a duplicate (found E100; expected each only once; to mend: it stands in line 2 already; after a merge"
        in issues[0]
    )


def test_rows_are_sorted_by_their_key(project):
    issues = find_issues(project.build(evidence=[{"id": "E101"}, {"id": "E100"}]))
    assert issues == ["data/evidence.csv, line 3: rows not sorted (found E100; expected sorted by id)"]


def test_years_are_sorted_as_numbers(project):
    rows = [{"year": year, "basis": "council", "source": "gazette"} for year in ("900", "2024")]
    assert read_ledger(project.build(tolls=rows))


def test_restatements_do_not_run_in_a_circle(project):
    claims = [{"id": "eco-01", "repeats": "eco-02"}, {"id": "eco-02", "repeats": "eco-01"}]
    verdicts = [{"claim": "eco-01"}, {"claim": "eco-02"}]
    assert len(find_issues(project.build(claims=claims, verdicts=verdicts))) == 2


def test_every_claim_has_a_verdict_if_only_pending(project):
    issues = find_issues(project.build(verdicts=[]))
    assert "a claim without a verdict (found eco-01" in issues[0]


HEADER = b"id,claim_a,claim_b,kind,note\n"


@pytest.mark.parametrize(
    ("content", "issue"),
    [
        (b"\xef\xbb\xbf" + HEADER, "line 1: starts with a byte order mark"),
        (HEADER.replace(b"\n", b"\r\n"), "line 1: wrong line end (found carriage return"),
        (HEADER + b"T01,eco-01,eco-01,contradicts,caf\xe9\n", "line 2: not UTF-8 (found byte 0xe9"),
        ((HEADER + b"T01,eco-01\n").decode().encode("utf-16"), "line 1: not UTF-8 (found UTF-16"),
        (HEADER.replace(b",", b";"), "line 1: columns not parted by commas (found id;claim_a"),
        (HEADER + b"<<<<<<< ours\n", "line 2: a conflict marker of git (found <<<<<<<"),
        (HEADER + b"=======\n", "a conflict marker of git"),
        (b"", "the file is empty"),
        (HEADER[:-1], "line 1: the last line does not end"),
        (HEADER + b"\n", "line 2: an empty line"),
        (HEADER + b"T01,eco-01\n", "line 2: wrong number of cells (found 2 cells; expected 5 cells"),
        (HEADER + b'T01,eco-01,eco-01,contradicts,"open\n', "line 2: not readable as CSV"),
        (HEADER.replace(b"note", b"nota"), "an unknown column (found nota"),
        (HEADER.replace(b"note", b"nota"), "did you mean note?"),
        (HEADER.replace(b",note", b""), "line 1: a missing column (expected note)"),
        (HEADER.replace(b"note", b"kind"), "line 1: a column stands twice (found kind)"),
        (b"claim_a,id,claim_b,kind,note\n", "line 1: columns in another order"),
    ],
)
def test_a_damaged_file_is_named_with_the_line(project, content, issue):
    project.build()
    project.write("data/tensions.csv", content)
    assert any(
        found.startswith("data/tensions.csv") and issue in found for found in find_issues(project.root)
    )


@pytest.mark.parametrize("path", ["data/claims.csv", "data/sources.yaml", "data/article.toml"])
def test_a_missing_file_is_named_once(project, path):
    project.build()
    (project.root / path).unlink()
    issues = find_issues(project.root)
    assert issues == [
        f"{path}: the file is missing (to mend: restore it, or take it out of data/datapackage.json)"
    ]


@pytest.mark.parametrize(
    "content",
    [
        HEADER.replace(b",note", b"") + b"T01,eco-01,eco-01,contradicts,Both.\n",
        HEADER.replace(b",claim_a", b"") + b"T01,eco-01,eco-01,contradicts,Both.\n",
        HEADER.replace(b",", b";") + b"T01;eco-01;eco-01;contradicts;Both.\n",
        HEADER + b"<<<<<<< ours\n",
        HEADER.decode().encode("utf-16"),
    ],
)
def test_one_damage_is_one_problem(project, content):
    project.build()
    project.write("data/tensions.csv", content)
    assert len(find_issues(project.root)) == 1
