"""Single documents, project types, parameters and metadata."""

from __future__ import annotations

import re
import zipfile

import nbformat
import pypdfium2
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from selectolax.lexbor import LexborHTMLParser

import sourcebook
from sourcebook.errors import ExecutionError, ProjectError, RenderError
from sourcebook.render.report import render_project
from sourcebook.render.source.parameters import read_parameters
from sourcebook.render.tools import run_pandoc

PARAMETERS = "```{python}\n#| tags: [parameters]\n#| echo: false\nregion = 'north'\nyear = 2024\n```\n\nIn `{python} region` of `{python} year + 1`.\n"


def main_of(path) -> str:
    return " ".join(LexborHTMLParser(path.read_text(encoding="utf-8")).css_first("main").text().split())


def test_a_single_file_renders_in_any_folder(single):
    files, warnings = single(
        "---\ntitle: Alone\nauthor: [A, {name: B}]\nabstract: In *short*.\n---\n\n## Part\n\nWords.\n",
        "html",
        "pdf",
        "md",
        "docx",
    )
    assert [path.name for path in files] == ["one.html", "one.pdf", "one.md", "one.docx"]
    page = LexborHTMLParser(files[0].read_text())
    assert page.css_first("h1").text() == "Alone"
    assert page.css_first("h2").text() == "Part"
    assert page.css_first(".abstract").text().strip() == "In short."
    assert warnings == []


def test_a_notebooks_only_first_heading_is_its_title(tmp_path):
    nbformat.write(
        new_notebook(
            cells=[new_markdown_cell("# The title\n\n## Part", id="a"), new_code_cell("6 * 7", id="b")]
        ),
        tmp_path / "n.ipynb",
    )
    (path,) = sourcebook.render(tmp_path / "n.ipynb", to="html")
    page = LexborHTMLParser(path.read_text())
    assert path == tmp_path / "n.html"
    assert [node.text() for node in page.css("h1, h2")] == ["The title", "Part"]
    assert "42" in page.css_first("main").text()
    assert {entry.name for entry in tmp_path.iterdir()} == {"n.ipynb", "n.html"}


def test_sections_of_a_document_are_numbered_on_request(single):
    files, _ = single(
        "---\ntitle: T\nnumber-sections: true\ntoc: true\n---\n\n# A {#sec-a}\n\n## B {#sec-b}\n\nSee @sec-b and @sec-a.\n"
    )
    assert "See Section 1.1 and Section 1." in main_of(files[0])


def test_a_default_project_renders_each_file_by_itself(tmp_path):
    (tmp_path / "_quarto.yml").write_text("project: {type: default, output-dir: out}\nauthor: Somebody\n")
    (tmp_path / "a.qmd").write_text("---\ntitle: A\n---\nFirst.\n")
    (tmp_path / "b.md").write_text("# B\n\nSecond.\n")
    files = sourcebook.render(tmp_path, to=["html"])
    assert [path.relative_to(tmp_path).as_posix() for path in files] == ["out/a.html", "out/b.html"]
    assert "Somebody" in files[1].read_text()


def test_a_manuscript_is_its_article_with_embedded_notebooks(tmp_path):
    (tmp_path / "_quarto.yml").write_text(
        "project: {type: manuscript}\nmanuscript: {article: index.qmd, notebooks: [calc.qmd]}\n"
    )
    (tmp_path / "index.qmd").write_text("---\ntitle: Paper\n---\n\n{{< embed calc.qmd#answer >}}\n")
    (tmp_path / "calc.qmd").write_text("```{python}\n#| label: answer\n6 * 7\n```\n")
    (path,) = sourcebook.render(tmp_path, to="html")
    assert path == tmp_path / "_manuscript" / "index.html"
    assert "42" in main_of(path)


def test_cells_are_embedded_by_name_by_names_and_by_position(tmp_path):
    cells = [new_markdown_cell("Words."), *(new_code_cell(f"{n} * 111", id=f"c{n}") for n in (1, 2, 3))]
    nbformat.write(new_notebook(cells=cells), tmp_path / "calc.ipynb")

    def embed(asked: str) -> list[str]:
        """The words that embedding shows."""
        (tmp_path / "one.qmd").write_text(f"{{{{< embed calc.ipynb{asked} >}}}}\n")
        (made,) = sourcebook.render(tmp_path / "one.qmd", to="html")
        return re.findall(r"\d{3}|Words", main_of(made))

    assert embed("") == ["111", "222", "333"]
    assert embed("#c3") == ["333"]
    assert embed("#c3,c1") == ["333", "111"]
    assert embed("[2]") == ["111"]
    assert embed("[4-3,1]") == ["333", "222", "Words"]
    for asked, named in {
        "#c3,c9": "no cell 'c9'",
        "[3-999999999]": "no cell '999999999'",
        "[0]": "no cell '0'",
    }.items():
        with pytest.raises(RenderError, match="dead") as caught:
            embed(asked)
        assert named in str(caught.value)


