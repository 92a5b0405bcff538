"""A note within a note is printed, with the number that its place gives it, in every format."""

from __future__ import annotations

import re
import zipfile

import pypdfium2
from selectolax.lexbor import LexborHTMLParser

NESTED = """\
Nested^[outer [^in] x^[second *in*^[deep]]]. Last^[z].

[^in]: INNER
"""


def test_the_page_has_each_note_and_marks_where_they_were_noted(single):
    files, _ = single(NESTED, "html")
    page = LexborHTMLParser(files[0].read_text(encoding="utf-8"))
    notes = {node.attributes["id"]: node.text().strip(" \n↩︎") for node in page.css("#footnotes li")}
    assert notes == {"fn1": "outer 2 x3", "fn2": "INNER", "fn3": "second in4", "fn4": "deep", "fn5": "z"}
    assert page.css_first("main p").text() == "Nested1. Last5."
    assert page.css_first("#fn1 #fnref2").attributes["href"] == "#fn2"
    assert "of note" not in page.css_first("main").html


def test_two_chapters_number_their_notes_through(folder):
    for name in ("one", "two"):
        folder.add(f"{name}.qmd", f"# {name}\n\nWords^[outer {name}^[inner {name}]].")
    page = LexborHTMLParser(folder.render("html")[0].read_text(encoding="utf-8"))
    notes = [node.text().strip(" \n↩︎") for node in page.css("#footnotes li")]
    assert notes == ["outer one2", "inner one", "outer two4", "inner two"]


def test_markdown_and_quarto_markdown_define_every_mark(single):
    for form in ("md", "qmd"):
        files, _ = single(NESTED, form)
        text = files[0].read_text(encoding="utf-8")
        assert "Nested[^1]. Last[^5]." in text
        assert "[^1]: outer [^2] x[^3]" in text
        assert "[^2]: INNER" in text
        assert "[^3]: second *in*[^4]" in text
        assert "<!--" not in text


def test_print_has_the_same_numbers(single):
    files, _ = single(NESTED, "pdf")
    said = pypdfium2.PdfDocument(files[0])[0].get_textpage().get_text_bounded()
    assert re.search(r"2\s*INNER", said)
    assert re.search(r"5\s*z", said)


def test_every_mark_of_a_word_document_has_its_note(single):
    files, _ = single(NESTED, "docx")
    with zipfile.ZipFile(files[0]) as word:
        text, notes = (word.read(f"word/{name}.xml").decode() for name in ("document", "footnotes"))
    marks = re.findall(r'<w:footnoteReference w:id="(\d+)"', text + notes)
    assert len(marks) == 5
    assert set(marks) <= set(re.findall(r'<w:footnote w:id="(\d+)"', notes))
    assert "INNER" in notes
