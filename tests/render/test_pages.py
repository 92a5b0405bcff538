"""The PDF: both standards, structure, attachments, paper."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import page
import pikepdf
import pypdfium2
import pytest

from sourcebook.render.document import plain_text, text
from sourcebook.render.passes.exhibits import Exhibit

PUBLISHED = Path(__file__).parents[2] / "report" / "output" / "report.pdf"
FALSE_ALARM = "PDFA3A-STREAM-LENGTH-001"


def failures(path, profile) -> list[str]:
    """Failed rules; a stream whose data happens to end in a carriage return is counted out once its length is proven."""
    found = [
        failure["rule_id"] for failure in page.validate_pdf(str(path), profile=profile).to_dict()["failures"]
    ]
    return [rule for rule in found if rule != FALSE_ALARM or not lengths_are_right(path)]


def lengths_are_right(path) -> bool:
    """Whether each stream ends where its /Length says, and one does end in the byte that raises the false alarm."""
    body, position, last = path.read_bytes(), 0, []
    header = re.compile(
        rb"\d+ 0 obj\s*<<(?:(?!endobj).)*?/Length (\d+)(?:(?!endobj).)*?>>\s*stream\r?\n", re.DOTALL
    )
    while match := header.search(body, position):
        position = match.end() + int(match.group(1))
        if not re.match(rb"\r?\n?endstream", body[position : position + 11]):
            return False
        last.append(body[position - 1 : position])
    return b"\r" in last


def structure(path) -> tuple[Counter, list]:
    """How often each structure type occurs, and the figures and formulas without alternative text."""
    counts: Counter = Counter()
    silent = []

    def walk(node) -> None:
        for child in node if isinstance(node, pikepdf.Array) else [node]:
            if isinstance(child, pikepdf.Dictionary):
                kind = str(child.get("/S", ""))
                counts[kind] += 1
                if kind in ("/Figure", "/Formula") and not str(child.get("/Alt", "")):
                    silent.append(kind)
                if "/K" in child:
                    walk(child.K)

    with pikepdf.open(path) as pdf:
        walk(pdf.Root.StructTreeRoot.K)
    return counts, silent


@pytest.mark.parametrize("profile", ["PDF_UA_1", "PDF_A_3A"])
def test_the_book_meets_the_standard(book, profile):
    assert failures(book.folder / "book.pdf", getattr(page.ValidationProfile, profile)) == []


@pytest.mark.parametrize("profile", ["PDF_UA_1", "PDF_A_3A"])
def test_the_published_report_meets_the_standard(profile):
    assert failures(PUBLISHED, getattr(page.ValidationProfile, profile)) == []


def test_the_published_report_has_one_title_and_alternative_texts():
    counts, silent = structure(PUBLISHED)
    pictures = list((PUBLISHED.parent / "exhibits").glob("*.svg"))
    assert counts["/H1"] == 1
    assert counts["/Figure"] >= len(pictures) > 0
    assert silent == []


def test_the_structure_has_one_title_headings_tables_and_alternative_texts(book):
    counts, silent = structure(book.folder / "book.pdf")
    assert counts["/H1"] == 1
    assert counts["/H2"] == 8  # the contents, a part, five chapters and the exhibits
    assert counts["/Table"] == counts["/THead"] == 8
    assert counts["/TH"] >= 30
    assert counts["/Figure"] >= 14
    assert silent == []


def test_chapters_are_bookmarks(book):
    with pikepdf.open(book.folder / "book.pdf") as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root][1:5] == ["Reading guide", "1 Exhibits", "Text", "2 Text"]


def test_its_date_is_that_of_the_edition(book):
    with pikepdf.open(book.folder / "book.pdf") as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261122")


def test_language_and_title_are_said(book):
    with pikepdf.open(book.folder / "book.pdf") as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo["/Title"]) == "Every word of the dialect: a test"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)


def test_chapters_data_and_settings_are_attached(book):
    with pikepdf.open(book.folder / "book.pdf") as pdf:
        assert "chapters/exhibits.qmd" in pdf.attachments
        carried = pdf.attachments["data/sources.yaml"].get_file().read_bytes()
    assert carried == (book.folder.parent / "data" / "sources.yaml").read_bytes()


def test_exhibits_are_listed_with_their_pages(book):
    contents = " ".join(book.pages[-1].split())
    assert re.search(r"Figure 1 A bar of 42 units\W*\d", contents)
    assert re.search(r"Tab\. 6 A model\W*\d", contents)


@pytest.mark.parametrize(
    ("caption", "listed"),
    [
        ("It held. Rows by year.", "It held"),
        ("Of 40 items 30 % held. By year", "Of 40 items 30 % held"),
        (
            "As Smith et al. Have it, no. Four of St. Petersburg",
            "As Smith et al. Have it, no. Four of St. Petersburg",
        ),
        ("One sentence.", "One sentence."),
    ],
)
def test_the_list_has_the_first_sentence_of_a_caption(caption, listed):
    assert plain_text(Exhibit("tbl-x", "tbl", "Table 1", text(caption), []).headline) == listed


@pytest.mark.parametrize(
    ("caption", "data", "head"),
    [
        ("Roads grew. Roads by town.", {"town": ["A"]}, "**Roads grew** Roads by town."),
        ("Roads by town.", {"town": ["A"]}, "Roads by town."),
        ("Roads grew. Roads by town.", {}, "Roads grew. Roads by town."),
    ],
)
def test_the_first_of_several_sentences_over_a_table_of_ours_is_its_finding(caption, data, head):
    """Anybody else's caption stands as it was written."""
    exhibit = Exhibit("tbl-a", "tbl", "Table 1.", text(caption), [], data=data)
    words = (
        f"**{plain_text([node])}**" if node["t"] == "Strong" else plain_text([node]) for node in exhibit.head
    )
    assert "".join(words) == head


def test_listed_pages_are_those_where_exhibits_stand(book):
    """A picture floats away from the words it was written among."""
    contents = " ".join(book.pages[-1].split())
    found = {}
    for name, title in (
        ("Figure 1", "A bar of 42 units"),
        ("Figure 4", "Three in a layout"),
        ("Tab. 6", "A model"),
        ("Figure 8", "Embedded from another notebook"),
    ):
        listed = int(re.search(rf"{re.escape(name)} {re.escape(title)}\.? (\d+)", contents).group(1))
        found[name] = (
            listed,
            [n for n, text in enumerate(book.pages, 1) if f"{name}. {title}" in " ".join(text.split())],
        )
    assert found == {name: (page, [page]) for name, (page, _) in found.items()}


def test_paper_may_be_us_letter(single):
    files, _ = single("---\nformat: {typst: {papersize: us-letter}}\n---\n\nWords.\n", "pdf")
    (leaf,) = pypdfium2.PdfDocument(files[0])
    assert (round(leaf.get_width()), round(leaf.get_height())) == (612, 792)


def test_long_tables_repeat_their_header(single):
    rows = "\n".join(f"| row {n} | {n} |" for n in range(120))
    files, _ = single(f"| Word | Number |\n|---|---|\n{rows}\n\n: Long {{#tbl-long}}\n", "pdf")
    leaves = [leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(files[0])]
    assert len(leaves) > 2
    assert all("Word" in leaf for leaf in leaves[:3])
