"""Pages a publisher would sign: what stays together, what may be parted."""

from __future__ import annotations

import base64
import json
import re
from importlib import resources

import pikepdf
import pypdfium2
import pytest
import typst

MODEL = """\
```{python}
#| label: tbl-long
#| tbl-cap: "Many rows."
class Shown:
    def _repr_mimebundle_(self, include=None, exclude=None):
        column = {"name": "n", "label": "Row", "unit": "", "align": "left", "header": True, "width": None}
        model = {"kind": "table", "columns": [column], "rows": [[f"row {n} ends"] for n in range(ROWS)],
                 "notes": ["The only note."], "data": {"columns": ["n"], "rows": []}}
        return {"application/vnd.sourcebook.exhibit+json": model, "text/plain": "Shown"}
Shown()
```
"""
FILL = "Words that fill a line of the page and then some more of it, so that it counts as one.\n\n"


def read_pages(files):
    return [leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(files[0])]


@pytest.mark.parametrize("rows", range(34, 42))
def test_notes_stand_below_the_last_row(single, rows):
    files, _ = single("---\nexecute: {echo: false}\n---\n\n" + MODEL.replace("ROWS", str(rows)), "pdf")
    (page,) = [page for page in read_pages(files) if "The only note." in page]
    assert f"row {rows - 1} ends" in page


@pytest.mark.parametrize("rows", range(45, 51))
def test_no_row_of_a_table_is_alone_on_its_last_page(single, rows):
    files, _ = single("---\nexecute: {echo: false}\n---\n\n" + MODEL.replace("ROWS", str(rows)), "pdf")
    counts = [len(re.findall(r"row \d+ ends", page)) for page in read_pages(files)]
    assert sum(counts) == rows
    assert counts[-1] != 1


@pytest.mark.parametrize("lines", range(34, 44))
def test_no_row_of_a_table_is_alone_where_it_begins(single, lines):
    files, _ = single(
        f"---\nexecute: {{echo: false}}\n---\n\n{FILL * lines}" + MODEL.replace("ROWS", "30"), "pdf"
    )
    first = next(page for page in read_pages(files) if "Many rows." in page)
    assert len(re.findall(r"row \d+ ends", first)) >= 2


def test_words_keep_their_distance_from_numbers_before_them(single):
    table = "| N | Words |\n|---:|:---|\n| 1234 | after |\n\n| N | Words |\n|:---|:---|\n| 1234 | after |\n"
    files, _ = single(table, "pdf")
    page = pypdfium2.PdfDocument(files[0])[0].get_textpage()
    said = page.get_text_range()
    gaps = [
        page.get_charbox(said.index("after", match.start()))[0] - page.get_charbox(match.end() - 1)[2]
        for match in re.finditer("1234", said)
    ]
    assert gaps[0] > gaps[1] * 1.5


def test_rows_that_are_one_by_a_tall_cell_are_left_as_they_are(single):
    frame = 'pd.DataFrame({"n": range(90)}, index=pd.MultiIndex.from_product([["x", "y", "z"], range(30)]))'
    text = f"---\nexecute: {{echo: false}}\n---\n\n```{{python}}\n#| tbl-cap: C\nimport pandas as pd\n\n{frame}\n```\n"
    files, _ = single(text, "pdf")
    assert "89" in read_pages(files)[-1]


@pytest.mark.parametrize("lines", range(20, 30))
def test_no_term_ends_a_page(single, lines):
    terms = "A long term\n\n: Its definition begins.\n\n    It goes on.\n"
    files, _ = single(FILL * lines + terms, "pdf")
    (page,) = [page for page in read_pages(files) if "A long term" in page]
    assert "Its definition begins." in page


