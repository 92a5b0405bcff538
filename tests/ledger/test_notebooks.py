import json

import pytest

from sourcebook.ledger.notebooks import check_notebooks

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
