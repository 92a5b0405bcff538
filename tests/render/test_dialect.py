"""Each feature of the dialect, in the fixture project: the table says which test proves it."""

from __future__ import annotations

import re
import sys

import pypdfium2
import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from sourcebook.errors import RenderError
from sourcebook.render.report import render_project
from sourcebook.render.source.parameters import read_parameters

# Feature of Quarto's dialect -> the test below that proves it on the fixture project.
PROOFS = {
    "qmd and ipynb chapters": "test_chapters_may_be_qmd_or_ipynb",
    "project metadata": "test_project_metadata_reach_every_format",
    "title, subtitle, author, date, abstract, keywords, lang": "test_project_metadata_reach_every_format",
    "chapter front matter": "test_a_chapters_title_may_stand_in_its_front_matter",
    "number-sections, parts": "test_a_chapters_title_may_stand_in_its_front_matter",
    "number-depth": "test_numbers_end_at_the_depth_asked_for",
    "toc, unlisted": "test_contents_list_what_shall_be_listed",
    "toc-depth": "test_contents_go_as_deep_as_asked",
    "bibliography, csl, citeproc, nocite": "test_citations_follow_a_style",
    "execute defaults": "test_chapters_override_the_defaults_of_cells",
    "params, -P, --params": "test_parameters_come_from_front_matter_and_are_overridden",
    "label, fig-cap, fig-alt": "test_figures_have_number_caption_and_alternative_text",
    "fig-subcap, layout-ncol": "test_cells_with_several_pictures_make_parts",
    "layout": "test_layouts_have_rows",
    "fig-align, out-width": "test_pictures_are_sized_and_placed",
    "fig-width, fig-height": "test_pictures_are_sized_and_placed",
    "column in cells": "test_cells_stand_in_columns",
    "figures as Divs with cells in them": "test_divs_with_cells_have_parts",
    "captions in attributes": "test_captions_may_be_attributes",
    "headings in layouts": "test_headings_stand_above_what_follows_in_a_layout",
    "figures as Divs and images": "test_figures_may_be_divs_and_images",
    "custom labels": "test_custom_kinds_are_numbered_apart",
    "crossref options": "test_captions_and_references_use_the_words_asked_for",
    "tbl-cap on frames": "test_frames_become_tables",
    "row headers": "test_frames_have_row_headers_and_scopes",
    "spanning headers": "test_frames_have_spanning_headers",
    "number alignment": "test_numbers_are_aligned_on_the_point",
    "tbl-subcap": "test_cells_with_several_tables_make_parts",
    "wide tables": "test_wide_tables_are_turned",
    "wide tables without a label": "test_wide_frames_without_a_label_are_turned_too",
    "table models": "test_models_have_units_notes_source_and_data",
    "tables as Markdown and Divs": "test_tables_may_be_typed",
    "tbl-colwidths": "test_columns_of_tables_are_as_wide_as_asked",
    "HTML outputs": "test_html_outputs_are_shown_where_they_can_be",
    "output: asis, Markdown outputs": "test_markdown_outputs_are_markdown",
    "classes": "test_cells_have_classes",
    "embed": "test_outputs_of_other_notebooks_are_embedded",
    "references, plain, bracketed, several, bare, prefixed, with a suffix": "test_references_have_all_forms",
    "sections": "test_sections_are_numbered",
    "citations": "test_citations_are_set",
    "paragraphs before :::": "test_the_last_paragraph_of_a_div_is_one",
    "footnotes": "test_footnotes_stand_in_every_format",
    "equations": "test_equations_are_numbered",
    "theorems": "test_theorems_are_numbered",
    "all kinds of theorems": "test_every_kind_of_theorem_is_known",
    "proofs, remarks, solutions": "test_proofs_open_with_their_word",
    "callouts": "test_callouts_have_five_kinds_and_titles",
    "callout references": "test_callouts_can_be_referred_to",
    "tabsets": "test_tabs_open_without_a_script",
    "content-visible, content-hidden by format": "test_content_depends_on_the_format",
    "content by metadata": "test_content_depends_on_metadata",
    "column, margin": "test_margin_and_page_columns",
    "columns": "test_columns_stand_side_by_side",
    "definition lists": "test_definitions_may_be_long",
    "task lists": "test_lists_of_all_kinds",
    "line blocks": "test_lists_of_all_kinds",
    "raw blocks": "test_raw_blocks_go_to_their_format",
    "page breaks": "test_page_breaks_break_pages",
    "math": "test_equations_are_numbered",
    "include": "test_includes_are_nested",
    "meta, var, env": "test_metadata_variables_and_environment",
    "escaped shortcodes": "test_metadata_variables_and_environment",
    "kbd, video": "test_keys_and_videos",
    "lst-label, lst-cap": "test_listings_are_numbered",
    "code annotation": "test_annotated_code_keeps_its_marks",
    "code-fold, code-summary": "test_folded_code_has_its_summary",
    "echo, eval, output, warning, error, include": "test_code_options_are_obeyed",
    "cell tags": "test_tags_are_options",
    "filename": "test_code_may_name_its_file",
    "inline expressions": "test_inline_results_stand_in_text_and_captions",
    "long addresses": "test_long_addresses_break_in_print",
    "links to chapters and files": "test_links_to_chapters_lead_to_their_sections",
    "chapter titles beside headings": "test_links_to_chapters_lead_to_their_sections",
    "pictures with spaces in their names": "test_pictures_are_files_that_every_format_shows",
    "cells in lists": "test_cells_may_stand_in_lists",
    "LaTeX environments": "test_formulas_of_latex_need_no_dollars",
    "HTML outputs that act": "test_what_acts_in_an_output_is_named",
    "notes without text, tags": "test_what_leads_nowhere_is_named",
}

