"""Notebooks through a real kernel: results, inline expressions, and what happens when cells misbehave."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from sourcebook.errors import ExecutionError
from sourcebook.execute.expressions import read_results
from sourcebook.execute.plan import execute_notebooks


def run(folder: Path, *cells, timeout: int = 60):
    path = folder / "chapter.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return execute_notebooks([path], names=["notebooks/chapter.ipynb"], timeout=timeout)[0]


def test_cells_run_in_the_notebooks_folder_and_leave_the_file_alone(tmp_path):
    (tmp_path / "figure.txt").write_text("41")
    executed = run(tmp_path, new_code_cell("int(open('figure.txt').read()) + 1"))
    assert executed.cells[0].outputs[0].data["text/plain"] == "42"
    assert nbformat.read(tmp_path / "chapter.ipynb", 4).cells[0].outputs == []


def test_inline_expressions_are_evaluated_where_they_stand(tmp_path):
    executed = run(
        tmp_path,
        new_code_cell("n = 1"),
        new_markdown_cell("first `{python} n`"),
        new_code_cell("n = 2"),
        new_markdown_cell("then `{python} n`"),
    )
    assert read_results(executed.cells[1]) == {"n": "1"}
    assert read_results(executed.cells[3]) == {"n": "2"}


def test_option_texts_see_what_their_own_cell_computed(tmp_path):
    executed = run(tmp_path, new_code_cell('#| fig-alt: "up to `{python} top`"\ntop = 7'))
    assert read_results(executed.cells[0]) == {"top": "7"}


def test_a_cell_with_eval_false_is_not_run(tmp_path):
    executed = run(tmp_path, new_code_cell("#| eval: false\n1 / 0"))
    assert executed.cells[0].outputs == []


def test_a_raising_cell_is_named_with_notebook_cell_and_line(tmp_path):
    with pytest.raises(ExecutionError) as caught:
        run(tmp_path, new_code_cell("x = 1"), new_code_cell("y = 2\nx / 0"))
    (issue,) = caught.value.issues
    assert issue.where == "notebooks/chapter.ipynb, cell 2, line 2"
    assert "ZeroDivisionError" in issue.what
    assert "----> 2" in caught.value.summary


def test_a_cell_that_may_fail_shows_its_error(tmp_path):
    executed = run(tmp_path, new_code_cell("#| error: true\n1 / 0"), new_code_cell("'after'"))
    assert executed.cells[0].outputs[0].ename == "ZeroDivisionError"
    assert executed.cells[1].outputs[0].data["text/plain"] == "'after'"


def test_a_cell_that_never_ends_is_stopped_and_named(tmp_path):
    with pytest.raises(ExecutionError, match="ran too long") as caught:
        run(tmp_path, new_code_cell("while True: pass"), timeout=1)
    assert caught.value.issues[0].where == "notebooks/chapter.ipynb, cell 1"


def test_a_kernel_that_dies_is_named(tmp_path):
    with pytest.raises(ExecutionError, match="kernel died") as caught:
        run(tmp_path, new_code_cell("import os; os._exit(3)"))
    assert caught.value.issues[0].where == "notebooks/chapter.ipynb, cell 1"


def test_a_failing_inline_expression_is_named(tmp_path):
    with pytest.raises(ExecutionError) as caught:
        run(tmp_path, new_markdown_cell("`{python} missing`"))
    assert "'missing' raised NameError" in caught.value.issues[0].what


@pytest.mark.parametrize("content", ["{oops", '{"cells": 3}', ""])
def test_a_malformed_file_is_named(tmp_path, content):
    path = tmp_path / "broken.ipynb"
    path.write_text(content)
    with pytest.raises(ExecutionError, match="malformed") as caught:
        execute_notebooks([path], names=["notebooks/broken.ipynb"])
    assert caught.value.issues[0].where == "notebooks/broken.ipynb"


def test_one_failure_does_not_hide_another(tmp_path):
    for name in ("a", "b"):
        nbformat.write(
            new_notebook(cells=[new_code_cell(f"raise ValueError('{name}')")]), tmp_path / f"{name}.ipynb"
        )
    with pytest.raises(ExecutionError) as caught:
        execute_notebooks([tmp_path / "a.ipynb", tmp_path / "b.ipynb"], names=["a", "b"])
    assert [issue.where for issue in caught.value.issues] == ["a, cell 1, line 1", "b, cell 1, line 1"]
