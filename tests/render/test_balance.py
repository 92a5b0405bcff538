"""Raw HTML that is not closed: it ends with its cell, and what follows stands as if it had been."""

from __future__ import annotations

import pytest
from nbformat import write
from nbformat.v4 import new_markdown_cell, new_notebook
from selectolax.lexbor import LexborHTMLParser

from sourcebook.render.report import render_project


def render(folder, *cells):
    """The page of a notebook of Markdown cells, and what was said of it."""
    said = []
    write(new_notebook(cells=[new_markdown_cell(cell) for cell in cells]), folder / "a.ipynb")
    (page,) = render_project(folder / "a.ipynb", ("html",), execute=False, warn=said.append)
    return LexborHTMLParser(page.read_text()), "\n".join(map(str, said))


def around(page, words):
    """The names of the elements in which ``words`` stand, from within."""
    node = next(
        node
        for node in page.css("p, li, td, pre, h2, center")
        if " ".join(node.text(deep=False).split()) == words
    )
    names = []
    while node is not None and node.tag != "main":
        names.append(node.tag)
        node = node.parent
    return [name for name in names if name not in ("section", "div")]


@pytest.mark.parametrize(
    "open_one",
    [
        "<h2>Algebra<h2>",
        "<center>Centred",
        "<b>Bold\n\nmore",
        "<div style='color: blue'>\n\nBlue",
        "<details><summary>More</summary>\n\nhidden",
        "<ul><li>item",
        "<pre>raw",
        "<a href='https://example.org'>link",
        "<i>one</b> two",
        "<table><tr><td>cell",
        "<center><b>both",
    ],
)
def test_what_a_cell_never_closes_takes_in_nothing_of_the_next(tmp_path, open_one):
    page, said = render(tmp_path, "# T", open_one, "After.", "After that.")
    assert around(page, "After.") == around(page, "After that.") == ["p"]
    assert "a.ipynb, cell 2" in said


def test_a_block_that_a_later_cell_closes_reaches_so_far(tmp_path):
    page, said = render(
        tmp_path, "# T", "<details><summary>More</summary>", "Inside.", "</details>", "After."
    )
    assert around(page, "Inside.") == ["p", "details"]
    assert around(page, "After.") == ["p"]
    assert "closes" not in said


def test_a_tag_that_closes_nothing_is_taken_out(tmp_path):
    page, said = render(tmp_path, "# T", "<center>", "Inside it.</b></details>", "</center>", "After.")
    assert around(page, "Inside it.") == ["center"]
    assert around(page, "After.") == ["p"]
    assert said.count("a tag closes nothing") == 2


def test_what_follows_is_in_place_in_other_formats_too(tmp_path):
    write(
        new_notebook(
            cells=[new_markdown_cell(text) for text in ("# T", "<div>\n\n<b>One", "## Two", "After.")]
        ),
        tmp_path / "a.ipynb",
    )
    (made,) = render_project(tmp_path / "a.ipynb", ("md",), execute=False, warn=lambda _: None)
    assert made.read_text().split("\n\n")[-2:] == ['## <a id="two"></a>Two', "After.\n"]


def test_words_between_heading_tags_are_a_heading_without_a_number(tmp_path):
    (tmp_path / "a.qmd").write_text(
        "---\ntitle: T\nnumber-sections: true\ntoc: true\n---\n\n# One\n\n"
        '<h2 id="own" align="center">A <b>bold</b> head</h2>\n\nSee [it](#own).\n'
    )
    page, text = render_project(tmp_path / "a.qmd", ("html", "md"), warn=lambda said: pytest.fail(str(said)))
    heading = LexborHTMLParser(page.read_text()).css_first("#own h3")
    assert heading.text() == "A bold head"
    assert heading.css_first("strong") is not None
    assert "A **bold** head" in text.read_text()
