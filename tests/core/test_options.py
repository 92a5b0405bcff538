"""Cell options."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from sourcebook.core.notebook import read_options, split_options
from sourcebook.errors import ExecutionError


def test_own_lines_win_over_tags():
    cell = new_code_cell("#| echo: true\nx", metadata={"tags": ["remove-input", "remove-output"]})
    assert read_options(cell) == {"echo": True, "output": False}


def test_options_are_cut_from_the_code():
    assert split_options("#| label: fig-a\n#| echo: false\n\nx = 1\n# | no option") == (
        "label: fig-a\necho: false",
        "x = 1\n# | no option",
    )


@pytest.mark.parametrize("head", ["#| fig-cap: a: b", "#| just words"])
def test_unreadable_options_are_named(head):
    with pytest.raises(ExecutionError) as caught:
        read_options(new_code_cell(head), "a.ipynb, cell 3")
    assert caught.value.issues[0].where.startswith("a.ipynb, cell 3")