STYLE = """\
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
<info><title>Test</title><id>test</id><updated>2026-01-01T00:00:00+00:00</updated></info>
<citation><layout prefix="&lt;" suffix="&gt;" delimiter="; "><text variable="title"/></layout></citation>
<bibliography><layout><text variable="title" prefix="«" suffix="»"/></layout></bibliography>
</style>
"""


def test_the_table_of_proofs_is_complete():
    tests = {name for name in vars(sys.modules[__name__]) if name.startswith("test_")}
    assert tests == set(PROOFS.values()) | {
        "test_the_table_of_proofs_is_complete",
        "test_all_formats_agree_on_numbers",
    }


NUMBERS = re.compile(
    r"(?:Figure|Tab\.|Table|Map|Listing|Equation|Theorem|Lemma|Caution|Chapter|Section|Appendix)[\s\u00a0](?:\d+[a-z]?|[A-Z])(?:\.\d+)*"
)


def numbers(text: str) -> set[str]:
    return {re.sub(r"\s", " ", found) for found in NUMBERS.findall(text)}


def test_all_formats_agree_on_numbers(book, notebook_book):
    found = numbers(book.html.css_first("main").text(separator=" ") + book.text("header"))
    assert len(found) > 25
    assert numbers(book.pdf) == numbers(re.sub(r"[*\[\]]", "", book.md)) == found
    assert (
        numbers(notebook_book.html.css_first("main").text(separator=" "))
        | numbers(notebook_book.text("header"))
        == found
    )
    assert numbers(notebook_book.pdf) == found


def test_chapters_may_be_qmd_or_ipynb(book, notebook_book):
    cells = re.compile(r"\.(?:ipynb, cell|qmd, line) \d+")
    assert cells.sub("", book.text("main")) == cells.sub("", notebook_book.text("main"))
    assert book.pages == [page.replace(".ipynb", ".qmd") for page in notebook_book.pages]


def test_project_metadata_reach_every_format(book):
    words = "Every word of the dialect: a test", "All that a chapter may say", "The authors"
    said = [
        book.text("body"),
        " ".join(book.pages[0].split()),
        book.md,
        re.sub("<[^>]+>", "", book.docx),
    ]
    assert all(word in text for word in words for text in said)
    assert "22 November 2026" in said[0]
    assert "22 November 2026" in said[1]
    assert book.text("h1") == "Every word of the dialect: a test"
    assert book.html.css_first("meta[name=keywords]").attributes["content"] == "testing, dialect"
    assert book.html.css_first("html").attributes["lang"] == "en-GB"
    assert "The finding: each part" in book.pages[0]
    assert book.md.startswith("# Every word of the dialect: a test\n")


