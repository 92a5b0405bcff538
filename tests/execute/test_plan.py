"""Notebooks executed, in forked kernels and in others: the same results, the same words when cells misbehave."""

from __future__ import annotations

import json
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell as code
from nbformat.v4 import new_markdown_cell as text
from nbformat.v4 import new_notebook

from sourcebook.core.notebook import read_results
from sourcebook.errors import ExecutionError
from sourcebook.execute.plan import Settings, run_notebooks

PLACE = "notebooks/chapter.ipynb, cell "


def test_cells_run_in_the_notebooks_folder_and_leave_the_file_alone(run, tmp_path):
    (tmp_path / "figure.txt").write_text("41")
    executed = run(code("int(open('figure.txt').read()) + 1"))
    assert executed.cells[0].outputs[0].data["text/plain"] == "42"
    assert nbformat.read(tmp_path / "chapter.ipynb", 4).cells[0].outputs == []


def test_a_module_beside_the_notebook_can_be_imported(run, tmp_path):
    (tmp_path / "helper.py").write_text("answer = 42")
    assert run(code("import helper\nhelper.answer")).cells[0].outputs[0].data["text/plain"] == "42"


def test_inline_expressions_are_evaluated_where_they_stand(run):
    executed = run(code("n = 1"), text("first `{python} n`"), code("n = 2"), text("then `{python} n`"))
    assert read_results(executed.cells[1]) == {"n": "1"}
    assert read_results(executed.cells[3]) == {"n": "2"}


def test_option_texts_see_what_their_own_cell_computed(run):
    executed = run(code('#| fig-alt: "up to `{python} top`"\ntop = 7'))
    assert read_results(executed.cells[0]) == {"top": "7"}


def test_a_cell_with_eval_false_is_not_run(run):
    assert run(code("#| eval: false\n1 / 0")).cells[0].outputs == []


def test_a_raising_cell_is_named_with_notebook_cell_and_line(run):
    with pytest.raises(ExecutionError) as caught:
        run(code("x = 1"), code("y = 2\nx / 0"))
    (issue,) = caught.value.issues
    assert issue.where == PLACE + "2, line 2"
    assert issue.what == "ZeroDivisionError: division by zero"
    assert "----> 2" in caught.value.summary


def test_a_cell_that_may_fail_shows_its_error(run):
    executed = run(code("#| error: true\n1 / 0"), code("'after'"))
    assert executed.cells[0].outputs[0].ename == "ZeroDivisionError"
    assert executed.cells[1].outputs[0].data["text/plain"] == "'after'"


def test_a_failing_inline_expression_is_named(run):
    with pytest.raises(ExecutionError) as caught:
        run(text("`{python} missing`"))
    assert "'missing' raised NameError" in caught.value.issues[0].what


def test_a_cell_that_never_ends_is_stopped_and_named(run):
    with pytest.raises(ExecutionError, match="ran too long") as caught:
        run(code("while True: pass"), timeout=1)
    assert caught.value.issues[0].where == PLACE + "1"


def test_an_expression_that_never_ends_is_stopped_and_named(run):
    with pytest.raises(ExecutionError, match="ran too long") as caught:
        run(text("`{python} __import__('time').sleep(60)`"), timeout=1)
    assert caught.value.issues[0].where == PLACE + "1"


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("import os; os._exit(3)", "exit status 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL"),
        ("import ctypes; ctypes.string_at(0)", "ended by SIGSEGV"),
    ],
)
def test_a_kernel_that_dies_is_named_with_what_ended_it(run, cell, found):
    with pytest.raises(ExecutionError, match="kernel died") as caught:
        run(code("1"), code(cell))
    assert caught.value.issues[0].where == PLACE + "2"
    assert caught.value.issues[0].found.startswith(found)


def test_a_kernel_that_is_not_there_or_does_not_start_is_named(tmp_path, monkeypatch):
    specs = {"gone": ["/nowhere/python", "{connection_file}"], "ends": [sys.executable, "-c", ""]}
    for name, argv in specs.items():
        folder = tmp_path / "kernels" / name
        folder.mkdir(parents=True)
        spec = {"argv": argv, "display_name": name, "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    for name, said in [("nil", "is not installed"), ("gone", "does not start"), ("ends", "does not start")]:
        notebook = new_notebook(cells=[code("1")])
        notebook.metadata["kernelspec"] = {"name": name, "display_name": name}
        with pytest.raises(ExecutionError, match=f"n.ipynb: the kernel '{name}' {said}") as caught:
            run_notebooks([tmp_path / "n.ipynb"], names=["n.ipynb"], notebooks=[notebook])
        assert "ends, gone, python3" in caught.value.issues[0].expected


def test_more_memory_than_allowed_is_refused_in_the_cell_that_asks(run):
    with pytest.raises(ExecutionError) as caught:
        run(code("1"), code("held = bytearray(600_000_000)"), memory=300)
    assert caught.value.issues[0].where == PLACE + "2, line 1"
    assert "MemoryError" in caught.value.issues[0].what
    assert "--memory" in caught.value.issues[0].fix


def test_nobody_answers_a_question_and_the_error_says_so(run):
    with pytest.raises(ExecutionError) as caught:
        run(code("name = input('Who? ')"))
    assert "StdinNotImplementedError" in caught.value.issues[0].what
    assert "nobody at the keyboard" in caught.value.issues[0].fix


def test_an_interrupt_in_a_cell_is_an_error_of_that_cell(run):
    with pytest.raises(ExecutionError) as caught:
        run(code("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(30)"))
    assert "KeyboardInterrupt" in caught.value.issues[0].what


def test_one_failure_does_not_hide_another_nor_stop_the_rest(write, tmp_path):
    cells = {"a": "raise ValueError('a')", "b": "import os; os._exit(1)", "c": "open('done', 'w').close()"}
    paths = [write(tmp_path / f"{name}.ipynb", code(source)) for name, source in cells.items()]
    with pytest.raises(ExecutionError, match="2 notebooks failed") as caught:
        run_notebooks(paths, names=list(cells), settings=Settings())
    assert [issue.where for issue in caught.value.issues] == ["a, cell 1, line 1", "b, cell 1"]
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize("content", ["{oops", '{"cells": 3}', ""])
def test_a_malformed_file_is_named(tmp_path, content):
    path = tmp_path / "broken.ipynb"
    path.write_text(content)
    with pytest.raises(ExecutionError, match="malformed") as caught:
        run_notebooks([path], names=["notebooks/broken.ipynb"])
    assert caught.value.issues[0].where == "notebooks/broken.ipynb"
