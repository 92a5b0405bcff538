import shutil
import subprocess
import sys

import pytest

from sourcebook.ledger.codebook import write_codebook
from sourcebook.ledger.load import read_ledger
from sourcebook.ledger.project_check import check_project
from sourcebook.ledger.verdicts import seal_verdicts


@pytest.fixture
def sound(project):
    write_codebook(project.build())
    seal_verdicts(read_ledger(project.root))
    return project


def find_issues(project):
    return [str(issue) for issue in check_project(project.root).issues]


def test_a_sound_project_has_no_issues_and_counts_what_it_holds(sound):
    result = check_project(sound.root)
    assert result.issues == ()
    assert result.summary.startswith(
        "1 claim, 1 row of evidence and 1 source. Verdicts: 1 accurate; 0 stale, 0 not sealed."
    )
    assert "Anchors were not verified again" in result.summary


def test_pending_claims_are_counted_openly(project):
    verdict = {"claim": "eco-01", "verdict": "pending", "confidence": "", "reviewed": "", "rationale": ""}
    write_codebook(project.build(verdicts=[verdict]))
    result = check_project(project.root)
    assert result.issues == ()
    assert "Verdicts: 1 pending; 0 stale, 0 not sealed" in result.summary


def test_stale_verdicts_are_listed_and_counted(sound):
    path = sound.root / "data/evidence.csv"
    path.write_text(path.read_text().replace("3 May", "4 May"))
    result = check_project(sound.root)
    assert [issue.what for issue in result.issues] == ["a stale verdict"]
    assert "1 stale, 0 not sealed" in result.summary


def test_a_source_nobody_uses_is_named_unless_a_notebook_cites_it(sound):
    sound.write_sources({}, {"id": "herald"})
    assert "a source is never used (found herald" in find_issues(sound)[0]
    sound.write("index.md", "As it says [@herald].")
    assert find_issues(sound) == []


def test_a_judgement_says_its_likelihood(project):
    rest = {"confidence": "low", "reason": "Thin.", "counter": "No.", "claims": "eco-01", "exhibits": "fig-a"}
    said = ("It is likely that it holds.", "It is very likely that it holds.", "It holds.")
    rows = [
        rest | {"id": f"J{number}", "judgement": text, "likelihood": "likely", "change": "More."}
        for number, text in enumerate(said, start=1)
    ]
    write_codebook(project.build(judgements=rows))
    seal_verdicts(read_ledger(project.root))
    found = [issue for issue in find_issues(project) if "without its likelihood" in issue]
    assert [issue.split(",")[1] for issue in found] == [" line 3", " line 4"]


def test_a_ledger_that_cannot_be_read_does_not_hide_the_notebooks(sound):
    (sound.root / "data/claims.csv").unlink()
    sound.write("notebooks/01.ipynb", "{")
    assert [issue.split(":")[0] for issue in find_issues(sound)] == ["data/claims.csv", "notebooks/01.ipynb"]


def test_this_reports_ledger_is_sound(repository):
    result = check_project(repository)
    assert [str(issue) for issue in result.issues] == []


@pytest.mark.slow
def test_an_outside_tool_accepts_the_ledger(repository, tmp_path):
    shutil.copytree(repository / "data", tmp_path / "data")
    command = [sys.executable, "-m", "frictionless", "validate", "data/datapackage.json"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_a_table_the_schema_does_not_describe_is_named(sound):
    sound.write("data/series/more.csv", "year\n")
    (found,) = find_issues(sound)
    assert found.startswith("data/series/more.csv: a table that is not in the schema")