def test_a_chapters_title_may_stand_in_its_front_matter(book):
    assert [node.text() for node in book.html.css("main h2")] == [
        "Reading guide",
        "1 Exhibits",
        "Text",
        "2 Text",
        "3 Code",
        "A Sources",
    ]


def test_contents_list_what_shall_be_listed(book):
    listed = [" ".join(node.text().split()) for node in book.html.css("nav.contents a")]
    chapters = [" ".join(node.text().split()) for node in book.html.css("nav.contents details > ol > li > a")]
    assert chapters == ["Reading guide", "1 Exhibits", "Text", "2 Text", "3 Code", "A Sources"]
    assert "2.1 References" in listed
    assert "Left out of the contents" not in listed
    assert "Left out of the contents" in book.text("main")


def test_contents_go_as_deep_as_asked(single):
    text = "# One\n\n## Two\n\n### Three\n"
    front = "---\ntitle: T\ntoc: true\nformat: {{html: {{toc-depth: {}}}}}\n---\n\n"
    for depth in (1, 2, 3):
        files, _ = single(front.format(depth) + text)
        assert len(LexborHTMLParser(files[0].read_text()).css("nav.contents a")) == depth


def test_numbers_end_at_the_depth_asked_for(single):
    files, _ = single(
        "---\ntitle: T\nnumber-sections: true\nnumber-depth: 2\n---\n\n# One\n\n## Two\n\n### Three\n"
    )
    page = LexborHTMLParser(files[0].read_text())
    assert [" ".join(node.text().split()) for node in page.css("main :is(h2, h3, h4)")] == [
        "1 One",
        "1.1 Two",
        "Three",
    ]


def test_citations_follow_a_style(single, tmp_path):
    (tmp_path / "refs.yaml").write_text(
        "references:\n- {id: one, type: book, title: First}\n- {id: two, type: book, title: Second}\n"
    )
    (tmp_path / "style.csl").write_text(STYLE)
    front = "---\ntitle: T\nbibliography: refs.yaml\ncsl: style.csl\nciteproc: true\nnocite: '@two'\n---\n\n"
    files, warnings = single(front + "So [@one].\n", "html", "pdf", "md", "docx")
    assert not warnings
    page = LexborHTMLParser(files[0].read_text())
    assert page.css_first("main p").text() == "So <First>."
    assert [" ".join(node.text().split()) for node in page.css(".references > li")] == ["«First»", "«Second»"]


def test_chapters_override_the_defaults_of_cells(book):
    assert book.html.css_first("#sec-exhibits .cell-code") is None  # execute: echo: false in the project
    assert book.html.css_first("#sec-code .cell-code") is not None


def test_parameters_come_from_front_matter_and_are_overridden(single, tmp_path):
    text = "---\ntitle: T\nparams: {a: 2, b: 3}\n---\n\n```{python}\n#| tags: [parameters]\na = b = c = d = 1\n```\n\nIt is `{python} (a, b, c, d)`.\n"
    (tmp_path / "given.yml").write_text("c: 4\nd: 5\n")
    given = read_parameters(["b:6", "d:7"], tmp_path / "given.yml")
    files, _ = single(text, "md", parameters=given)
    assert "(2, 6, 4, 7)" in files[0].read_text().replace("\\", "")


def test_figures_have_number_caption_and_alternative_text(book):
    assert book.text("#fig-bars figcaption") == "Figure 1. A bar of 42 units."
    assert book.html.css_first("#fig-bars svg").attributes["aria-label"] == "One bar, 42 units high."
    assert "![One bar, 42 units high.](exhibits/fig-bars.svg)" in book.md
    assert 'descr="One bar, 42 units high."' in book.docx


def test_cells_with_several_pictures_make_parts(book):
    parts = book.html.css("#fig-two figure")
    assert [" ".join(part.css_first("figcaption").text().split()) for part in parts] == [
        "(a) A low one",
        "(b) A high one",
    ]
    assert [part.css_first("svg").attributes["aria-label"] for part in parts] == [
        "A bar of twenty.",
        "A bar of eighty.",
    ]
    assert "Figure 2 (a)" in book.text("#sec-figures p")


