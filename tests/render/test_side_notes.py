"""Citations and notes in the margin: numbered, short, beside or below the paragraph that has them."""

from __future__ import annotations

import pypdfium2
import pytest
from selectolax.lexbor import LexborHTMLParser

from sourcebook.render.document import div, para, text
from sourcebook.render.passes.side_notes import fill_beside

SOURCES = """\
references:
- {id: one, type: webpage, title: First words, publisher: An Agency, issued: 2025-06-17, custom: {reliability: B}}
- {id: two, type: webpage, title: Other words, publisher: An Agency, issued: 2024}
"""
TEXT = """\
---
title: A test
lang: en-GB
bibliography: sources.yaml
citation-location: margin
---

# One {#sec-one}

It was so [@one]; others doubt it [@two, p. 3]. It was so [@one], they say. And @two argues.^[A *note*.]

- An item [@one; @two].

| Word |
|------|
| Stays [@one] |

# Two

Doubt stands [x-01](#claim-x-01){.claim verdict="misleading"}.

Listed [x-01](#claim-x-01){.claim verdict="misleading"}, [x-02](#claim-x-02){.claim verdict="unproven"}.

[]{#claim-x-02}

::: {#claim-x-01 .claim-entry verdict="misleading"}
**x-01** [It is so.]{.claim-text}

The verdict.
:::

It was "signed" -- 'so' -- in 2023's spring with \\-\\-force... and `--force` [@two].
"""


@pytest.fixture(scope="module")
def noted(tmp_path_factory):
    from sourcebook.render.report import render_project

    root = tmp_path_factory.mktemp("noted")
    (root / "sources.yaml").write_text(SOURCES)
    (root / "one.qmd").write_text(TEXT)
    files = render_project(root / "one.qmd", ("html", "pdf", "md"), out=root / "out")
    return {path.suffix: path for path in files}


def test_notes_stand_beside_their_paragraph_on_the_page(noted):
    page = LexborHTMLParser(noted[".html"].read_text())
    beside = page.css(".noted")
    first = " ".join(beside[0].css_first("p").text().split())
    assert first == "It was so;1 others doubt it.2 It was so,1 they say. And ‘Other Words’ (2024) argues.3"
    notes = [" ".join(note.text().replace("\u00a0", " ").split()) for note in beside[0].css(".side-note")]
    assert notes == ["1 ‘First Words’ 2025 · B", "2 ‘Other Words’ 2024, 3", "3 A note."]
    assert [note.text().split()[0] for note in beside[1].css(".side-note")] == ["4"]
    assert "· B, –" in beside[1].text().replace("\u00a0", " ")
    for mark in page.css("[role=doc-noteref]"):
        assert page.css_first(mark.attributes["href"]) is not None
    assert page.css_first("#footnotes") is None
    assert "(‘First Words’ 2025)" in " ".join(page.css_first("td").text().split())


def test_notes_stand_in_the_outer_margin_of_the_pdf(noted):
    leaf = pypdfium2.PdfDocument(noted[".pdf"])[0]
    text = leaf.get_textpage()
    words = text.get_text_range()

    def place(of):
        left, bottom, _, _ = text.get_charbox(words.index(of))
        return left / 72 * 25.4, bottom

    left, height = place("It was so;")
    beside, beside_height = place("First Words’ 2025")
    assert beside > left + 120
    assert abs(height - beside_height) < 6


def test_a_verdict_stands_in_a_word_beside_the_paragraph(noted):
    leaf = pypdfium2.PdfDocument(noted[".pdf"])[0]
    words = leaf.get_textpage().get_text_range()
    left = leaf.get_textpage().get_charbox(words.index("misleading"))[0]
    assert words.count("misleading") == 1
    assert left / 72 * 25.4 > 145
    assert "unproven" not in words  # a line has no room for two


def test_marks_are_those_of_the_text(noted):
    words = "".join(leaf.get_textpage().get_text_range() for leaf in pypdfium2.PdfDocument(noted[".pdf"]))
    assert "“signed” – ‘so’ – in 2023’s spring with --force… and --force." in " ".join(words.split())


def test_other_formats_have_ordinary_notes(noted):
    text = noted[".md"].read_text()
    assert "It was so;[^1] others doubt it.[^2]" in text
    assert "[^1]: [‘First Words’ 2025](#ref-one)\u00a0·\u00a0B" in text


NOTES = " ".join(
    f"Word{n}.^[{word} that is long enough to take two lines.]" for n, word in enumerate("abcdef")
)


