import json

import pytest

from sourcebook.ledger.project_check import check_notebooks, check_pages

CELL = {
    "cell_type": "code",
    "id": "setup",
    "source": "1",
    "metadata": {},
    "outputs": [],
    "execution_count": None,
}


def find_issues(project, *cells, **notebook):
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | notebook
    project.write("notebooks/01.ipynb", json.dumps(content))
    return [str(issue) for issue in check_notebooks(project.root)]


def test_a_clean_notebook_passes(project):
    assert (
        find_issues(project, CELL, {"cell_type": "markdown", "id": "lead", "source": "", "metadata": {}})
        == []
    )


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        ({"outputs": [{}]}, "cell 1: a cell with outputs (found 1 outputs"),
        ({"execution_count": 3}, "cell 1: an execution count (found 3"),
        ({"id": None}, "cell 1: a cell without an id"),
    ],
)
def test_what_a_run_left_behind_is_named(project, change, issue):
    assert issue in find_issues(project, CELL | change)[0]


def test_an_index_that_is_a_notebook_is_checked_as_well(project):
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL | {"execution_count": 3}]}
    project.write("index.ipynb", json.dumps(notebook))
    assert [issue.where for issue in check_notebooks(project.root)] == ["index.ipynb, cell 1"]


def test_cell_ids_are_unique(project):
    assert "cell 2: a cell id stands twice (found setup" in find_issues(project, CELL, CELL)[0]


def test_an_old_notebook_is_named(project):
    assert "an old notebook format (found 4.4" in find_issues(project, CELL, nbformat_minor=4)[0]


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"\xff", b'{"nbformat": 4, "nbformat_minor": 5, "cells": [1]}', b"{}"]
)
def test_a_malformed_notebook_is_named(project, content):
    project.write("notebooks/01.ipynb", content)
    assert [issue.what for issue in check_notebooks(project.root)] == ["not a notebook"]


def test_checkpoints_are_left_alone(project):
    project.write("notebooks/.ipynb_checkpoints/01.ipynb", b"{")
    assert check_notebooks(project.root) == []


def test_an_unfinished_merge_is_told_with_its_line(project):
    project.build()
    project.write("notebooks/01.ipynb", '{"cells": [\n<<<<<<< ours\n]}')
    (issue,) = check_notebooks(project.root)
    assert str(issue).startswith("notebooks/01.ipynb, line 2: a conflict marker of git")
    assert "git checkout --merge" in issue.fix


def test_a_marker_that_a_merge_left_in_a_cell_is_told_with_its_line(project):
    lead = {"cell_type": "markdown", "id": "lead", "metadata": {}, "source": "# One\n<<<<<<< local\n"}
    assert "cell 1, line 2: a conflict marker of git" in find_issues(project, lead)[0]


def test_a_marker_is_found_in_pages_and_settings_too_but_a_listing_may_show_one(project):
    project.build()
    project.write("_quarto.yml", "book:\n>>>>>>> theirs\n")
    project.write("index.md", "Read\n=======\n\n```\n<<<<<<< HEAD\n```\n\n<<<<<<< HEAD\n")
    assert [issue.where for issue in check_pages(project.root)] == ["_quarto.yml, line 2", "index.md, line 8"]