def test_layouts_have_rows(book):
    grids = book.html.css("#fig-layout > .grid")
    assert [len(grid.css("figure")) for grid in grids] == [2, 1]


def test_pictures_are_sized_and_placed(book):
    assert "align-center" in book.html.css_first("#fig-bars").attributes["class"]
    assert book.html.css_first("#fig-bars .picture").attributes["style"] == "width: 60%"
    assert 'alt: "A bar without a caption, sixty high.", width: 2in' in book.typst
    assert 'alt: "A bar of seventy.", width: 2in' in book.typst  # as wide as one inch of height allows
    assert 'alt: "A square at the right edge.", height: 1cm' in book.typst
    assert "align-right" in book.html.css_first("#fig-attr").attributes["class"]


def test_figures_may_be_divs_and_images(book):
    assert book.text("#fig-files > figcaption") == "Figure 3. Pictures from files"
    assert book.html.css_first("#fig-files-b img").attributes["alt"] == "The same square again."
    assert book.html.css_first("img[alt='A square in its own paragraph.']") is not None


def test_cells_stand_in_columns(book):
    assert book.html.css_first("div.column-page #fig-page") is not None
    assert "#full-wide[" in book.typst.partition("exhibits/fig-page.svg")[0][-400:]


def test_divs_with_cells_have_parts(book):
    captions = [" ".join(caption.text().split()) for caption in book.html.css("#fig-cells figcaption")]
    assert captions == ["Figure 6. A Div with cells in it", "(a) Low", "(b) High"]
    grids = [
        [bool(part.css("svg")) for part in grid.css(".grid > div")]
        for grid in book.html.css("#fig-cells > .grid")
    ]
    assert grids == [[True, True]]  # no place is taken by anything but a picture


def test_captions_may_be_attributes(book):
    assert book.text("#fig-attr figcaption") == "Figure 5. A caption in an attribute"
    assert book.html.css_first("#fig-attr figcaption em").text() == "caption"


def test_headings_stand_above_what_follows_in_a_layout(book):
    parts = [" ".join(part.text().split()) for part in book.html.css(".grid > div") if part.css("h4, h5")]
    assert parts == ["1.1.1 Left list one", "1.1.2 Right list two"]


def test_custom_kinds_are_numbered_apart(book):
    assert book.text("#map-area figcaption") == "Map 1. An area"
    assert book.html.css_first("a[href='#map-area']").text() == "Map\u00a01"


def test_captions_and_references_use_the_words_asked_for(book):
    assert book.text("#tbl-frame figcaption") == "Tab. 1. A frame"
    assert book.html.css_first("a[href='#tbl-frame']").text() == "Table\u00a01"


def test_frames_become_tables(book):
    assert [cell.text().strip() for cell in book.html.css("#tbl-frame thead tr > *")] == [
        "row",
        "count",
        "share",
        "name",
    ]
    assert re.search(r"\| a\s+\|\s+1 \|", book.md)


def test_frames_have_row_headers_and_scopes(book):
    assert [cell.attributes["scope"] for cell in book.html.css("#tbl-frame tbody th")] == ["row"] * 3
    assert {cell.attributes["scope"] for cell in book.html.css("#tbl-frame thead th")} == {"col"}


def test_frames_have_spanning_headers(book):
    spanning = book.html.css_first("#tbl-span th[colspan]")
    assert (spanning.text(), spanning.attributes["colspan"], spanning.attributes["scope"]) == (
        "First",
        "2",
        "colgroup",
    )
    assert [cell.text() for cell in book.html.css("#tbl-span th[rowspan]")] == ["x", "y"]
    assert "table.cell(colspan: 2" in book.typst


def test_numbers_are_aligned_on_the_point(book):
    pads = [pad.attributes["data-digits"] for pad in book.html.css("#tbl-frame .pad, #tbl-model .pad")]
    assert pads == ["5", ".25", ".5"]
    assert all("right" in cell.attributes["style"] for cell in book.html.css("#tbl-frame td:nth-of-type(1)"))


def test_cells_with_several_tables_make_parts(book):
    captions = [" ".join(caption.text().split()) for caption in book.html.css("#tbl-parts figcaption")]
    assert captions == ["Tab. 5. Two tables", "(a) Left", "(b) Right"]


