"""Notebooks as files, and the options at the heads of their cells."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from sourcebook.core.notebook import (
    drop_options,
    join_options,
    list_options,
    parse_notebook,
    peek_options,
    read_options,
    split_options,
)
from sourcebook.errors import ExecutionError


def test_own_lines_win_over_tags():
    cell = new_code_cell("#| echo: true\nx", metadata={"tags": ["remove-input", "remove-output"]})
    assert read_options(cell) == {"echo": True, "output": False}


def test_options_are_cut_from_the_code():
    assert split_options("#| label: fig-a\n#| echo: false\n\nx = 1\n# | no option") == (
        "label: fig-a\necho: false",
        "x = 1\n# | no option",
    )


def test_lines_without_a_name_are_comments():
    assert read_options(new_code_cell("#| just words\nx")) == {}
    assert split_options("#| just words\nx") == ("", "#| just words\nx")


@pytest.mark.parametrize("head", ["#| fig-cap: a: b", "#| - a list", "#| - a\n#| - list"])
def test_unreadable_options_are_named(head):
    with pytest.raises(ExecutionError) as caught:
        read_options(new_code_cell(head), "a.ipynb, cell 3")
    assert caught.value.issues[0].where.startswith("a.ipynb, cell 3")


def test_words_of_other_tools_stay_comments_and_blank_lines_may_stand_before_options():
    cell = new_code_cell("\n#| export\n#| echo: false\nx = 1")
    assert read_options(cell) == {"echo": False}
    assert split_options(cell.source)[1] == "#| export\nx = 1"


def test_days_that_do_not_exist_stand_as_written():
    assert read_options(new_code_cell("#| label: 2026-02-30\nx")) == {"label": "2026-02-30"}


BLACKENED = "# | label: fig-a\n# | fig-alt: >-\n# |   up\n# |   and down\n# | echo: false\nx = 1"


def test_options_may_stand_behind_the_blank_that_black_and_ruff_write():
    assert read_options(new_code_cell(BLACKENED)) == {
        "label": "fig-a",
        "fig-alt": "up and down",
        "echo": False,
    }
    assert split_options(BLACKENED)[1] == "x = 1"


@pytest.mark.parametrize(
    "source", ["# | a | b |\nx", "# | one more\nx", "# plain: comment\nx", "", "x\n#| echo: false"]
)
def test_a_comment_is_no_option(source):
    assert read_options(new_code_cell(source)) == {}
    assert split_options(source)[1] == source


def test_each_option_has_its_lines():
    found = [(option.name, option.first, len(option.lines)) for option in list_options(BLACKENED)]
    assert found == [("label", 0, 1), ("fig-alt", 1, 3), ("echo", 4, 1)]
    texts = list_options(BLACKENED)[1].texts
    assert [text.strip() for text in texts] == ["", "up", "and down"]
    assert list(map(len, texts)) == list(map(len, BLACKENED.split("\n")[1:4]))


def test_options_are_dropped_with_the_lines_that_continue_them():
    kept = drop_options(BLACKENED, "fig-alt".__eq__)
    assert kept == "# | label: fig-a\n# | echo: false\nx = 1"
    assert join_options(*split_options(kept)) == "#| label: fig-a\n#| echo: false\nx = 1"


def test_peeking_at_unreadable_options_finds_none():
    assert peek_options("#| a: b: c\nx") == {}


def test_sources_are_one_text_however_a_notebook_holds_them():
    assert parse_notebook('{"cells": [{"source": ["a\\n", "b"]}, {}]}')["cells"] == [
        {"source": "a\nb"},
        {"source": ""},
    ]


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", '{"cells": 1}', '{"cells": [1]}', '{"cells": [{"source": 1}]}']
)
def test_what_is_no_notebook_is_a_value_error(content):
    with pytest.raises(ValueError, match=r"Expecting|no list of cells|no text"):
        parse_notebook(content)