def test_a_table_is_not_split_around_a_picture(single):
    """The picture before it, which has no room on its page, goes to the next; so does the table then, below it."""
    rows = "\n".join(f"| row {n} ends | {n} |" for n in range(40))
    picture = (
        "data:image/svg+xml;base64,"
        + base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='300'/>").decode()
    )
    text = f"{FILL * 17}![Floats]({picture}){{#fig-a fig-alt='Nothing.'}}\n\n{FILL}\n| Word | Number |\n|---|---|\n{rows}\n\n: Long {{#tbl-long}}\n"
    files, _ = single(text, "pdf")
    pages = read_pages(files)
    assert not re.search("row 0 ends", pages[0])
    assert pages[1].index("Floats") < pages[1].index("row 0 ends")


@pytest.mark.parametrize("lines", [20, 22, 24])
def test_short_tables_are_not_split(single, lines):
    rows = "\n".join(f"| row {n} ends | {n} |" for n in range(7))
    files, _ = single(
        f"{FILL * lines}\n| Word | Number |\n|---|---|\n{rows}\n\n: Short {{#tbl-short}}\n", "pdf"
    )
    assert [len(re.findall(r"row \d ends", page)) for page in read_pages(files)][-1] in (0, 7)


@pytest.mark.parametrize("lines", range(18, 30, 2))
def test_the_words_of_a_claim_are_not_parted_from_its_verdict(single, lines):
    entry = "::: {#claim-x-01 .claim-entry}\n**x-01** It is so.\n\nThe verdict.\n\n- evidence\n:::\n"
    files, _ = single(FILL * lines + entry, "pdf")
    (page,) = [page for page in read_pages(files) if "It is so." in page]
    assert "The verdict." in page


def test_headings_are_not_hyphenated(single):
    title = "Incomprehensibilities " * 6
    files, _ = single(f"---\nlang: en\n---\n\n## {title}\n\nWords.\n", "pdf")
    assert "Incomprehensibilities" in read_pages(files)[0]
    assert not re.search(r"[a-z][-\u00ad\x02]\s", read_pages(files)[0])


def test_links_lead_to_their_places(single):
    """They stand as plain words in the first pass over the pages; in the end they must be links."""
    files, _ = single("## One {#sec-one}\n\nSee [@sec-one] and [there](#there).\n\n[Here]{#there}.\n", "pdf")
    assert "See Section 1 and there." in read_pages(files)[0]
    with pikepdf.open(files[0]) as pdf:
        assert ["/Dest" in link or "/A" in link for link in pdf.pages[0].Annots] == [True, True]


@pytest.mark.parametrize("kind", ["chapter", "document"])
def test_no_picture_stands_above_the_title(single, folder, kind):
    """An early picture floats to the top of its page, below what opens it."""
    picture = '![A square](a.svg){#fig-a fig-alt="Just a square."}'
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99"><rect width="99" height="99"/></svg>'
    if kind == "document":
        (folder.root.parent / "a.svg").write_text(svg)
        files, _ = single(f"---\ntitle: The title\n---\n\nWords.\n\n{picture}\n", "pdf")
    else:
        (folder.root / "a.svg").write_text(svg)
        files = folder.add("one.md", f"# The title\n\nWords.\n\n{picture}").render("pdf")
    pages = read_pages(files)
    number = next(n for n, text in enumerate(pages) if "A square" in text and "The title" in text)
    page = pages[number]
    assert page.index("The title") < page.index("A square")
    document = pypdfium2.PdfDocument(next(path for path in files if path.suffix == ".pdf"))
    leaf = document[number].get_textpage()
    heights = {
        words: leaf.get_charbox(leaf.get_text_range().index(words))[1] for words in ("The title", "A square")
    }
    assert heights["The title"] > heights["A square"]


