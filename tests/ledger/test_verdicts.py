import hashlib
import json
from pathlib import Path

import pytest

from sourcebook.errors import Issue, LedgerError
from sourcebook.ledger.cases import collect_cases, pool_evidence
from sourcebook.ledger.load import Ledger, read_ledger
from sourcebook.ledger.verdicts import check_stale, seal_verdicts


def seal(project, *names, **tables):
    return seal_verdicts(read_ledger(project.build(**tables) if tables else project.root), names)


def find_stale(project):
    return [issue.what for issue in check_stale(read_ledger(project.root))]


def edit(project, name, old, new):
    path = project.root / f"data/{name}"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_sealing_fills_seen_and_leaves_the_rest_of_the_file_as_it_is(project):
    project.build()
    before = (project.root / "data/verdicts.csv").read_text()
    assert find_stale(project) == ["a verdict not sealed"]
    assert seal(project) == ["eco-01"]
    seen = read_ledger(project.root).rows("verdicts")[0]["seen"]
    assert len(seen) == 12
    assert (project.root / "data/verdicts.csv").read_text() == before.replace(",,It", f",{seen},It")
    assert find_stale(project) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("claims.csv", "The bridge opened", "A bridge opened"),
        ("evidence.csv", "on 3 May", "on 4 May"),
        ("evidence.csv", ",supports,1", ",supports,2"),
        ("sources.yaml", "reliability: A", "reliability: B"),
    ],
)
def test_a_verdict_goes_stale_when_what_it_judged_changes(project, name, old, new):
    seal(project, tolls=[])
    edit(project, name, old, new)
    assert find_stale(project) == ["a stale verdict"]


def test_a_restatement_goes_stale_with_the_first_statements_evidence(project):
    claims = [{"id": "eco-01"}, {"id": "eco-02", "repeats": "eco-01"}]
    seal(project, claims=claims, verdicts=[{"claim": "eco-01"}, {"claim": "eco-02"}])
    edit(project, "evidence.csv", "on 3 May", "on 4 May")
    assert find_stale(project) == ["a stale verdict"] * 2


def test_a_stale_verdict_is_sealed_only_by_name(project):
    seal(project, tolls=[])
    edit(project, "evidence.csv", "on 3 May", "on 4 May")
    assert seal(project) == []
    assert seal(project, "eco-01") == ["eco-01"]
    assert find_stale(project) == []


def test_a_pending_verdict_is_neither_sealed_nor_stale(project):
    verdict = {"claim": "eco-01", "verdict": "pending", "confidence": "", "rationale": ""}
    assert seal(project, verdicts=[verdict]) == []
    assert find_stale(project) == []


def test_only_a_claim_can_be_sealed(project):
    with pytest.raises(LedgerError, match=r"no claim eco-10 to seal; did you mean eco-01\?"):
        seal(project, "eco-10", tolls=[])


CLAIMS = [{"id": "eco-01"}, {"id": "eco-02"}]
PENDING = {"verdict": "pending", "confidence": "", "rationale": ""}


def read_seals(project):
    return {row["claim"]: row["seen"] for row in read_ledger(project.root).rows("verdicts")}


def test_what_a_seal_notes_is_a_digest_that_anyone_can_take(project):
    claims = [{"id": "eco-01"}, {"id": "eco-02", "repeats": "eco-01"}]
    evidence = [{"id": "E100", "says": "Sie öffnete."}, {"id": "E101", "claim": "eco-02"}]
    seal(project, claims=claims, evidence=evidence, verdicts=[{"claim": "eco-01"}, {"claim": "eco-02"}])
    ledger = read_ledger(project.root)
    judged = {
        "claim": dict(ledger.rows("claims")[1].cells),
        "evidence": [
            row.cells | {"origin": "Northtown council", "reliability": "A"} for row in ledger.rows("evidence")
        ],
    }
    text = json.dumps(judged, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert read_seals(project)["eco-02"] == hashlib.sha256(text.encode()).hexdigest()[:12]


def test_what_is_stale_says_what_to_do(project):
    seal(project, claims=CLAIMS, verdicts=[{"claim": "eco-01"} | PENDING, {"claim": "eco-02"}])
    old = read_seals(project)["eco-02"]
    edit(project, "claims.csv", "opened", "was opened")
    (issue,) = check_stale(read_ledger(project.root))
    seal(project, "eco-02")
    assert issue == Issue(
        "data/verdicts.csv, line 3, claim eco-02",
        "a stale verdict",
        f"seen {old}",
        read_seals(project)["eco-02"],
        "judge it again, then `sourcebook check --seal eco-02`",
    )


def test_what_was_never_sealed_says_what_to_do(project):
    project.build(claims=CLAIMS, verdicts=[{"claim": "eco-01"} | PENDING, {"claim": "eco-02"}])
    assert check_stale(read_ledger(project.root)) == [
        Issue(
            "data/verdicts.csv, line 3, claim eco-02", "a verdict not sealed", fix="`sourcebook check --seal`"
        )
    ]


def test_sealing_one_of_several_leaves_the_others_seals(project):
    verdicts = [{"claim": "eco-01"}, {"claim": "eco-02"}]
    assert seal(project, claims=CLAIMS, verdicts=verdicts) == ["eco-01", "eco-02"]
    before = read_seals(project)
    edit(project, "claims.csv", "opened", "was opened")
    assert seal(project, "eco-02") == ["eco-02"]
    after = read_seals(project)
    assert after["eco-01"] == before["eco-01"]
    assert after["eco-02"] != before["eco-02"]
    assert find_stale(project) == ["a stale verdict"]


def test_a_pending_verdict_is_not_sealed_by_name_either(project):
    assert seal(
        project, "eco-01", claims=CLAIMS, verdicts=[{"claim": "eco-01"} | PENDING, {"claim": "eco-02"}]
    ) == ["eco-02"]


def test_a_name_that_is_like_no_claim_is_looked_up_in_the_table(project):
    with pytest.raises(LedgerError, match=r"^There is no claim xyz to seal; see data/claims\.csv$"):
        seal(project, "xyz", tolls=[])


@pytest.mark.parametrize(
    ("judge", "parts"),
    [
        (
            collect_cases,
            ["article.toml", "claims.csv", "evidence.csv", "origins.csv", "sources.yaml", "verdicts.csv"],
        ),
        (pool_evidence, ["claims.csv", "evidence.csv"]),
    ],
)
def test_all_that_a_case_is_made_of_is_checked_at_once(project, judge, parts):
    project.build(origins=[])
    for name in parts:
        (project.root / "data" / name).write_text("wrong\n")
    with pytest.raises(LedgerError) as caught:
        judge(Ledger(project.root))
    assert set(parts) <= {Path(issue.where.partition(",")[0]).name for issue in caught.value.issues}
