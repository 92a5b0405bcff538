"""Results for programs: the shapes that are promised, by the real commands."""

import json

import pytest

from sourcebook.cli import main
from sourcebook.core.machine_output import split_place, write_issues
from sourcebook.errors import Issue

ISSUE = Issue("data/claims.csv, line 12, claim eco-01", "50% of: it", "a,b", "c\nd", "mend it")
KEYS = {"file", "line", "place", "what", "found", "expected", "fix", "level", "text"}


@pytest.fixture
def broken(project):
    """A project whose first verdict has a word that no verdict has."""
    project.build()
    project.write("_quarto.yml", "project: {type: book}\nbook: {chapters: [index.md]}\n")
    project.write("index.md", "# Reading\n\nWords.\n")
    path = project.root / "data/verdicts.csv"
    path.write_text(path.read_text().replace("accurate", "right"))
    return project.root


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("data/claims.csv, line 12, claim eco-01", ("data/claims.csv", 12, "line 12, claim eco-01")),
        ("notebooks/a.ipynb, cell 3, line 2", ("notebooks/a.ipynb", None, "cell 3, line 2")),
        ("_quarto.yml, line 4", ("_quarto.yml", 4, "line 4")),
        ("report/output", ("report/output", None, "")),
        ("git", (None, None, "git")),
    ],
)
def test_a_place_is_a_file_and_a_line_of_it(where, told):
    assert split_place(where) == told


def test_annotations_are_escaped():
    (line,) = write_issues([ISSUE], "github", "check").splitlines()
    assert line.startswith(
        "::error file=data/claims.csv,line=12::data/claims.csv, line 12, claim eco-01: 50%25 of"
    )
    assert "c%0Ad" in line


def test_check_speaks_json(broken, capsys):
    assert main(["check", "--json", str(broken)]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["format"], said["command"]) == (1, "check")
    (issue,) = [one for one in said["issues"] if one["found"] == "right"]
    assert issue.keys() == KEYS
    assert (issue["file"], issue["line"], issue["level"]) == ("data/verdicts.csv", 2, "error")
    assert issue["expected"]


def test_check_annotates_for_forges(broken, capsys):
    assert main(["check", "--format", "github", str(broken)]) == 1
    assert "::error file=data/verdicts.csv,line=2::" in capsys.readouterr().out
    assert main(["check", "--format", "gitlab", str(broken)]) == 1
    rated = json.loads(capsys.readouterr().out)
    places = [(one["location"]["path"], one["location"]["lines"]["begin"]) for one in rated]
    assert ("data/verdicts.csv", 2) in places
    assert len({one["fingerprint"] for one in rated}) == len(rated)


def test_why_speaks_json(broken, capsys):
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "1",
        "outputs": [],
        "execution_count": None,
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (broken / "a.ipynb").write_text(json.dumps(notebook))
    (broken / "_quarto.yml").write_text("project: {type: book}\nbook: {chapters: [index.md, a.ipynb]}\n")
    assert main(["why", "--json", "--project", str(broken)]) == 0
    (chapter,) = json.loads(capsys.readouterr().out)["chapters"]
    assert chapter == {"chapter": "a.ipynb", "up_to_date": False, "reasons": ["has not been run yet"]}