def test_parameters_replace_defaults(single):
    files, _ = single(PARAMETERS, parameters=read_parameters(["region:south", "year:2030"]))
    assert main_of(files[0]) == "In south of 2031."


def test_parameters_come_from_a_file_and_the_command_line_wins(tmp_path):
    path = tmp_path / "p.yml"
    path.write_text("region: east\nyear: 2000\nlist: [1, {a: null}]\n")
    assert read_parameters(["year:2001"], path) == {"region": "east", "year": 2001, "list": [1, {"a": None}]}


def test_unknown_parameters_are_named_with_the_nearest(tmp_path):
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\nbook: {title: T, chapters: [a.qmd]}\n")
    (tmp_path / "a.qmd").write_text("# A\n\n" + PARAMETERS)
    with pytest.raises(ProjectError) as caught:
        sourcebook.render(tmp_path, parameters={"regon": "x"})
    assert "did you mean region?" in str(caught.value)


@pytest.mark.parametrize("pair", ["year", "two words:1"])
def test_malformed_parameters_are_errors(pair):
    with pytest.raises(ProjectError):
        read_parameters([pair])


def test_settings_without_effect_are_named(single):
    _, warnings = single(
        "---\ntitle: T\ntheme: cosmo\nnumber-sectons: true\nexecute: {debug: true}\nformat: {revealjs: default}\n---\n"
    )
    said = "\n".join(warnings)
    assert "one.qmd, line 3: the setting 'theme' has no effect here" in said
    assert "did you mean number-sections?" in said
    assert "the setting 'execute: debug' has no effect here" in said
    assert "the setting 'format: revealjs' has no effect here" in said


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "_quarto.yml",
            "project: {foo: 1}",
            "_quarto.yml, line 5: the setting 'project: foo' has no effect here",
        ),
        (
            "_quarto.yml",
            "toc-titel: x",
            "_quarto.yml, line 5: the key 'toc-titel' is known neither to Quarto nor here (to mend: did you mean toc-title?)",
        ),
        (
            "_quarto.yml",
            "format: {pdf: {eval: false}}",
            "line 5: the setting 'format: pdf: eval' has no effect here",
        ),
        (
            "_quarto.yml",
            "crossref: {fig-prefix: [a, b]}",
            "_quarto.yml, line 5: the option 'crossref: fig-prefix' is no text",
        ),
        (
            "_quarto.yml",
            "author: {name: A, orcid: 1}",
            "line 5: the setting 'author: orcid' has no effect here",
        ),
        (
            "_quarto.yml",
            "lang: it",
            "_quarto.yml, line 5: some words that are ours, such as 'Note' and 'Theorem', stay English",
        ),
        ("_metadata.yml", "toc: true", "_metadata.yml: is not read"),
        (
            "_quarto.yml",
            "sourcebook: {trusted: true, trusting: true}",
            "_quarto.yml, line 5: the setting 'sourcebook: trusting' has no effect here",
        ),
        (
            "_quarto.yml",
            "execute: {echo: sometimes}",
            "line 5: the value of 'execute: echo' cannot be read (found sometimes; expected true, false, fenced)",
        ),
        (
            "_quarto.yml",
            "format: {md: {toc: true}}",
            "line 5: the setting 'format: md: toc' has no effect here",
        ),
        ("one.qmd", "---\nauthor: A\n---\n", "one.qmd, line 2: the setting 'author' has no effect here"),
        (
            "one.qmd",
            "---\nformat:\n  html:\n    toc: true\n---\n",
            "one.qmd, line 4: the setting 'format: html: toc'",
        ),
    ],
)
def test_settings_without_effect_in_a_book_are_named_with_their_line(tmp_path, file, text, said):
    (tmp_path / "_quarto.yml").write_text("book:\n  title: T\n  chapters:\n    - one.qmd\n")
    (tmp_path / "one.qmd").write_text("")
    with (tmp_path / file).open("a") as written:
        written.write(text + "\n\n# One\n" * (file == "one.qmd"))
    warnings: list[str] = []
    render_project(tmp_path, ["md"], warn=lambda issue: warnings.append(str(issue)))
    assert said in "\n".join(warnings)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (
            "toc-depth: deep",
            "one.qmd, line 3: 'toc-depth' cannot be read (found deep; expected a number of levels)",
        ),
        ("format: {html: {toc-depth: x}}", "one.qmd, line 3: 'format: html: toc-depth' cannot be read"),
        ("execute: 5", "one.qmd, line 3: 'execute' cannot be read"),
        ("crossref: {custom: [1]}", "one.qmd, line 3: 'crossref' cannot be read"),
        ("bibliography: [1]", "one.qmd, line 3: 'bibliography' cannot be read"),
        ("lang: 5", "one.qmd, line 3: 'lang' cannot be read"),
        ("params: 5", "params: is no 'name: value' pairs"),
    ],
)
def test_settings_that_cannot_be_read_stop_the_build(single, setting, said):
    with pytest.raises(ProjectError) as caught:
        single(f"---\ntitle: T\n{setting}\n---\n\nWords.\n")
    assert said in str(caught.value)