def test_code_in_a_box_is_no_wider_than_the_box(single):
    files, _ = single("::: {.callout-note}\n```\ncode\n```\n:::\n\n```\nmore code\n```\n", "pdf")
    (leaf,) = pypdfium2.PdfDocument(files[0])
    bounds = [thing.get_bounds() for thing in leaf.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_PATH])]
    widths = sorted(round((right - left) / 72 * 25.4) for left, _, right, _ in bounds if right - left > 72)
    assert widths == [114, 120, 160]  # the code in the box, the box, code that may take the margin


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_headings_of_a_turned_table_do_not_overlap(single, paper):
    heads = " | ".join(f"a-long-heading-{n}" for n in range(14))
    table = f"| {heads} |\n|{'---:|' * 14}\n| {' | '.join(['1000'] * 14)} |\n"
    files, _ = single(
        f"---\nformat: {{typst: {{papersize: {paper}}}}}\n---\n\n{table}\n: Wide {{#tbl-wide}}\n", "pdf"
    )
    leaf = next(page for page in pypdfium2.PdfDocument(files[0]) if page.get_width() > page.get_height())
    words = leaf.get_textpage()
    signs = [n for n in range(words.count_chars()) if words.get_text_range(n, 1).strip()]
    boxes = [words.get_charbox(n) for n in signs]
    clashes = [
        (one, other)
        for number, one in enumerate(boxes)
        for other in boxes[number + 1 :]
        if min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 1
    ]
    assert clashes == []


def test_cells_of_a_table_hold_lists_and_code(single):
    grid = """\
+------+-------+
| One  | Two   |
+======+=======+
| 1. a | ```   |
| 2. b | x = 1 |
|      | ```   |
+------+-------+
| > q  | - c   |
|      |   - d |
+------+-------+
"""
    files, _ = single(grid, "pdf")
    words = read_pages(files)[0].split()
    assert all(word in words for word in ("a", "2.", "b", "q", "c", "d"))
    assert "x = 1" in read_pages(files)[0]


PICTURE = '![Third]({}){{#fig-{} fig-alt="A square."}}\n\n'
SQUARE = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnIHdpZHRoPSczMDAnIGhlaWdodD0nMTAwJy8+"


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("::: {.callout-note}\n", ":::\n"), ("::: {.column-page}\n", ":::\n"), ("::: {.some}\n", ":::\n")],
)
def test_pictures_in_boxes_stay_where_they_are(single, opening, closing):
    inside = f"First\n\n{PICTURE.format(SQUARE, 'box')}Last\n"
    files, _ = single(f"{FILL * 3}{opening}{inside}{closing}", "pdf")
    text = read_pages(files)[0]
    assert text.index("First") < text.index("Third") < text.index("Last")


def test_what_takes_the_margin_begins_below_notes(single):
    note = "::: {.column-margin}\n" + "Note. " * 80 + "Ends.\n:::\n\n"
    table = "::: {.column-page}\nWide.\n:::\n"
    files, _ = single(f"{FILL}{note}{FILL}{table}", "pdf")
    page = pypdfium2.PdfDocument(files[0])[0].get_textpage()
    heights = {}
    for word in ("Ends.", "Wide."):
        start = page.get_text_range().index(word)
        heights[word] = page.get_charbox(start)[1]
    assert heights["Wide."] < heights["Ends."]


def test_captions_are_no_wider_than_their_column(single):
    text = f"::: {{.column-margin}}\n{PICTURE.format(SQUARE, 'm').replace('Third', 'Words of a caption ' * 6)}:::\n\n{FILL}"
    files, _ = single(text, "pdf")
    leaf = pypdfium2.PdfDocument(files[0])[0]
    page = leaf.get_textpage()
    edges = [page.get_rect(number)[2] for number in range(page.count_rects())]
    assert max(edges) <= leaf.get_width() - 56


WIDE = "\n".join(
    f"|{'|'.join(cells)}|"
    for cells in ([f" column {n} " for n in range(30)], ["---"] * 30, [f" value {n} " for n in range(30)])
)
INSET = "\n".join(f"  {line}" for line in WIDE.splitlines())


