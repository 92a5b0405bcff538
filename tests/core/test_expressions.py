"""Inline expressions in text."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_markdown_cell

from sourcebook.core.notebook import find_expressions, read_results, substitute_expressions


def test_expressions_in_fenced_code_are_code():
    cell = new_markdown_cell("a `{python} x` b\n\n```\n`{python} y`\n```\n")
    assert find_expressions(cell) == ["x"]
    assert substitute_expressions(cell.source, {"x": "1"}) == "a 1 b\n\n```\n`{python} y`\n```\n"


def test_a_text_result_is_escaped_and_markdown_is_not():
    stored = [
        {"expression": "name", "result": {"data": {"text/plain": "'a_b*'"}}},
        {"expression": "md", "result": {"data": {"text/markdown": "**b**", "text/plain": "…"}}},
    ]
    cell = new_markdown_cell("", metadata={"user_expressions": stored})
    assert read_results(cell) == {"name": r"a\_b\*", "md": "**b**"}


def test_option_lines_may_fold_an_expression():
    cell = new_code_cell("#| fig-alt: >-\n#|   up `{python} f(\n#|   1)`\nx")
    assert find_expressions(cell) == ["f( 1)"]


def test_an_expression_in_a_quoted_option_is_read_as_yaml_reads_it():
    cell = new_code_cell('#| fig-alt: "up `{python} f(\\"a\\")`"\nx')
    assert find_expressions(cell) == ['f("a")']