def test_lists_of_texts_that_are_too_long_are_named(single):
    cell = "```{python}\n#| label: fig-x\n#| fig-cap: C\n#| fig-alt: [a, b]\nfrom IPython.display import SVG\n\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')\n```\n"
    _, warnings = single("---\ntitle: T\n---\n\n" + cell)
    assert any("line 8: the option 'fig-alt' has 2 texts for 1 outputs" in said for said in warnings), (
        warnings
    )


def test_code_is_folded_as_the_format_asks(single):
    files, warnings = single("---\ntitle: T\nformat: {html: {code-fold: true}}\n---\n\n```{python}\n1\n```\n")
    assert LexborHTMLParser(files[0].read_text()).css_first("details .cell-code") is not None
    assert not warnings


def test_titles_keep_their_marks_in_the_page_and_lose_them_for_programs(single):
    files, _ = single("---\ntitle: The *origin* of `x`\n---\n\nWords.\n", "md", "html")
    page, text = sorted(files)
    assert text.read_text().startswith("# The *origin* of `x`\n")
    assert "<title>The origin of x</title>" in page.read_text()


def test_stored_outputs_are_used_when_nothing_shall_run(tmp_path):
    cell = new_code_cell(
        "1 / 0", id="b", outputs=[nbformat.v4.new_output("stream", text="kept\n")], execution_count=1
    )
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "n.ipynb")
    (path,) = sourcebook.render(tmp_path / "n.ipynb", to="html", execute=False)
    assert "kept" in main_of(path)


def test_an_unknown_format_is_named(single):
    with pytest.raises(ProjectError, match="format"):
        single("Words.", "epub")


def test_the_package_is_a_function_too(tmp_path):
    (tmp_path / "a.md").write_text("# A\n\nWords.\n")
    made = sourcebook.render(tmp_path / "a.md", to="md,html", out=tmp_path / "out")
    assert [path.suffix for path in made] == [".md", ".html"]


def test_a_drawing_shown_twice_is_a_bitmap_in_word_each_time(tmp_path):
    """Not every version of Word shows SVG; pandoc would need a program of its own to convert it."""
    (tmp_path / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
    )
    (tmp_path / "one.md").write_text(
        '![](a.svg){fig-alt="A square."}\n\nAgain ![](a.svg){fig-alt="The same."} here.\n'
    )
    warnings = []
    (path,) = sourcebook.render(
        tmp_path / "one.md", to="docx", warn=lambda issue: warnings.append(str(issue))
    )
    with zipfile.ZipFile(path) as word:
        assert {name.rpartition(".")[2] for name in word.namelist() if "/media/" in name} == {"png"}
    assert warnings == []


