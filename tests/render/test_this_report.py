"""The report of this repository itself: the same numbers in both outputs, a structure that can be read aloud."""

from __future__ import annotations

import re
from collections import Counter

import pikepdf
import pypdfium2
import pytest
from selectolax.lexbor import LexborHTMLParser

NAME = re.compile(
    r"(Figure|Table|Equation|Chapter|Section|Appendix)[\s\u00a0]((?:\d+|[A-Z])(?:\.\d+)*)(?![\w.]*\w)"
)


@pytest.fixture(scope="module")
def page(built_report):
    return LexborHTMLParser((built_report / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def leaves(built_report):
    document = pypdfium2.PdfDocument(built_report / "report.pdf")
    return [leaf.get_textpage().get_text_bounded() for leaf in document]


@pytest.fixture(scope="module")
def pdf(built_report):
    with pikepdf.open(built_report / "report.pdf") as opened:
        yield opened


def name_of(text):
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()


def walk(node):
    for child in node if isinstance(node, pikepdf.Array) else [node]:
        if isinstance(child, pikepdf.Dictionary):
            yield child
            if "/K" in child:
                yield from walk(child.K)


def kinds(pdf):
    return Counter(str(node.get("/S", "")) for node in walk(pdf.Root.StructTreeRoot.K))


def test_references_carry_the_same_numbers_in_both_outputs(page, leaves):
    in_html = {name_of(link.text()) for link in page.css("main .reference a")}
    in_pdf = {f"{kind} {number}" for kind, number in NAME.findall("\n".join(leaves))}
    assert len(in_html) > 60
    assert {name for name in in_html if NAME.fullmatch(name)} - in_pdf == set()
    shown = "\n".join(part.text(separator=" ") for part in page.css(".abstract, main"))
    said = {f"{kind} {number}" for kind, number in NAME.findall(shown)}
    assert in_pdf == said


def test_exhibits_and_headings_carry_the_same_numbers_in_both_outputs(page, leaves):
    text = re.sub(r"\s+", " ", " ".join(leaves).replace("\u00a0", " "))
    captions = [name_of(node.text()) for node in page.css("main figure.exhibit > figcaption")]
    numbered = [caption for caption in captions if NAME.match(caption)]
    assert len(numbered) > 40
    assert [caption[:40] for caption in numbered if caption[:40] not in text] == []
    headings = [name_of(node.text()) for node in page.css("main h2, main h3")]
    assert [heading for heading in headings if heading not in text] == []


def test_the_pdf_has_one_title_and_a_heading_for_each_of_the_pages(page, pdf):
    counts = kinds(pdf)
    assert counts["/H1"] == len(page.css("h1")) == 1
    assert counts["/H2"] == len(page.css("main h2")) + 2  # the contents, the list of exhibits
    assert counts["/H3"] == len(page.css("main h3"))


def test_every_table_of_the_pdf_has_header_cells(pdf):
    tables = [node for node in walk(pdf.Root.StructTreeRoot.K) if node.get("/S") == "/Table"]
    assert len(tables) > 20
    for table in tables:
        heads = [node for node in walk(table.K) if node.get("/S") == "/TH"]
        assert heads
        assert all(
            str(head.A[0].Scope if isinstance(head.A, pikepdf.Array) else head.A.Scope) == "/Column"
            for head in heads
        )


def test_every_figure_has_the_alternative_text_of_the_page(page, pdf):
    figures = [node for node in walk(pdf.Root.StructTreeRoot.K) if node.get("/S") == "/Figure"]
    spoken = {str(node.get("/Alt", "")) for node in figures}
    pictures = {node.attributes["aria-label"] for node in page.css("main figure.exhibit svg[aria-label]")}
    pictures |= {node.text() for node in page.css("main .chronology caption")}  # a table on the page
    assert len(pictures) > 20
    assert "" not in spoken
    assert pictures - spoken == set()


def test_data_and_chapters_can_be_read_out_of_the_pdf(pdf, repository):
    names = set(pdf.attachments)
    assert {"data/claims.csv", "data/sources.yaml", "notebooks/05-oil.ipynb", "manifest.json"} <= names
    for name in names - {"manifest.json"}:
        assert pdf.attachments[name].get_file().read_bytes() == (repository / name).read_bytes(), name


def read_fill(leaf):
    """How far down the text of a page reaches, from 0 to 1."""
    top, bottom = leaf.get_height() - 76.5, 76.5
    words = leaf.get_textpage()
    lows = [words.get_rect(number)[1] for number in range(words.count_rects())]
    pictures = [pypdfium2.raw.FPDF_PAGEOBJ_FORM, pypdfium2.raw.FPDF_PAGEOBJ_PATH]
    lows += [thing.get_bounds()[1] for thing in leaf.get_objects(pictures)]
    return (top - min((low for low in lows if bottom - 3 < low < top), default=top)) / (top - bottom)


def test_pages_are_filled_but_for_the_ends_of_chapters(built_report):
    document = pypdfium2.PdfDocument(built_report / "report.pdf")
    heads = [leaf.get_textpage().get_text_range().split("\r\n")[0] for leaf in document]
    opens = [
        page
        for page, head in enumerate(heads)
        if "how far does russia support" not in head.lower() and page > 0
    ]
    ends = {page - 1 for page in opens} | {len(document) - 1}
    thin = {
        page + 1: round(fill, 2)
        for page, leaf in enumerate(document)
        if (fill := read_fill(leaf)) < 0.45 and page not in ends
    }
    assert thin == {}


FAULTS = {
    "straight quote": r"""["']""",
    "prime for a quote": "[′″]",
    "quote turned the wrong way": r"[\w)\]]‘|[\w)\]]“|[\s(]”|\(’",
    "two spaces": r"\S  +\S",
    "break before punctuation": r"\n(?:[,;:.!’”]|\)(?! \(\d+\)))(?=\s)",  # but the bracket of a numbered equation
}


def test_the_pdf_has_no_typographic_faults(leaves):
    text = "\n".join(leaves).replace("\r", "")
    assert len(text) > 100_000
    found = {name: re.findall(rf".{{0,20}}(?:{fault}).{{0,12}}", text) for name, fault in FAULTS.items()}
    assert {name: hits for name, hits in found.items() if hits} == {}
