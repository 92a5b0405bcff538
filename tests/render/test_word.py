"""Word documents that an office would take: styles, paper, page numbers, contents, tables that can be read."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from fontTools.ttLib import TTFont


@pytest.fixture(scope="module")
def word(book):
    with zipfile.ZipFile(book.folder / "book.docx") as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith((".xml", ".rels"))
        }


def style(word, name):
    return re.search(rf'<w:style [^>]*w:styleId="{name}">.*?</w:style>', word["word/styles.xml"])[0]


def words(xml):
    return re.sub("<[^>]+>", "", xml)


def test_the_contents_are_filled_and_lead_to_their_headings(word):
    document = word["word/document.xml"]
    entries = re.findall(r'<w:pStyle w:val="TOC\d"/>.*?<w:hyperlink w:anchor="([^"]+)".*?</w:p>', document)
    assert len(entries) > 5
    assert set(entries) <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', document))
    assert "1 Exhibits" in words(document.partition("TOCHeading")[2])[:400]


def test_pages_are_numbered_and_as_large_as_asked(word, single):
    assert 'w:pgSz w:w="11906" w:h="16838"' in word["word/document.xml"]
    assert " PAGE " in word["word/footer1.xml"]
    assert "footer1.xml" in word["word/_rels/document.xml.rels"]
    files, _ = single("---\nformat: {docx: {papersize: letter}}\n---\n\nWords.\n", "docx")
    with zipfile.ZipFile(files[0]) as archive:
        assert b'w:pgSz w:w="12240" w:h="15840"' in archive.read("word/document.xml")


def test_captions_stay_with_what_they_are_above(word):
    assert "<w:keepNext/>" in style(word, "Caption")
    assert re.search(r'<w:pStyle w:val="Caption" ?/>', word["word/document.xml"])


def test_what_stands_below_a_table_stays_with_it(word):
    document = word["word/document.xml"]
    assert re.search(r'w:val="TableKept" ?/>(?:(?!</w:tr>).)*</w:tr></w:tbl>', document, re.DOTALL)
    styles = {name: style(word, name) for name in ("TableKept", "SmallPrintKept")}
    assert [name for name, text in styles.items() if "<w:keepNext/>" not in text] == []


def test_no_row_of_a_table_stands_alone_at_an_end_of_a_page(word):
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", word["word/document.xml"], re.DOTALL)
    rows = [re.findall(r"<w:tr>.*?</w:tr>", table, re.DOTALL) for table in tables]
    bodies = [[row for row in table if "tblHeader" not in row] for table in rows]
    ends = [row for body in bodies for row in (body[0], *body[-2:])]
    assert len(ends) > 3
    assert [row for row in ends if 'w:val="TableKept"' not in row] == []


def test_the_answer_of_a_chapter_stands_by_a_bar(single):
    files, _ = single("::: {.lead}\nThe answer.\n:::\n", "docx")
    with zipfile.ZipFile(files[0]) as archive:
        document, styles = (archive.read(f"word/{name}.xml").decode() for name in ("document", "styles"))
    assert re.search(r'<w:pStyle w:val="Lead" ?/>(?:(?!</w:p>).)*The answer\.', document, re.DOTALL)
    assert "<w:pBdr><w:left " in style({"word/styles.xml": styles}, "Lead")


def test_a_chapter_of_a_book_begins_a_page_and_a_section_of_a_document_does_not(word, single):
    assert "<w:pageBreakBefore/>" in style(word, "Heading1")
    assert "<w:pageBreakBefore/>" not in style(word, "Heading2")
    files, _ = single("# One\n\nWords.\n", "docx")
    with zipfile.ZipFile(files[0]) as archive:
        assert b"pageBreakBefore" not in archive.read("word/styles.xml")


def test_what_stands_below_a_figure_stays_with_it(full):
    with zipfile.ZipFile(full.render("docx")[0]) as archive:
        document, styles = (archive.read(f"word/{name}.xml").decode() for name in ("document", "styles"))
    figure = re.search(
        r'w:val="(\w+)" ?/></w:pPr><w:r><w:drawing>(?:(?!<w:drawing>).)*Counted', document, re.DOTALL
    )
    assert re.search(rf'w:styleId="{figure[1]}"(?:(?!</w:style>).)*<w:keepNext ?/>', styles, re.DOTALL)


def test_a_book_carries_the_fonts_it_names(book, word, single):
    """What is in the archive is the font itself, once the 32 bytes that the key hides are shown."""
    relations = dict(re.findall(r'Id="(rId\d+)"[^>]*Target="([^"]+)"', word["word/_rels/fontTable.xml.rels"]))
    table = word["word/fontTable.xml"]
    found = {}
    with zipfile.ZipFile(book.folder / "book.docx") as archive:
        for family, cuts in re.findall(r'<w:font w:name="(Source[^"]+)">(.*?)</w:font>', table):
            for cut, relation, key in re.findall(r'embed(\w+) r:id="(\w+)" w:fontKey="{([^}]+)}"', cuts):
                body = archive.read(f"word/{relations[relation]}")
                mask = bytes.fromhex(key.replace("-", ""))[::-1] * 2
                shown = bytes(a ^ b for a, b in zip(body, mask, strict=False)) + body[32:]
                found[family, cut] = TTFont(io.BytesIO(shown))["name"].getDebugName(1)
    cuts = ("Regular", "Bold", "Italic")
    assert set(found) == {(f"Source {kind} Pro", cut) for kind in ("Serif", "Sans") for cut in cuts}
    assert all(family == name for (family, _), name in found.items())
    assert 'w:ascii="Source Serif Pro"' in word["word/styles.xml"]
    files, _ = single("Words.\n", "docx")
    assert files[0].stat().st_size < 50_000


def test_the_date_is_in_words(word):
    assert "22 November 2026" in words(word["word/document.xml"])[:300]


def test_claims_have_their_sign_and_columns_hold_their_longest_word(single):
    table = "| A | B |\n|-|----------|\n| incomprehensibilities | b |\n"
    entry = "::: {#claim-x-01 .claim-entry}\n**x-01** It is so.\n\nThe verdict.\n\n- evidence\n:::\n"
    files, _ = single(
        f'Said [x-01](#claim-x-01){{.claim verdict="misleading"}}.\n\n{table}\n: T {{tbl-colwidths="[5, 95]"}}\n\n{entry}',
        "docx",
    )
    with zipfile.ZipFile(files[0]) as archive:
        document = archive.read("word/document.xml").decode()
    assert "x\N{NON-BREAKING HYPHEN}01\u00a0◐" in words(document)
    assert document.count('<w:rStyle w:val="ClaimMark"') == 2
    one, other = map(int, re.findall(r'<w:gridCol w:w="(\d+)"', document))
    assert 0.2 < one / (one + other) < 0.5
    assert "<w:cantSplit/>" in document
    assert re.search(r'w:val="LedgerHead"[^>]*>.*?It is so', document)
    assert re.search(r'w:val="LedgerKept"(?:(?!<w:p>).)*The verdict', document)
    evidence = re.search(r"<w:p><w:pPr>((?:(?!</w:pPr>).)*)</w:pPr>(?:(?!<w:p>).)*>evidence<", document)[1]
    assert "LedgerEvidence" in evidence
    assert "<w:numPr>" in evidence


@pytest.mark.parametrize(("following", "spaced"), [("Words.", True), ("# A heading", False)])
def test_what_follows_a_table_keeps_its_distance(single, following, spaced):
    files, _ = single(f"| A |\n|---|\n| 1 |\n\n: Said {{#tbl-x}}\n\n{following}\n", "docx")
    document = zipfile.ZipFile(files[0]).read("word/document.xml").decode()
    assert ('<w:pStyle w:val="AfterTable"' in document) == spaced


def test_a_table_too_wide_for_the_page_is_cut(single):
    heads, row = [f"heading{n}" for n in range(24)], [f"words {n}" for n in range(24)]
    table = "\n".join(f"|{'|'.join(cells)}|" for cells in (heads, ["---"] * 24, row))
    files, _ = single(f"{table}\n\n: Wide {{#tbl-wide}}\n", "docx")
    document = zipfile.ZipFile(files[0]).read("word/document.xml").decode()
    grids = [grid.count("<w:gridCol") for grid in re.findall(r"<w:tblGrid>.*?</w:tblGrid>", document)]
    assert len(grids) > 1
    assert sum(grids) == 24
    assert max(grids) < 12
    assert document.count('w:name="tbl-wide"') == 1


@pytest.mark.parametrize(("numbered", "first"), [("", "A b"), ("number-sections: true\n", "1 A b")])
def test_the_contents_say_what_the_headings_say(single, numbered, first):
    sources = "references: [{id: one, type: book, title: A, author: [{family: One}], issued: 2020}]\n"
    front = f"---\ntitle: T\ntoc: true\n{numbered}{sources}---\n\n"
    files, _ = single(front + '## A *b*\n\n## "Q" [@one, p. 5]\n\ntext\n', "docx")
    with zipfile.ZipFile(files[0]) as archive:
        lines = re.findall(r'w:val="TOC\d"/>(.*?)</w:p>', archive.read("word/document.xml").decode())
    said = [re.sub(r"<w:instrText.*?</w:instrText>|<[^>]+>", "", line) for line in lines]
    assert said[0] == first
    assert said[1].endswith("\u201cQ\u201d (One 2020, 5)")


def test_a_wide_picture_is_as_wide_as_the_text(single):
    cell = "```{python}\n#| echo: false\nfrom PIL import Image\nImage.new('RGB', (2000, 200), 'red')\n```\n"
    with zipfile.ZipFile(single(cell, "docx")[0][0]) as archive:
        document = archive.read("word/document.xml").decode()
    assert int(re.search(r'<wp:extent cx="(\d+)"', document)[1]) / 36000 == pytest.approx(160, abs=1)
    assert 'distL="0" distR="0"' in document  # LibreOffice leaves an eighth of an inch otherwise


def test_a_tall_picture_fits_on_its_page(single):
    cell = "```{python}\n#| echo: false\nfrom PIL import Image\nImage.new('RGB', (200, 1200), 'red')\n```\n"
    with zipfile.ZipFile(single(cell, "docx")[0][0]) as archive:
        document = archive.read("word/document.xml").decode()
    width, height = map(int, re.search(r'<wp:extent cx="(\d+)" cy="(\d+)"', document).groups())
    assert height <= 9.01 * 914400
    assert height / width == pytest.approx(6, rel=0.01)