def test_a_chapter_by_itself_misses_the_others_even_in_a_strict_book(tmp_path):
    (tmp_path / "_quarto.yml").write_text(
        "project: {type: book}\nbook: {title: T, chapters: [index.md, two.md]}\nsourcebook: {strict: true}\n"
    )
    (tmp_path / "index.md").write_text("# One {#sec-one}\n")
    (tmp_path / "two.md").write_text("# Two\n\nSee @sec-one.\n")
    said = []
    (path,) = sourcebook.render(
        tmp_path / "two.md", to="md", out=tmp_path / "out", warn=lambda issue: said.append(issue.what)
    )
    assert said == ["the reference @sec-one does not exist"]
    assert "See **?@sec-one**." in path.read_text()
    with pytest.raises(RenderError):
        render_project(tmp_path / "two.md", ("md",), out=tmp_path / "out", strict=True)


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)
LINKED = (
    """\
---
title: "![logo](logo.png) Title ![lost](lost.png)"
abstract: 'A "quoted" *abstract* [@a] <script>alert(1)</script>.'
keywords: ['an "inch"', second]
references:
- {id: a, type: book, title: "Book ![](lost.png)", author: [{family: Doe}]}
---

## One [link](https://example.org)^[A note.]

An [empty]() one, <a href="#">to the top</a>, https://example.org/\\<b>, ![p](logo.png "a \\"title\\"").

| [Column](https://example.org)^[A note.] | b |
|---|---|
"""
    + "| a | b |\n" * 120
)


def test_pictures_links_and_notes_may_stand_in_titles_and_in_heads_of_tables(single, tmp_path):
    (tmp_path / "logo.png").write_bytes(PIXEL)
    files, warnings = single(LINKED, "html", "pdf", "md", "docx", "qmd")
    assert len(warnings) == 2
    assert "lost.png" in warnings[0] + warnings[1]
    assert "one.qmd, line 3: raw HTML is taken out (found <script>" in warnings[0] + warnings[1]
    page = LexborHTMLParser(files[0].read_text())
    assert [node.attributes["alt"] for node in page.css("h1 img")] == ["logo"]
    assert page.css_first("h1").text().split() == ["Title", "lost"]
    assert " ".join(page.css_first(".abstract").text().split()) == "A “quoted” abstract (Doe, n.d.) ."
    assert page.css_first('meta[name="keywords"]').attributes["content"] == 'an "inch", second'
    words = " ".join(leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(files[1]))
    assert "Title lost" in words
    assert "to the top" in words
    shown = LexborHTMLParser(run_pandoc(["-f", "gfm", "-t", "html"], files[2].read_text()))
    assert {node.attributes.get("title") for node in shown.css("img")} == {None, 'a "title"'}
    assert "https://example.org/<b>" in shown.text()


TERMS = "# T\n\nA<br>b\n:   First\n\n$$x^2$$\n:   Second\n\nMore<br>words\n:   One\n\n    Two\n"


def test_terms_may_have_several_lines_and_equations(single):
    (path,), _ = single(TERMS, "pdf")
    words = " ".join(leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(path)).split()
    assert [word for word in ("First", "Second", "One", "Two", "More", "words") if word not in words] == []


def test_a_running_head_leads_nowhere(tmp_path):
    (tmp_path / "_quarto.yml").write_text(
        'project: {type: book}\nbook: {title: "A [linked](https://example.org) title^[Noted.]", chapters: [index.md]}\n'
    )
    (tmp_path / "index.md").write_text(
        "# One [x](https://example.org)^[A note]\n\n" + "Text and text. " * 2000
    )
    (path,) = render_project(tmp_path, ("pdf",), progress=lambda _: None)
    pages = [leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(path)]
    assert "A linked title" in pages[-1]