def test_wide_tables_are_turned(book):
    document = pypdfium2.PdfDocument(book.folder / "book.pdf")
    turned = [
        text for page, text in zip(document, book.pages, strict=True) if page.get_width() > page.get_height()
    ]
    assert len(turned) == 1
    assert "Too wide for an upright page" in turned[0]


def test_wide_frames_without_a_label_are_turned_too(single):
    code = "import pandas as pd\npd.DataFrame([[number * 1000000 for number in range(15)]] * 3)"
    files, _ = single(f"Before.\n\n```{{python}}\n#| echo: false\n{code}\n```\n\nAfter.\n", "pdf")
    pages = list(pypdfium2.PdfDocument(files[0]))
    assert [page.get_width() > page.get_height() for page in pages] == [False, True, False]


def test_models_have_units_notes_source_and_data(book):
    assert "Count (pieces)" in book.text("#tbl-model thead")
    assert book.text("#tbl-model .note") == "A note."
    assert book.text("#tbl-model .source").startswith("Source: ")
    assert (book.folder / "exhibits" / "tbl-model.csv").read_text() == "word,n\none,1.5\nsee,22\n"
    assert book.html.css_first("#tbl-model a[href='#fig-bars']").text() == "Figure\u00a01"


def test_tables_may_be_typed(book):
    assert book.text("#tbl-typed figcaption") == "Tab. 3. Typed by hand"
    assert book.text("#tbl-div figcaption") == "Tab. 7. A table in a Div"


def test_columns_of_tables_are_as_wide_as_asked(book):
    def widths(selector):
        return [col.attributes["style"] for col in book.html.css(f"{selector} col")]

    assert widths("#tbl-typed") == ["width: 60%", "width: 40%"]
    assert widths("#tbl-frame") == ["width: 10%", "width: 20%", "width: 20%", "width: 30%"]
    assert widths("#tbl-div") == [
        "width: 37%",
        "width: 62%",
    ]  # pandoc's whole numbers; together more than the line
    for columns in ("(0.6fr, 0.4fr,)", "(10%, 20%, 20%, 30%,)", "(0.375fr, 0.625fr,)"):
        assert f"columns: {columns}" in book.typst
    grids = re.findall(r"<w:tblGrid>(.*?)</w:tblGrid>", book.docx)
    shares = [[int(w) for w in re.findall(r'w:w="(\d+)"', grid)] for grid in grids]
    assert any(len(grid) == 2 and round(grid[0] / sum(grid), 3) == 0.6 for grid in shares)


def test_html_outputs_are_shown_where_they_can_be(book):
    assert all("An HTML output that is only text." in text for text in (book.text("main"), book.pdf))
    for text in (book.text("main"), book.pdf, book.md, book.docx):
        assert "Words beside what acts." in text
    assert book.html.css_first("audio") is not None
    assert "shown in the HTML edition only" in book.pdf
    assert any(
        re.search(r"exhibits\.qmd, line \d+: an output that only HTML can show", said)
        for said in book.warnings
    )


def test_markdown_outputs_are_markdown(book):
    assert "*Markdown* from a `print`." in book.md


def test_cells_have_classes(book):
    assert book.text(".lead") == "A lead of Markdown."


def test_outputs_of_other_notebooks_are_embedded(book):
    assert book.text("#fig-embedded figcaption") == "Figure 8. Embedded from another notebook"


def test_references_have_all_forms(book):
    said = book.text("#sec-figures p").replace("\u00a0", " ")
    assert said.startswith(
        "See Figure 1, Figure 2 (a) and Figure 2; both Figure 1 and Figure 2; 1 alone; Fig. 1. Figs. 1 and 2; "
        "Figure 1, left. A line may begin with Figure 1. Then goes on. Figure 1 begins"
    )


def test_sections_are_numbered(book):
    said = book.text("#sec-references p").replace("\u00a0", " ")
    assert (
        "Back to Section 1.1, to Chapter 1, to 1.2, to Appendix A, to Reading guide; Section 1.1 and Table 1."
        in said
    )