@pytest.mark.parametrize(
    ("between", "beside"),
    [
        ("## A heading\n\n", True),
        ("", True),
        ("| A table |\n|--|\n| 1 |\n\n", False),
        ("# A chapter\n\n", True),
    ],
)
def test_what_follows_comes_up_beside_notes_that_are_higher(tmp_path, between, beside):
    from sourcebook.render.report import render_project

    document = tmp_path / "notes.qmd"
    document.write_text(
        f"---\nreference-location: margin\n---\n\n{NOTES}\n\n{between}What follows.^[The last note.] It has\nwords.\n"
    )
    (made,) = render_project(document, ("pdf",))
    leaf = pypdfium2.PdfDocument(made)[0].get_textpage()
    words = leaf.get_text_range()
    places = [
        leaf.get_charbox(words.index(said))[1] for said in ("What follows", "f that is", "The last note")
    ]
    assert (places[0] > places[1]) == beside
    assert places[1] > places[2]


def test_a_note_stands_on_the_page_of_its_mark(tmp_path):
    from sourcebook.render.report import render_project

    line = "So many words fill a line of the text, and the next one too. "
    document = tmp_path / "notes.qmd"
    document.write_text(
        f"---\nreference-location: margin\n---\n\n{line * 50}\n\nHere.^[Early.] {line * 20}There.^[Late.] {line}"
        "And.^[Later.]\n"
    )
    (made,) = render_project(document, ("pdf",))
    pages = [leaf.get_textpage().get_text_range() for leaf in pypdfium2.PdfDocument(made)]
    assert len(pages) == 2
    for mark, note, number in (("Here.", "Early.", 0), ("There.", "Late.", 1), ("And.", "Later.", 1)):
        assert mark in pages[number]
        assert note in pages[number]


def test_no_line_ends_in_a_range(tmp_path):
    from sourcebook.render.report import render_project

    document = tmp_path / "ranges.qmd"
    document.write_text("\n\n".join(f"{'w' * n} " + "in 2015–19, " * 60 for n in range(1, 9)))
    (made,) = render_project(document, ("pdf",))
    words = "".join(leaf.get_textpage().get_text_range() for leaf in pypdfium2.PdfDocument(made))
    assert words.count("2015–19") == 8 * 60


def test_no_line_has_the_mark_of_a_claim_alone(tmp_path):
    from sourcebook.render.report import render_project

    mark = '[x-01](#claim-x-01){.claim verdict="misleading"}'
    document = tmp_path / "marks.qmd"
    paragraphs = (f"{'so ' * n}ends {mark},\n{mark}." for n in range(8, 24))
    document.write_text("\n\n".join(paragraphs) + "\n\n::: {#claim-x-01 .claim-entry}\nSaid.\n:::\n")
    (made,) = render_project(document, ("pdf",))
    lines = [
        line
        for leaf in pypdfium2.PdfDocument(made)
        for line in leaf.get_textpage().get_text_range().splitlines()
    ]
    assert "x-01 ◐, x-01 ◐." in " ".join(lines)
    assert not any(line.startswith("x-01 ◐, ") for line in lines)


def test_the_first_notes_are_as_near_to_a_heading_as_other_text(tmp_path):
    from sourcebook.render.report import render_project

    document = tmp_path / "near.qmd"
    document.write_text(
        "---\nreference-location: margin\n---\n\n### Head\n\nHere.^[A note.]\n\n### Host\n\nHigh.\n\nThird.\n"
    )
    (made,) = render_project(document, ("pdf",))
    leaf = pypdfium2.PdfDocument(made)[0].get_textpage()
    words = leaf.get_text_range()
    heights = [leaf.get_charbox(words.index(said))[1] for said in ("Head", "Here", "Host", "High")]
    assert heights[0] - heights[1] == pytest.approx(heights[2] - heights[3], abs=0.1)


def test_a_chapter_of_a_book_does_not_begin_beside_notes_of_the_one_before():
    notes = [div([para(text("words " * 20))], "", "side-note")] * 4
    noted = div([para(text("Said.")), div(notes, "", "side-notes", "beside")], "", "noted")
    heading = {"t": "Header", "c": [1, ["", [], []], text("Next")]}
    blocks = [noted, heading, para(text("More."))]
    assert fill_beside(blocks, lambda _: False, book=True) == blocks
    assert len(fill_beside(blocks, lambda _: False, book=False)) == 1
