"""Text chapters as stretches of Markdown and cells."""

from __future__ import annotations

import pytest

from sourcebook.core.text_chapter import Piece, read_text_chapter, split_cells
from sourcebook.errors import ProjectError

TEXT = "Words.\n\n```{python}\n#| label: fig-a\nx = 1\n```\n\n1. One\n\n    ~~~{python}\n    y = 2\n    ~~~\n"


def test_cells_stand_at_their_lines_without_the_indentation_of_a_list():
    cells = [piece for piece in split_cells(TEXT) if piece.code]
    assert cells == [Piece(True, "#| label: fig-a\nx = 1", 3), Piece(True, "y = 2", 10)]


def test_a_listing_that_shows_a_cell_is_none():
    (piece,) = split_cells("````\n```{python}\nx\n```\n````\n\n```{{python}}\ny\n```")
    assert not piece.code
    assert piece.source.endswith("```python\ny\n```")


def test_a_cell_that_is_never_closed_is_told_with_its_line():
    text = "Words.\n\n```{python}\nx = 1"
    assert split_cells(text)[-1].unclosed == "```"
    lines = [(line, f"a.qmd, line {number}") for number, line in enumerate(text.split("\n"), start=1)]
    with pytest.raises(ProjectError, match=r"a\.qmd, line 3: a code cell is never closed"):
        read_text_chapter(lines, code=True)
