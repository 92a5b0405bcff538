import subprocess

import pytest

from sourcebook.cli import main
from sourcebook.compare.change_wording import say_change
from sourcebook.compare.claim_history import tell_history
from sourcebook.errors import LedgerError

EVIDENCE, CLAIMS, VERDICTS = "data/evidence.csv", "data/claims.csv", "data/verdicts.csv"


def tell(history, claim):
    return [
        (event.message, [say_change(change) for change in event.changes])
        for event in tell_history(history.root, claim)
    ]


def test_a_claim_tells_its_story_oldest_first(history):
    history.change(EVIDENCE, "supports,1", "supports,3")
    history.commit("doubt")
    history.change("report/output/report.json", "is busy", "is very busy")
    history.commit("prose only")
    history.change(VERDICTS, "accurate,moderate", "unproven,low")
    assert tell(history, "eco-01") == [
        (
            "first",
            [
                "eco-01 added: “The bridge opened in 2013.”",
                "E100 added to eco-01: supports, A1, gazette",
                "eco-01 judged accurate (moderate)",
                "source gazette added: A bridge at last (A)",
            ],
        ),
        ("doubt", ["E100 regraded A1 → A3", "the verdict on eco-01 is stale"]),
        ("not committed", ["eco-01 accurate (moderate) → unproven (low)"]),
    ]


def test_a_claim_is_followed_under_its_former_id(history):
    for path in (CLAIMS, EVIDENCE, VERDICTS):
        history.change(path, "eco-01", "eco-07")
    history.commit("rename")
    assert [message for message, _ in tell(history, "eco-07")] == ["first", "rename"]
    (*_, (_, told)) = tell(history, "eco-01")
    assert told[0] == "eco-01 renamed eco-07"
    assert not any("removed" in one for one in told)


def test_a_merge_is_not_told_twice(history):
    history.git("switch", "--quiet", "--create", "grades")
    history.change(VERDICTS, "moderate", "low")
    history.commit("grade")
    history.git("switch", "--quiet", "main")
    history.change(EVIDENCE, "3 May", "4 May")
    history.commit("date")
    history.git("merge", "--quiet", "--no-edit", "grades")
    assert sorted(message for message, _ in tell(history, "eco-01")) == ["date", "first", "grade"]


def test_an_unknown_claim_has_near_names(history):
    with pytest.raises(LedgerError, match="did you mean eco-01"):
        tell_history(history.root, "eco-011")


def test_the_command_prints_day_commit_and_sentences(history, capsys):
    assert main(["log", "eco-01", "--project", str(history.root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"2026-01-01 {history.git('rev-parse', '--short=7', 'HEAD')}  first"
    assert lines[1] == "    eco-01 added: “The bridge opened in 2013.”"


@pytest.mark.parametrize("begun", [False, True], ids=["no repository", "nothing committed"])
def test_without_a_history_the_first_steps_are_named(project, begun, monkeypatch, capsys):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.root.parent))
    project.build()
    project.write("_quarto.yml", "project: {type: book}\n")
    if begun:
        subprocess.run(["git", "init", "--quiet"], cwd=project.root, check=True)
    for command in (["compare"], ["log", "eco-01"]):
        assert main([*command, "--project", str(project.root)]) == 2
        assert "nothing is committed here yet (to mend: git init" in capsys.readouterr().err
