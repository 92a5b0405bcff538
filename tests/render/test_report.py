"""From notebooks to PDF and HTML with real pandoc and typst."""

from __future__ import annotations

import base64
import csv
import io
import re
import stat
import zlib
from pathlib import Path

import page
import pikepdf
import pypdfium2
import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from sourcebook.errors import ExecutionError, ProjectError, RenderError
from sourcebook.render.formats.html import read_script


def read_html(folder: Path) -> HTMLParser:
    return HTMLParser((folder / "report.html").read_text(encoding="utf-8"))


def read_pdf(folder: Path) -> str:
    document = pypdfium2.PdfDocument(folder / "report.pdf")
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_html_is_one_file_that_asks_for_nothing(rendered):
    html = read_html(rendered)
    addresses = [node.attributes.get(name) for name in ("src", "href") for node in html.css(f"[{name}]")]
    outside = [a for a in addresses if a and not a.startswith(("#", "data:", "https://example.org/words"))]
    assert outside == []
    assert [node.text() for node in html.css("script:not([type])")] == [read_script()]
    assert html.css_first("html").attributes["lang"] == "en-GB"


def test_there_is_one_title_and_chapters_stand_below_it(rendered):
    html = read_html(rendered)
    assert [node.text(strip=True) for node in html.css("h1")] == ["A report: with a colon"]
    assert [node.text() for node in html.css("main h2")] == [
        "Reading",
        "1 Alpha",
        "2 Beta",
        "A Ledger",
        "B Sources",
    ]
    assert [node.text() for node in html.css("main h3")] == ["1.1 Under alpha"]


def test_both_outputs_carry_the_same_numbers(rendered):
    pattern = r"(?:Figure|Table|Chapter|Section|Appendix)[\s\u00a0](?:\d+|[A-Z])(?:\.\d+)*"
    in_html = {
        re.sub(r"\s", " ", m)
        for m in re.findall(pattern, read_html(rendered).css_first("main").text(separator=" "))
    }
    in_pdf = {re.sub(r"\s", " ", m) for m in re.findall(pattern, read_pdf(rendered))}
    assert in_html == in_pdf == {"Figure 1", "Figure 2", "Table 1", "Chapter 2"}


def test_inline_results_reach_text_and_captions(rendered):
    main = read_html(rendered).css_first("main").text()
    assert "A number: 42." in main
    # The finding and its measure stand over the picture, the caption below it.
    assert "Figure\u00a01. Bars standpoints" in main
    assert "Drawn from 42 points." in main
    assert "Drawn from 42 points." in read_pdf(rendered)


def test_figures_carry_alternative_text_source_and_data(rendered):
    figure = read_html(rendered).css_first("#fig-alpha")
    assert figure.css_first("svg").attributes["aria-label"] == "A bar that stands for 42 points."
    assert figure.css_first(".source").text().startswith("Source: ")
    assert "(" not in figure.css_first(".source").text()
    packed = base64.b64decode(figure.css_first("details.data").attributes["data-packed"])
    text = zlib.decompress(packed, wbits=-zlib.MAX_WBITS).decode()
    assert list(csv.reader(io.StringIO(text))) == [["x", "n"], ["a, b", "42"], ["c", ""]]


def test_tables_have_header_cells_and_markdown_in_cells(rendered):
    table = read_html(rendered).css_first("#tbl-alpha table")
    assert [node.text() for node in table.css("thead th")] == ["Word", "Count (pieces)"]
    assert all(node.attributes["scope"] == "row" for node in table.css("tbody th"))
    assert table.css_first("a[href='#fig-alpha']").text() == "Figure\u00a01"


def test_the_abstract_stands_with_the_title(rendered):
    assert read_html(rendered).css_first("header .abstract").text().strip() == "The finding."
    assert (
        "The finding." in pypdfium2.PdfDocument(rendered / "report.pdf")[0].get_textpage().get_text_bounded()
    )


def test_the_pdf_meets_both_standards(rendered):
    accessible = page.validate_pdf(str(rendered / "report.pdf"), profile=page.ValidationProfile.PDF_UA_1)
    assert " 0 failed" in str(accessible), str(accessible)


def test_the_pdf_carries_the_projects_files(rendered):
    with pikepdf.open(rendered / "report.pdf") as pdf:
        assert sorted(pdf.attachments) == [
            "_quarto.yml", "data/sources.yaml", "index.md", "manifest.json", "notebooks/alpha.ipynb", "notebooks/beta.ipynb", "notebooks/ledger.ipynb",
        ]  # fmt: skip
        attached = pdf.attachments["data/sources.yaml"].get_file().read_bytes()
    assert attached == (rendered.parent / "data" / "sources.yaml").read_bytes()