def test_a_wide_table_in_a_box_is_cut_since_no_page_can_be_turned_there(single):
    boxes = [
        f"::: {{{name}}}\n{WIDE}\n:::"
        for name in (".callout-note", ".column-page", "layout-ncol=2", "#thm-a")
    ]
    boxes += [
        f"- a\n\n{INSET}",
        f"::: {{.panel-tabset}}\n## A\n\n{WIDE}\n:::",
        f"::: {{.callout-tip}}\n{WIDE}\n\n: A {{#tbl-a}}\n:::",
    ]
    text = f"---\nabstract: |\n  Short.\n\n{INSET}\n---\n\n" + "\n\n".join(boxes)
    (path,), _ = single(text, "pdf")
    with pypdfium2.PdfDocument(path) as document:
        assert all(page.get_width() < page.get_height() for page in document)
        words = " ".join(page.get_textpage().get_text_bounded() for page in document).split()
    assert words.count("29") >= 2 * (len(boxes) + 1)


def test_no_picture_stands_between_a_chapters_heading_and_its_lead(folder):
    (folder.root / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"/>')
    lead = "::: {.lead}\nThe {} lead.\n:::\n\nThe rest.\n\n"
    picture = '![The caption.](a.svg){#fig-a fig-alt="A"}\n\n'
    opening = f"# The title\n\n{lead.replace('{}', 'first')}{picture}"
    files = folder.add("one.md", f"{opening}## Below\n\n{lead.replace('{}', 'second')}").render("pdf")
    wanted = ["The title", "The first lead.", "The caption.", "Below", "The second lead."]
    leaf = next(
        leaf
        for leaf in (page.get_textpage() for page in pypdfium2.PdfDocument(files[0]))
        if "first lead" in leaf.get_text_range()
    )
    heights = [leaf.get_charbox(leaf.get_text_range().rindex(words))[1] for words in wanted]
    assert heights == sorted(heights, reverse=True)


def test_notes_in_boxes_without_a_margin_stand_on_the_page(single):
    boxes = (".column-page", ".aside", ".column-margin", "layout-ncol=2")
    text = "\n\n".join(
        f"::: {{{box}}}\nWords. [note{n}]{{.aside}}\n\nMore.\n:::" for n, box in enumerate(boxes)
    )
    files, _ = single(f"{FILL}\n{text}\n\nterm <b>strong</b>\n\n: defined\n", "pdf")
    leaf = pypdfium2.PdfDocument(files[0])[0]
    page = leaf.get_textpage()
    for n in range(len(boxes)):
        found = page.search(f"note{n}").get_next()
        assert found
        assert page.get_charbox(found[0] + 4)[2] < leaf.get_width()


def test_no_name_of_the_theme_is_one_of_mathematics(single):
    """The body imports all of the theme, and a formula would take its word for the theme's."""
    known = b"#metadata(dictionary(math).keys() + dictionary(sym).keys()) <names>"
    names = set(json.loads(typst.query(known, "<names>"))[0]["value"])
    theme = resources.files("sourcebook.render").joinpath("theme/report.typ").read_text(encoding="utf-8")
    ours = re.findall(r"^#let ([\w-]+)", theme, re.MULTILINE)
    ours += re.search(r"^#import look: (.*)$", theme, re.MULTILINE)[1].split(", ")
    assert names & set(ours) == set()
    text = r"$\mathsf{X}$, $\mathtt{t}$, ${\sf z}$, $\widehat{xyz}$, $\vec{AB}$, $a \qquad b$."
    (page,) = read_pages(single(text, "pdf")[0])
    assert "rgb" not in page
    assert "Sans" not in page
    assert re.search(
        r"\N{MATHEMATICAL SANS-SERIF ITALIC CAPITAL X}.*\N{MATHEMATICAL MONOSPACE SMALL T}", page
    )
    assert "\N{MATHEMATICAL ITALIC SMALL A}\N{MATHEMATICAL ITALIC SMALL B}" in page.replace(" ", "")
