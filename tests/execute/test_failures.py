import pytest
from nbformat.v4 import new_code_cell

from sourcebook.errors import ExecutionError, Issue
from sourcebook.execute.failures import gather_failures


def test_our_own_error_is_said_without_the_lines_of_ours_that_led_there(run, project):
    project.build(evidence=[{"id": "E1"}])
    code = f"from sourcebook.ledger import open_book\nopen_book({str(project.root)!r}).evidence"
    with pytest.raises(ExecutionError) as caught:
        run(new_code_cell(code))
    said = str(caught.value)
    assert "cell 1, line 2: The ledger cannot be used, it has one problem:" in said
    assert "data/evidence.csv, line 2, column id" in said
    assert "Traceback" not in said


def test_anybody_elses_error_comes_with_its_lines(run):
    with pytest.raises(ExecutionError) as caught:
        run(new_code_cell("1 / 0"))
    assert "----> 1 1 / 0" in str(caught.value)


def test_a_slip_of_syntax_is_said_without_the_kernels_name_for_the_cell(run):
    with pytest.raises(ExecutionError) as caught:
        run(new_code_cell("x = 1 +* 2"))
    assert str(caught.value).endswith("cell 1, line 1: SyntaxError: invalid syntax")


def test_what_stopped_many_notebooks_alike_is_said_once():
    failures = [ExecutionError("A cell raised an error.", [Issue(f"{n}.ipynb", "no data")]) for n in "abc"]
    failures.append(ExecutionError("A kernel died.", [Issue("d.ipynb", "gone")]))
    assert str(gather_failures(failures)).splitlines() == [
        "4 notebooks failed.",
        "A cell raised an error.",
        "A kernel died.",
        "  - a.ipynb and 2 places more: no data",
        "  - d.ipynb: gone",
    ]
