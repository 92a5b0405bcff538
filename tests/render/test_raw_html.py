"""HTML that authors and cells write means the same in every format."""

from __future__ import annotations

import re

import nbformat
import pypdfium2
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from selectolax.lexbor import LexborHTMLParser


@pytest.fixture
def shown(single):
    """What the page's text (parsed), the Markdown and the PDF say of a text, and the warnings."""

    def show(text, **options):
        files, warnings = single(text, "html", "md", "pdf", **options)
        page, markdown, pdf = (
            next(file for file in files if file.name == f"one.{form}") for form in ("html", "md", "pdf")
        )
        words = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
        tree = LexborHTMLParser(page.read_text(encoding="utf-8")).css_first("main")
        return tree, markdown.read_text(encoding="utf-8"), words, warnings

    return show


def output(content):
    """A notebook whose only cell has shown ``content``."""
    given = new_output("execute_result", {"text/html": content, "text/plain": "<Page>"}, execution_count=1)
    return nbformat.writes(new_notebook(cells=[new_code_cell("page", outputs=[given], id="c1")]))


@pytest.mark.parametrize("trust", [False, True])
def test_the_title_of_a_page_that_a_cell_shows_is_none_of_its_words(shown, trust):
    head = "<head><title>HEADTITLE</title><meta charset=utf-8></head>"
    page = f"<html>{head}<body><p>body text</p></body></html>"
    tree, markdown, pdf, _ = shown(output(page), name="one.ipynb", execute=False, trust=trust)
    for said in (tree.text(), markdown, pdf):
        assert "HEADTITLE" not in said
        assert "body text" in said


def test_what_stands_in_pre_is_verbatim(shown):
    tree, markdown, pdf, warnings = shown("Words.\n\n<pre>  a <b>b</b>\n *c* &lt;\n\n d</pre>\n\nEnd.")
    assert tree.css_first("pre").text().rstrip("\n") == "  a b\n *c* <\n\n d"
    assert "```\n  a b\n *c* <\n\n d\n```" in markdown
    assert "*c* <" in pdf
    assert warnings == []


def test_what_an_author_marked_as_html_stays_in_the_markdown_of_a_forge(single, tmp_path):
    Image.new("RGB", (8, 6), "blue").save(tmp_path / "a.png")
    folded = "```{=html}\n<details><summary>S</summary>\n<p onclick='f()'>folded</p></details>\n```"
    drawn = "```{=html}\n<svg width='9' height='9' xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>\n```"
    shown = '```{=html}\n<figure><img src="a.png" alt="one"></figure>\n```'
    text = f'Words `<b class="k">bold</b>`{{=html}} and `<img src="a.png" alt="two">`{{=html}}.\n\n{folded}\n\n{drawn}\n\n{shown}\n'
    made = tmp_path / "made"
    single(text, "md", "pdf", "qmd", out=made)
    said, plain = ((made / name).read_text(encoding="utf-8") for name in ("one.md", "one.qmd"))
    assert 'Words <b class="k">bold</b> and ![two](exhibits/a.png).' in said
    assert "<details><summary>S</summary>\n<p>folded</p></details>" in said
    assert re.search(r"!\[.*\]\(exhibits/picture-\w+\.svg\)", said)
    assert "![one](exhibits/a.png)" in said
    assert "bold" not in pypdfium2.PdfDocument(made / "one.pdf")[0].get_textpage().get_text_bounded()
    assert plain.count('when-format="html"') == plain.count('when-format="markdown"') == 3


def test_what_is_hidden_is_so_in_every_format(shown):
    words = "A [C1]{.hidden} `C2`{.hidden} [S1]{style='display: none'} <span hidden>S2</span> B."
    blocks = "::: {.hidden}\nC3\n:::\n\n```{.python .hidden}\nC4\n```\n\n::: {style='display:none'}\nS3\n:::\n\n<div hidden>S4</div>"
    tree, markdown, pdf, warnings = shown(f"{words}\n\n{blocks}\n\nEnd.\n")
    for said in (tree.text(), markdown, pdf):
        assert not re.search(r"C\d", said)
    assert re.findall(r"S\d", tree.text()) == ["S1", "S2", "S3", "S4"]  # a browser hides them
    for said in (markdown, pdf):
        assert not re.search(r"S\d", said)
        assert "B." in said
    assert warnings == []


NESTED = (
    '<ol start="3" type="a" style="color: red">\n<li id="z">one *x*\n<ul><li>in one</li>\n<li>in two\n</ul></li>\n'
    "<li>two</li>\n</ol>\n\n<ul>\n\n<li>A paragraph.</li>\n\n</ul>\n\n> <ul><li>quoted</li></ul>\n\nSee [z](#z).\n"
)


