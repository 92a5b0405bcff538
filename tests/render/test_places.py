"""Errors and warnings point at file, cell and line."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import sourcebook
from sourcebook.errors import ExecutionError, RenderError, SourcebookError, ToolError

FRONT = "---\ntitle: T\n---\n\nFirst line.\n\n"


def error_of(single, text: str, *formats: str) -> str:
    with pytest.raises(SourcebookError) as caught:
        single(FRONT + text, *formats, strict=True)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Words\nand @fig-nil.\n", "one.qmd, line 8: the reference @fig-nil does not exist"),
        ("{{< include _nil.md >}}\n", "one.qmd, line 7: the included file does not exist (found _nil.md"),
        (
            "{{< embed nil.ipynb#a >}}\n",
            "one.qmd, line 7: the embedded notebook does not exist (found nil.ipynb",
        ),
        ("{{< var nil >}}\n", "one.qmd, line 7: the shortcode var names 'nil'"),
        ("{{< meta titel >}}\n", "did you mean title?"),
        ("![a](nil.png)\n", "one.qmd, line 7: a picture does not exist in the project (found nil.png"),
        ("```{python}\n#| label: a: b\n1\n```\n", "one.qmd, line 8"),
        ("```{python}\nx = 1\n1 / 0\n```\n", "one.qmd, line 9: ZeroDivisionError: division by zero"),
        ("`{python} 1 / 0`\n", "the inline expression '1 / 0' raised ZeroDivisionError"),
        ("```{python}\n1\n", "one.qmd, line 7: a code cell is never closed"),
    ],
)
def test_errors_name_the_line_of_a_text_chapter(single, text, said):
    assert said in error_of(single, text)


def test_errors_name_cell_and_line_of_a_notebook(tmp_path):
    nbformat.write(
        new_notebook(
            cells=[
                new_markdown_cell("# A\n\nFine.", id="a"),
                new_markdown_cell("One.\n\nSee @tbl-x.", id="b"),
            ]
        ),
        tmp_path / "n.ipynb",
    )
    with pytest.raises(RenderError) as caught:
        sourcebook.render(tmp_path / "n.ipynb", to="html", strict=True)
    assert caught.value.issues[0].where == "n.ipynb, cell 2, line 3"


def test_lines_below_a_notebooks_front_matter_are_those_of_its_cell(tmp_path):
    cell = new_markdown_cell("---\ntitle: T\n---\n\nSee @tbl-x.", id="a")
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "n.ipynb")
    with pytest.raises(RenderError) as caught:
        sourcebook.render(tmp_path / "n.ipynb", to="html", strict=True)
    assert caught.value.issues[0].where == "n.ipynb, cell 1, line 5"


def test_injected_parameters_do_not_shift_the_count_of_cells(tmp_path):
    cells = [
        new_code_cell("a = 1", id="p", metadata={"tags": ["parameters"]}),
        new_code_cell("b = 1\n1 / 0", id="b"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "n.ipynb")
    with pytest.raises(ExecutionError) as caught:
        sourcebook.render(tmp_path / "n.ipynb", to="html", parameters={"a": 2})
    assert caught.value.issues[0].where == "n.ipynb, cell 2, line 2"


def test_lines_of_included_files_are_theirs(single, tmp_path):
    (tmp_path / "_part.md").write_text("One.\n\nSee @fig-gone.\n")
    assert "_part.md, line 3: the reference @fig-gone" in error_of(single, "{{< include _part.md >}}\n")


def test_signs_that_no_font_has_are_named_with_a_way_out(single):
    said = error_of(single, "Fine.\n\nTada \U0001f389.\n", "pdf")
    assert "one.qmd, line 9: " in said
    assert 'when-format="html"' in said


def test_typst_errors_lead_to_the_cell(single):
    with pytest.raises(ToolError) as caught:
        single(FRONT + "```{python}\n1\n```\n\n```{=typst}\n#nobody()\n```\n", "pdf")
    (issue,) = caught.value.issues
    assert issue.what == "unknown variable: nobody"
    assert issue.where == "one.qmd, line 11"


def test_pandocs_warnings_lead_to_the_line(single):
    _, warnings = single(FRONT + "$\\nobody{x}$\n\n::: {.a}\nnever closed\n")
    assert any(
        said.startswith("one.qmd, line 7: pandoc says: Could not convert TeX math") for said in warnings
    )
    assert any(said.startswith("one.qmd, line 9: pandoc says:") for said in warnings), warnings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```{python}\n#| fig-scap: x\n1\n```\n", "one.qmd, line 8: the option 'fig-scap' is not supported"),
        (
            "```{python}\n#| tags: [hide-output]\n1\n```\n",
            "one.qmd, line 8: the tag 'hide-output' has no effect here",
        ),
        ("{{< fa star >}}\n", "one.qmd, line 7: the shortcode 'fa' is not supported"),
        ("{{< fa flag >}}\n", "one.qmd, line 7: the shortcode 'fa' is not supported"),
        (
            "::: {.callout-nota}\nx\n:::\n",
            "the callout 'callout-nota' is unknown; it is shown as a note (to mend: did you mean callout-note?)",
        ),
        ("```{=rtf}\nx\n```\n", "a raw block of format 'rtf' is shown in no format"),
        (
            "::: {.content-visible when-mood='x'}\nx\n:::\n",
            "the condition 'when-mood' has no effect here",
        ),
        ("::: {.panel-sidebar}\nx\n:::\n", "the class 'panel-sidebar' of a block has no effect here"),
        ("::: {foo=1}\nx\n:::\n", "one.qmd, line 7: the attribute 'foo' of a block has no effect here"),
        ("[x]{foo=1}\n", "one.qmd, line 7: the attribute 'foo' of a span has no effect here"),
        (
            "| a |\n|---|\n| b |\n\n: C {.striped}\n",
            "line 11: the class 'striped' of a table has no effect here",
        ),
        (
            "```{.python code-line-numbers=true}\n1\n```\n",
            "line 7: the attribute 'code-line-numbers' of a code block",
        ),
        (
            "![x](data:image/svg+xml;base64,PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnIHdpZHRoPSc5JyBoZWlnaHQ9JzknLz4=){lightbox=true fig-alt=y}\n",
            "the attribute 'lightbox' of an image has no effect",
        ),
        ("Words {{< include x.md >}}\n", "(to mend: an include stands on a line of its own, outside code)"),
        ("## One\n\n#### Two\n", "one.qmd, line 9: the heading 'Two' skips a level"),
        (
            '::: {layout="[[1,"}\nx\n:::\n',
            "line 7: the value of 'layout' cannot be read (found [[1,; expected rows of widths",
        ),
        ("::: {layout-ncol=two}\nx\n:::\n", "line 7: the value of 'layout-ncol' cannot be read (found two;"),
        (
            "```{python}\n#| echo: 3\n1\n```\n",
            "line 8: the value of 'echo' cannot be read (found 3; expected true, false, fenced)",
        ),
        ("A \\hfill\n", "a raw block of format 'tex' is shown in no format (found \\hfill)"),
        ("```{r}\n1\n```\n", "one.qmd, line 7: a cell in 'r' is not run"),
    ],
)
def test_whatever_is_unknown_is_named(single, text, said):
    _, warnings = single(FRONT + text, "html", "typst")
    assert said in "\n".join(warnings)


LONG = "https://example.org/an-address-that-is-longer-than-what-a-message-quotes-of-it.html"
FIRST = f"Code `<object>` and `<center>`.\n\n```html\n<object>\n<iframe src='{LONG}'>\n```\n\n"


@pytest.mark.parametrize("name", ["one.qmd", "one.ipynb"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Words <iframe src='{LONG}'></iframe>.\n", "raw HTML is taken out (found <iframe"),
        ("Words <object>x</object>.\n", "raw HTML is taken out (found <object>"),
        ("Words <object\n  data='x'\n  type='y'>z</object>.\n", "raw HTML is taken out (found <object"),
        ("</center>\n\nEnd.\n", "a tag closes nothing and is taken out (found </center>"),
        (
            "<article onclick='f()'>\n\nopen\n",
            "a tag is never closed: it ends with its cell (found <article>",
        ),
        ("<svg width='9' height='9'><rect/></svg>\n", "a picture has no alternative text"),
    ],
)
def test_messages_about_html_name_its_line_and_no_code_before_it(single, tmp_path, text, said, name):
    before = FIRST + "<article>closed</article>\n\n"
    notebook = new_notebook(cells=[new_markdown_cell(before + text, id="a")])
    made = nbformat.writes(notebook) if name.endswith("ipynb") else before + text
    _, warnings = single(made, name=name, out=tmp_path / "out")
    (where,) = [one.partition(": ")[0] for one in warnings if said in one]
    assert where.endswith("line 10")


def test_of_tags_that_read_the_same_the_line_of_the_one_that_is_meant_is_named(single):
    text = "<article>\n\nclosed\n\n</article>\n\n<article>\n\nopen\n"
    _, warnings = single(text)
    assert [one.partition(": ")[0] for one in warnings if "never closed" in one] == ["one.qmd, line 7"]