@pytest.mark.parametrize(
    ("written", "said", "nearest"),
    [
        ("See @fig-alpa.", "the reference @fig-alpa does not exist", None),
        ("So [@agency24].", "the citation @agency24 does not exist", "agency25"),
        ("The [x](#claim-x-09){.claim}.", "the claim #claim-x-09 does not exist", "claim-x-01"),
        ("There [x](#nowhere).", "the link #nowhere does not exist", None),
    ],
)
def test_dead_references_stop_a_strict_build_with_place_and_nearest_name(folder, written, said, nearest):
    folder.add("one.md", f"# One\n\n[]{{#claim-x-01}} {written}")
    with pytest.raises(RenderError) as caught:
        folder.render("html", strict=True)
    (issue,) = caught.value.issues
    assert issue.what == said
    assert issue.where == "one.md, line 3"
    assert nearest is None or nearest in issue.fix


TWICE = """# One {#sec-a}

## Two {#sec-a}

::: {#tbl-a}
| x |
|---|
| 1 |

First.
:::

::: {#tbl-a}
| x |
|---|
| 2 |

Second.
:::

See @sec-a and @tbl-a.
"""


def test_a_label_used_twice_stops_a_strict_build(folder):
    folder.add("one.md", TWICE)
    with pytest.raises(RenderError, match="unique") as caught:
        folder.render("html", strict=True)
    assert [issue.what for issue in caught.value.issues] == [
        "the label 'sec-a' is used twice",
        "the label 'tbl-a' is used twice",
    ]


def test_a_label_used_twice_leads_to_its_first_place(folder):
    said: list[str] = []
    files = folder.add("one.md", TWICE).render("html", "pdf", warn=lambda issue: said.append(issue.what))
    assert [what for what in said if "twice" in what] == [
        "the label 'sec-a' is used twice",
        "the label 'tbl-a' is used twice",
    ]
    tree = HTMLParser(files[0].read_text())
    names = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(names) == len(set(names))
    sentence = next(node for node in tree.css("p") if node.text().startswith("See"))
    assert " ".join(sentence.text().split()) == "See Chapter 1 and Table 1."
    section, table = (link.attributes["href"] for link in sentence.css("a"))
    assert (section, table) == ("#sec-a", "#tbl-a")
    assert "First." in tree.css_first(table).text()


def test_a_figure_without_alternative_text_stops_a_strict_build(folder):
    cell = "#| label: fig-a\n#| fig-cap: A picture.\nfrom IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')"
    folder.add("notebooks/a.ipynb", "# A", (cell,))
    with pytest.raises(RenderError) as caught:
        folder.render("html", strict=True)
    assert caught.value.issues[0].what == "fig-a has no alternative text"
    assert caught.value.issues[0].where == "notebooks/a.ipynb, cell 2"


def test_a_failing_cell_leaves_the_last_good_outputs(folder):
    folder.add("notebooks/a.ipynb", "# A", ("1 + 1",))
    before = {path: path.read_bytes() for path in folder.render()}
    folder.add("notebooks/b.ipynb", "# B", ("1 / 0",))
    with pytest.raises(ExecutionError):
        folder.render()
    assert {path: path.read_bytes() for path in before} == before
    assert {path.name for path in (folder.root / "_build").glob("[!.]*")} == {
        "report.html",
        "report.pdf",
    }


def test_an_unwritable_output_folder_is_named(folder):
    (folder.root / "_build").write_text("a file where the folder should be")
    folder.add("one.md", "# One")
    with pytest.raises(ProjectError, match="output folder"):
        folder.render("html")


def test_rendering_twice_gives_the_same_bytes(folder):
    folder.add("notebooks/a.ipynb", "# A {#sec-a}\n\nWords.", ("sorted({'b', 'a'})",))
    first = [path.read_bytes() for path in folder.render()]
    assert [path.read_bytes() for path in folder.render()] == first


def test_outputs_are_readable_by_others(folder):
    folder.add("one.md", "# One")
    (path,) = folder.render("html")
    assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444


def test_missing_chapters_are_all_named(folder):
    folder.add("one.md", "# One")
    settings = (folder.root / "_quarto.yml").read_text().replace("one.md", "one.md, two.md, three.ipynb")
    (folder.root / "_quarto.yml").write_text(settings)
    with pytest.raises(ProjectError) as caught:
        folder.render("html")
    assert [issue.what for issue in caught.value.issues] == [
        "the chapter two.md does not exist",
        "the chapter three.ipynb does not exist",
    ]


def test_settings_that_are_no_yaml_are_told_with_their_line(folder):
    folder.add("one.md", "# One")
    (folder.root / "_quarto.yml").write_text('book:\n  title: "open\n  chapters: [one.md]\n')
    with pytest.raises(ProjectError) as caught:
        folder.render("html")
    assert caught.value.issues[0].where == "_quarto.yml, line 4"
    assert "\n" not in str(caught.value.issues[0])


def test_an_unfinished_merge_is_not_printed(folder):
    folder.add("one.md", "# One\n\n```\n<<<<<<< a listing\n```\n")
    folder.add("two.ipynb", "# Two\n<<<<<<< local\nText.")
    with pytest.raises(ProjectError) as caught:
        folder.render("html")
    assert [issue.where for issue in caught.value.issues] == ["two.ipynb, cell 1, line 2"]