@pytest.mark.parametrize("name", ["one.qmd", "one.ipynb"])
def test_lists_in_html_are_lists_in_every_format(shown, name):
    notebook = nbformat.writes(new_notebook(cells=[new_markdown_cell(NESTED, id="c1")]))
    tree, markdown, pdf, warnings = shown(notebook if name.endswith("ipynb") else NESTED, name=name)
    assert [node.text(deep=True).split()[0] for node in tree.css("main ol > li")] == ["one", "two"]
    assert [node.text().strip() for node in tree.css("ol > li ul > li")] == ["in one", "in two"]
    assert "    - in one\n    - in two\n4.  two" in markdown
    assert "- A paragraph." in markdown
    assert "> - quoted" in markdown
    assert re.search(r"– in one\s+– in two", pdf)
    assert "– A paragraph." in pdf
    assert [said for said in warnings if "raw HTML" in said] == []


def test_a_list_in_html_ends_with_its_cell_and_tags_without_a_partner_stay(shown):
    cells = ["<ul>\n<li>open\n\nwords", "<ol></ol>\n\n</ol>\n\n<li>lone</li>\n\n<ul>words</ul>", "After."]
    notebook = new_notebook(cells=[new_markdown_cell(cell, id=f"c{n}") for n, cell in enumerate(cells)])
    tree, markdown, _, warnings = shown(nbformat.writes(notebook), name="one.ipynb")
    assert tree.css_first("main > p:last-of-type").text() == "After."
    assert all(word in markdown for word in ("open", "words", "lone", "After."))
    assert any("cell 1, line 1: a tag is never closed" in said for said in warnings)


DRAWN = (
    'Words <svg width="40" height="20"><title>A *box*</title><rect width="40" height="20" fill="red"/></svg> after, `<svg></svg>`.\n\n'
    '<svg viewBox="0 0 40 20">\n  <g>\n\n  <rect width="40" height="20" onclick="f()"/></g><title>B</title>\n</svg>\n\n'
    '<p align="center"><svg width="9" height="9"><title>C</title><circle r="9"/></svg></p>\n\n- item <svg><title>D</title><rect/></svg>\n\n'
    "Words:\n\n    <svg>code</svg>\n\n<svg>\n\nNever closed.\n"
)


@pytest.mark.parametrize("trust", [False, True])
@pytest.mark.parametrize("name", ["one.qmd", "one.ipynb"])
def test_drawings_amid_words_are_pictures_in_every_format(shown, name, trust):
    notebook = nbformat.writes(new_notebook(cells=[new_markdown_cell(DRAWN, id="c1")]))
    text = notebook if name.endswith("ipynb") else DRAWN
    tree, markdown, pdf, warnings = shown(text, name=name, trust=trust)
    pictures = "main :is(p, li) > svg, main img" if trust else "main img[src^='data:image/svg']"
    assert len(tree.css(pictures)) == 4
    assert re.findall(r"!\[([^]]*)\]\(exhibits/picture-\w+\.svg\)", markdown) == [r"A \*box\*", "B", "C", "D"]
    for said in (tree.text(), markdown, pdf):
        assert said.count("<svg></svg>") == said.count("<svg>code</svg>") == 1
        assert "Never closed." in said
    assert not any("<rect" in said for said in warnings)


LISTED = "<pre>  a <b>bold <i>both</i></b> <em>slanted</em> <code>c</code>\n <span style='color: red'>red</span> &lt; <u onclick='f()'>lined</u></pre>\n"


@pytest.mark.parametrize("name", ["one.qmd", "one.ipynb"])
def test_what_is_bold_slanted_or_coloured_in_pre_is_so_in_print(single, tmp_path, name):
    notebook = nbformat.writes(new_notebook(cells=[new_markdown_cell(LISTED, id="c1")]))
    single(
        notebook if name.endswith("ipynb") else LISTED, "html", "md", "typst", "pdf", name=name, out=tmp_path
    )
    listing = LexborHTMLParser((tmp_path / "one.html").read_text(encoding="utf-8")).css_first("main pre")
    assert listing.text() == "  a bold both slanted c\n red < lined"
    assert [node.text() for node in listing.css("b, i, em, u")] == ["bold both", "both", "slanted", "lined"]
    assert "onclick" not in listing.html
    assert "```\n  a bold both slanted c\n red < lined\n```" in (tmp_path / "one.md").read_text()
    source = (tmp_path / "one-typst/main.typ").read_text(encoding="utf-8")
    assert '#text(weight: 700)[#raw("bold ")#text(style: "italic")[#raw("both")]]' in source
    assert '#text(style: "italic")[#raw("slanted")]' in source
    assert '#text(fill: rgb("#ff0000"))[#raw("red")]' in source
    assert '#underline[#raw("lined")]' in source


def test_words_in_html_of_an_author_are_no_markdown(single, tmp_path):
    text = "Words `<b title='*a*'>*not* [x](y)</b>`{=html}.\n\n```{=html}\n  - no item\n\n1. <i>nor_one_</i>\n```\n"
    (file,), _ = single(text, "md", out=tmp_path / "made")
    said = file.read_text(encoding="utf-8")
    assert '<b title="*a*">&#42;not&#42; &#91;x&#93;(y)</b>' in said
    assert "&#45; no item\n" in said
    assert "1&#46; <i>nor&#95;one&#95;</i>" in said