def test_citations_are_set(book):
    assert "Writer (2024) says so" in book.text("#sec-references p").replace("\u00a0", " ")
    assert all(
        "A Book of Counts" in " ".join(text.split()) for text in (book.text("#refs"), book.pdf, book.md)
    )


def test_the_last_paragraph_of_a_div_is_one(book):
    assert book.html.css_first(".closed > p").text() == "A paragraph right above the end."


def test_footnotes_stand_in_every_format(book):
    assert all(
        "With emphasis and Equation" in text.replace("*", "").replace("[", "")
        for text in (book.text("main"), book.pdf, book.md)
    )


def test_equations_are_numbered(book):
    assert book.html.css_first("#eq-square math") is not None
    assert book.text("#eq-square").endswith("(1)")
    assert book.html.css_first("a[href='#eq-square']").text() == "Equation\u00a01"


def test_theorems_are_numbered(book):
    assert book.text("#thm-old strong").replace("\u00a0", " ") == "Theorem 1 (Old)"
    assert "Lemma 1" in book.text("#lem-small")


def test_every_kind_of_theorem_is_known(book):
    kinds = [
        "Corollary",
        "Proposition",
        "Conjecture",
        "Definition",
        "Example",
        "Exercise",
        "Solution",
        "Remark",
        "Algorithm",
    ]
    for said in (book.text("#sec-references").replace("\u00a0", " "), book.md.replace("\u00a0", " ")):
        assert all(f"{kind} 1" in said for kind in kinds)


def test_proofs_open_with_their_word(book):
    assert book.text(".proof") == "Proof. It is plain."
    assert book.text(".remark").startswith("Remark (On lemmas).")
    assert all("Proof. It is plain." in text for text in (book.pdf, book.md.replace("*", "")))
    assert "Remark (On lemmas)." in re.sub(r"<[^>]+>", "", book.docx)


def test_callouts_have_five_kinds_and_titles(book):
    kinds = [node.attributes["class"] for node in book.html.css(".callout")]
    # Words of their own: ".tip" is what hovers over a chart, and ".note" stands below an exhibit.
    names = ("note", "tip", "important", "warning", "caution", "note")
    assert kinds == [f"callout callout-{kind}" for kind in names]
    titles = [" ".join(node.text().split()) for node in book.html.css(".callout-title")]
    assert titles == [
        "Note",
        "Tip: Mind",
        "Important: Heading as title",
        "Caution 1: Fire",
        "A title alone",
    ]
    for title in titles:
        assert title in book.pdf.replace("\u00a0", " ")
    assert book.html.css_first("details.callout > summary").text().strip() == "Warning: Folded"
    assert book.html.css_first(".callout-tip .callout-title em").text() == "Mind"
    assert "> [!TIP]\n> ***Mind***" in book.md


def test_callouts_can_be_referred_to(book):
    assert book.html.css_first("a[href='#cau-fire']").text() == "Caution\u00a01"
    assert "Caution 1: Fire" in book.text("#cau-fire").replace("\u00a0", " ")


def test_tabs_open_without_a_script(book):
    assert [node.text().strip() for node in book.html.css(".tabset summary")] == ["First tab", "Second tab"]
    assert "First tab" in book.pdf


def test_content_depends_on_the_format(book):
    said = {"html": book.text("main"), "pdf": book.pdf, "docx": book.docx}
    for form, words in (("html", "Seen on screens."), ("pdf", "Seen in print."), ("docx", "Seen in Word.")):
        assert [name for name, text in said.items() if words in text] == [form]
    assert "Inline for screens." in said["html"]
    assert "Inline for screens." not in said["pdf"]


def test_content_depends_on_metadata(book):
    assert "No draft." in book.text("main")
    assert "A draft." not in book.text("main")


def test_margin_and_page_columns(book):
    assert book.text("div.column-margin") == "In the margin."
    assert "As wide as the page." in [node.text().strip() for node in book.html.css("div.column-page")]
    assert "#margin-note[" in book.typst
    assert "#full-wide[" in book.typst


def test_columns_stand_side_by_side(book):
    assert "#grid(columns: (40fr, 60fr,)" in book.typst
    assert [node.text().strip() for node in book.html.css(".columns > .column")] == [
        "Left column.",
        "Right column.",
    ]


