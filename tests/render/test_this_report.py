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
    said = {f"{kind} {number}" for kind, number in NAME.findall(page.css_first("main").text())}
    assert in_pdf == said


def test_exhibits_and_headings_carry_the_same_numbers_in_both_outputs(page, leaves):
    text = re.sub(r"\s+", " ", " ".join(leaves).replace("\u00a0", " "))
    captions = [name_of(node.text()) for node in page.css("main figure.exhibit > figcaption")]
    numbered = [caption for caption in captions if NAME.match(caption)]
    assert len(numbered) > 70
    assert [caption[:40] for caption in numbered if caption[:40] not in text] == []
    headings = [name_of(node.text()) for node in page.css("main h2, main h3")]
    assert [heading for heading in headings if heading not in text] == []


def test_the_pdf_has_one_title_and_a_heading_for_each_of_the_pages(page, pdf):
    counts = kinds(pdf)
    assert counts["/H1"] == len(page.css("h1")) == 1
    assert counts["/H2"] == len(page.css("main h2")) + 1  # the contents
    assert counts["/H3"] == len(page.css("main h3"))


def test_every_table_of_the_pdf_has_header_cells(pdf):
    tables = [node for node in walk(pdf.Root.StructTreeRoot.K) if node.get("/S") == "/Table"]
    assert len(tables) > 30
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