def test_an_output_that_is_no_drawing_is_told_of_and_the_rest_is_there(tmp_path):
    drawings = ["<svg><p></svg>", "<p>x</p>"]
    outputs = [new_output("display_data", {"image/svg+xml": one, "text/plain": "words"}) for one in drawings]
    sheet = new_output("display_data", {"text/html": "<style>* {color: red}</style><p>Fine words</p>"})
    cells = [
        new_markdown_cell("Text.\n\n```{=html}\n<svg><p></svg>\n```", id="t"),
        new_code_cell("6 * 7", outputs=[*outputs, sheet], id="c"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "n.ipynb")
    warnings = []
    paths = render_project(
        tmp_path / "n.ipynb", ("html", "pdf"), execute=False, warn=lambda i: warnings.append(str(i))
    )
    assert len(paths) == 2
    assert main_of(paths[0]).count("words") == 3
    assert sum("cannot be read" in one for one in warnings) == 2
    assert sum("its SVG is not well-formed" in one for one in warnings) == 1


def test_a_heading_without_words_is_left_out_and_leaves_its_anchor(single):
    files, warnings = single("---\ntitle: T\n---\n\n## {#here}\n\nWords, [led](#here).\n", "html", "pdf")
    assert warnings == ["one.qmd, line 5: a heading has no words; it is left out"]
    tree = LexborHTMLParser(files[0].read_text())
    assert [node.text() for node in tree.css("h1, h2, h3")] == ["T"]
    assert tree.css_first("#here")
    assert "Words, led." in pypdfium2.PdfDocument(files[1])[0].get_textpage().get_text_bounded()


@pytest.mark.parametrize(
    ("setting", "mark", "shown"),
    [("below", "# (1)", True), ("false", "# <1>", True), ("none", "", False)],  # false: as written
)
def test_annotations_of_code_go_only_when_none_are_asked_for(single, setting, mark, shown):
    code = "```python\n1 + 1 # <1>\n```\n\n1. An addition.\n"
    files, _ = single(f"---\ncode-annotations: {setting}\n---\n\n{code}", "html")
    said = main_of(files[0])
    assert "1 + 1" in said
    assert [sign for sign in ("# (1)", "# <1>") if sign in said] == [mark] * shown
    assert ("An addition." in said) == shown


def test_a_document_is_never_written_over_itself(single, tmp_path):
    text = "---\ntitle: T\n---\n\n{{< include more.qmd >}}\n"
    (tmp_path / "more.qmd").write_text("More.\n")
    with pytest.raises(ProjectError, match=r"one\.qmd: it would take the place of what it is made from"):
        single(text, "html", "qmd", out=tmp_path)
    assert (tmp_path / "one.qmd").read_text() == text
    assert not (tmp_path / "one.html").exists()
    files, _ = single(text, "qmd")
    assert "More." in files[0].read_text()


def test_what_stands_in_braces_as_an_attribute_is_no_language_and_may_keep_shortcodes(single):
    block = "```{shortcodes=false}\n{{< include none.qmd >}}\n{{< meta x >}}\n```\n"
    files, warnings = single(f"---\ntitle: T\n---\n\n{block}", "html", "md", "qmd")
    assert warnings == []
    for path in files:
        assert "include none.qmd" in path.read_text()
    assert files[2].read_text().count("shortcodes=") == 1


def test_pictures_may_be_described_by_alt_and_those_that_only_adorn_say_nothing(single, tmp_path):
    (tmp_path / "a.png").write_bytes(PIXEL)
    text = '---\ntitle: T\n---\n\n![](a.png){#one alt=""} ![](a.png){#two alt="A dot"} ![b](a.png){#three alt=""}\n'
    files, warnings = single(text, "html", "md", "pdf", "docx")
    assert warnings == []
    page = LexborHTMLParser(files[0].read_text())
    assert [node.attributes.get("alt") or "" for node in page.css("main img")] == ["", "A dot", "b"]
    assert "![](" in files[1].read_text()


def test_an_error_while_a_value_is_shown_is_told_by_its_own_name(single):
    cell = "class Shown:\n    def _repr_markdown_(self):\n        raise ValueError('no words')\n\nShown()"
    with pytest.raises(ExecutionError, match=r"one\.qmd, line 8: ValueError: no words"):
        single(f"---\ntitle: T\n---\n\n```{{python}}\n{cell}\n```\n")


def test_what_cannot_be_used_of_a_brand_is_a_warning(single, tmp_path):
    (tmp_path / "_brand.yml").write_text("typography: {fonts: [{family: A, files: [a.woff]}]}\n")
    (tmp_path / "a.woff").write_bytes(b"")
    files, warnings = single("---\ntitle: T\n---\n\nWords.\n", "html", "pdf")
    assert len(files) == 2
    assert ["'typography: fonts' cannot be used" in said for said in warnings] == [True]


def test_names_that_are_no_text_and_paths_that_no_system_has_are_told(single, tmp_path):
    (tmp_path / "_variables.yml").write_text("null: {b: c}\n1: {d: e}\n")
    _, warnings = single("---\ntitle: T\n---\n\n{{< var nul >}}\n")
    assert ["the shortcode var names 'nul'" in said for said in warnings] == [True]
    (tmp_path / "_quarto.yml").write_text('sourcebook: {outside: ["a\\0b"]}\n')
    with pytest.raises(ProjectError, match=r"'sourcebook: outside' names no file or folder \(found 'a"):
        single("---\ntitle: T\n---\n\nWords.\n")


def test_a_bar_over_several_letters_is_drawn_by_the_style_sheet(single):
    (page,), _ = single(r"$\overline{a + b}$ and $\bar{c}$ and $\hat{de}$")
    bars = LexborHTMLParser(page.read_text()).css("mo.overline")
    assert [bar.parent.text(deep=True).replace(" ", "") for bar in bars] == ["a+b¯"]