def test_lists_of_all_kinds(book):
    assert book.text("dt") == "Term"
    assert len(book.html.css("input[type=checkbox]")) == 2
    assert "- [x] done" in book.md
    assert book.html.css_first(".line-block") is not None
    assert "and an indented one" in book.pdf


def test_definitions_may_be_long(book):
    assert [node.text().strip() for node in book.html.css("dd p")] == [
        "Its definition goes on.",
        "It has two paragraphs.",
    ]
    lines = [" ".join(line.split()) for line in book.pdf.splitlines()]
    start = lines.index("Long term")
    assert lines[start + 1 : start + 3] == ["Its definition goes on.", "It has two paragraphs."]


def test_raw_blocks_go_to_their_format(book):
    assert book.text("p.raw") == "Raw for HTML."
    assert "Raw for Typst." in book.pdf
    assert "Raw for Typst." not in book.text("main")
    assert "Raw for HTML." not in book.pdf


def test_page_breaks_break_pages(book):
    (page,) = [page for page in book.pages if "After the break" in page]
    assert "One line" not in page
    assert 'w:br w:type="page"' in book.docx


def test_includes_are_nested(book):
    assert "This sentence is included" in book.text("#sec-reading")
    assert "A nested sentence, see Figure 1." in book.text("#sec-reading")


def test_metadata_variables_and_environment(book):
    said = book.text("#sec-reading")
    assert "This edition is the third; the product is Widget of Lake Town. Home is nowhere." in said
    assert "Literally: {{< var product >}}." in said


def test_keys_and_videos(book):
    assert book.text("kbd") == "Ctrl-C"
    assert book.html.css_first("a.video").attributes["href"] == "https://example.org/film"


def test_listings_are_numbered(book):
    captions = [" ".join(caption.text().split()) for caption in book.html.css("figure.listing figcaption")]
    assert captions == ["Listing 1. A sum", "Listing 2. A typed listing"]


def test_annotated_code_keeps_its_marks(book):
    assert "x = 1  # (1)" in book.text("#lst-typed pre").replace("\u00a0", " ").replace("1 # (1)", "1  # (1)")


def test_folded_code_has_its_summary(book):
    assert "Show how" in [node.text().strip() for node in book.html.css("details > summary")]


def test_code_options_are_obeyed(book):
    chapter = book.text("#sec-code")
    assert "never seen" not in chapter
    assert "ZeroDivisionError: division by zero" in chapter
    assert "```{python}" in chapter
    assert "#| output: false" in chapter
    assert "echo: fenced" not in chapter
    assert 'print("output of hidden code")' not in chapter
    assert "output of hidden code" in chapter
    assert "never_run()" in chapter


def test_tags_are_options(book):
    chapter = book.text("#sec-code")
    (folded,) = [node for node in book.html.css("details") if "input is folded" in node.text()]
    assert folded.attributes.get("open", "closed") == "closed"
    assert "input is folded" in chapter.partition("hidden.py")[2]
    assert 'print("output is" + " removed")' in chapter
    assert "output is removed" not in chapter
    assert "the cell is" not in chapter
    assert "IndexError: list index out of range" in chapter


def test_code_may_name_its_file(book):
    assert [node.text().strip() for node in book.html.css(".file > p")] == ["hidden.py", "typed.py"]
    assert all(name in said for name in ("hidden.py", "typed.py") for said in (book.pdf, book.md, book.docx))


def test_inline_results_stand_in_text_and_captions(book):
    assert "The size is 3, the name nobody." in book.text("#sec-code")
    assert "A bar of 42 units." in book.pdf


def test_long_addresses_break_in_print(book):
    for page in pypdfium2.PdfDocument(book.folder / "book.pdf"):
        text = page.get_textpage()
        edges = [text.get_rect(number)[2] for number in range(text.count_rects())]
        assert max(edges) <= page.get_width() - 56


def test_links_to_chapters_lead_to_their_sections(tmp_path):
    (tmp_path / "_quarto.yml").write_text(
        "project: {type: book}\nbook: {title: T, chapters: [a.qmd, {part: P, chapters: ['b ü/b.qmd']}]}\n"
    )
    (tmp_path / "b ü").mkdir()
    (tmp_path / "a.qmd").write_text(
        "---\ntitle: First\n---\n\n# Second\n\n[one](<b ü/b.qmd>) [two](/b%20ü/b.qmd#sec-in)\n"
        "[three](<no one.html>) [web](https://example.org/a) [PDF](report.pdf)\n"
    )
    (tmp_path / "b ü" / "b.qmd").write_text("# Third\n\n## In {#sec-in}\n\n[back](../a.qmd)\n")
    warnings: list[str] = []
    files = render_project(tmp_path, ["html", "md"], warn=lambda issue: warnings.append(str(issue)))
    page = LexborHTMLParser(files[0].read_text())
    links = {link.text(): link.attributes["href"] for link in page.css("main p a")}
    assert [links[name] for name in ("one", "two", "back")] == ["#third", "#sec-in", "#first"]
    assert [" ".join(node.text().split()) for node in page.css("main h2")] == [
        "1 First",
        "2 Second",
        "P",
        "3 Third",
    ]
    (said,) = warnings
    assert said.startswith("a.qmd, line 8: a link leads to a file that does not lie beside the report")


def test_pictures_are_files_that_every_format_shows(single, tmp_path):
    Image.new("RGB", (8, 6), "red").save(tmp_path / "my picture.png")
    files, warnings = single("![A red one](<my picture.png>)\n", "html", "pdf", "md", "docx")
    assert not warnings
    assert "exhibits/my%20picture.png" in next(file for file in files if file.suffix == ".md").read_text()
    Image.new("RGB", (8, 6), "red").save(tmp_path / "named.png", format="JPEG")
    (tmp_path / "cut.png").write_bytes((tmp_path / "my picture.png").read_bytes()[:50])
    (tmp_path / "bad.svg").write_text("<svg")
    for name in ("named.png", "cut.png", "bad.svg"):
        with pytest.raises(RenderError, match=f"one.qmd, line 3: a picture cannot be read .found {name}"):
            single(f"Text\n\n![It]({name})\n", "html", strict=True)


def test_cells_may_stand_in_lists(single):
    files, warnings = single(
        "1. one\n\n    ```{python}\n    #| echo: false\n    if True:\n        print(6 * 7)\n    ```\n\n2. two\n",
        "md",
    )
    assert not warnings
    text = files[0].read_text()
    assert "42" in text
    assert "print" not in text


def test_formulas_of_latex_need_no_dollars(single):
    files, warnings = single("\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}\n", "html", "pdf", "md")
    assert not warnings
    assert LexborHTMLParser(files[0].read_text()).css_first("math[display=block] mtable") is not None


def test_what_acts_in_an_output_is_named(single):
    cell = "```{{python}}\n#| echo: false\nfrom IPython.display import HTML\nHTML('{}')\n```\n\n"
    codes = (
        "<div></div><script>draw()</script>",
        '<p>Seen</p><iframe src="x"></iframe>',
        '<img src="https://example.org/x.png">',
    )
    files, warnings = single("".join(cell.format(code) for code in codes), "html", "md")
    said = "\n".join(warnings)
    assert "an output is left out: only a program in the page could show it (found <script>" in said
    assert "in an HTML output is taken out (found <iframe>" in said
    assert "a picture lies on the network (found https://example.org/x.png" in said
    assert all(re.match(r"one\.qmd, line \d+: ", said) for said in warnings)
    page = LexborHTMLParser(files[0].read_text())
    assert "Seen" in [node.text() for node in page.css("main p")]
    assert page.css_first('main a[href="https://example.org/x.png"]') is not None
    assert page.css_first("main img, main iframe") is None
    assert "stood here" in page.css_first(".callout").text()


def test_what_leads_nowhere_is_named(single):
    text = "One[^lost].\n\n---\nfoo: bar\n---\n\n$$ x = 1 \\tag{A1} $$\n"  # YAML amid text is metadata
    files, warnings = single(text)
    assert any(said.startswith("one.qmd, line 1: the footnote [^lost] has no text") for said in warnings)
    assert LexborHTMLParser(files[0].read_text()).css_first(".equation").text().endswith("(A1)")
