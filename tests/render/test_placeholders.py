"""Outputs join the tree at their placeholders, their texts as pandoc reads them."""

from __future__ import annotations

from sourcebook.render.document import attributes, is_div, iterate, plain_text
from sourcebook.render.export.nodes import Figure, Float, Prose, Table, Text
from sourcebook.render.export.placeholders import Placed, mark_output, write_texts
from sourcebook.render.passes.join import join_outputs
from sourcebook.render.tools import read_markdown

TEXTS = [
    "", "1950", "3.5", "12 %", "61 % hold", "a-b", "a--b", "a - b", "- a", "(a) b", "a) b", "a (b) c", "1. one", "1.", "Mr. X", "e.g. this",
    "e.g", "So. And so", "it's", "a’s", "“said”", "\\(escaped\\)", "1\\. one", "\\- no item", "\\*plain\\* \\_x\\_", "*one* two", "x: y",
    "see :smile:", "−3", "2020–2024", "a, b; c/d", "≈ 5 000", "Zażółć", "two  spaces", " first", "last ", "# head", "| a |", "> quote",
    "a_b", "x^2^", "[@agency25]", "see @fig-x", "$a$", "`code`", "a\nb", "https://example.org/x", "50%", "% title", "5 \\%", "...", "a…b",
    "\\\\", "100,000", "(1) x", "A. B", "i) x", "ab12) x", "Ü) x", "§ 5", "a & b", "&amp;", "<b>", "x\\", "～ a",
]  # fmt: skip


def join(markdown: str, *outputs, marks: str | None = None) -> list:
    placed = {f"k{n}": Placed("cell 1", output) for n, output in enumerate(outputs)}
    marks = "".join(map(mark_output, placed)) if marks is None else marks
    document, said = read_markdown(markdown + marks + write_texts(placed.values()), str)
    assert not said
    return join_outputs(document["blocks"], placed)


def test_every_text_is_what_pandoc_reads_in_it():
    divs = "".join(f"::: {{.one}}\n\n{text}\n\n:::\n\n" for text in TEXTS)
    read, _ = read_markdown(divs, str)
    joined = join("", *(Float([], caption=text) for text in TEXTS))
    captions = [node["c"][1] for node in iterate(joined) if is_div(node, "caption")]
    expected = [node["c"][1] for node in iterate(read["blocks"]) if is_div(node, "one")]
    assert captions == expected[1:]  # the first one has no caption at all


def test_plain_words_are_not_given_to_pandoc():
    table = Table("k", columns=({"label": "a"}, {"label": "b"}), rows=(("1950", "a (b) c"), ("\\*x", "*y*")))
    texts = write_texts([Placed("cell 1", table)])
    assert texts.count(":::::::::") == 2
    assert "*y*" in texts


def test_outputs_stand_where_their_placeholders_stand():
    outputs = [
        Text("printed"),
        Float([Figure("key", notes=("A *note*.",), sources=("a", "b"))], "fig-x", "Cap."),
    ]
    joined = join(
        "Before\n\n::: {.box}" + mark_output("k0") + ":::\n\nAmid" + mark_output("k1") + "After",
        *outputs,
        marks="",
    )
    assert [node["t"] for node in joined] == ["Para", "Div", "Para", "Div", "Para"]
    assert joined[1]["c"][1] == [{"t": "CodeBlock", "c": [["", ["cell-output"], []], "printed"]}]
    label, classes, pairs = attributes(joined[3])
    assert (label, classes, pairs) == ("fig-x", ["exhibit"], {"payload": "key"})
    assert [node["c"][0][1][0] for node in joined[3]["c"][1]] == ["caption", "note", "source"]
    (cite,) = [node for node in iterate(joined) if node["t"] == "Cite"]
    assert [one["citationId"] for one in cite["c"][0]] == ["a", "b"]


def test_texts_know_the_rest_of_their_chapter():
    joined = join(
        "[link]: https://example.org\n\n[^n]: Of it.\n\n",
        Float([Prose("A [link] and a note[^n].")], caption="C"),
    )
    assert {"Link", "Note"} <= {node["t"] for node in iterate(joined)}


def test_citations_are_counted_where_they_stand():
    joined = join("One [@a]." + mark_output("k0") + "Two [@b].", Float([], caption="See [@c]."), marks="")
    cites = [node["c"][0][0] for node in iterate(joined) if node["t"] == "Cite"]
    assert [(one["citationId"], one["citationNoteNum"]) for one in cites] == [("a", 1), ("c", 2), ("b", 3)]


def test_a_text_with_an_open_div_leaves_the_others_alone():
    outputs = [Float([], caption="::: {.open}\nfirst"), Float([], caption="*second*")]
    placed = {f"k{n}": Placed("cell 1", output) for n, output in enumerate(outputs)}
    markdown = "".join(map(mark_output, placed)) + write_texts(placed.values())
    document, said = read_markdown(markdown, str)
    assert len(said) == 1
    joined = join_outputs(document["blocks"], placed)
    captions = [plain_text(node["c"][1]).split() for node in iterate(joined) if is_div(node, "caption")]
    assert captions == [["first"], ["second"]]


def test_a_text_used_twice_is_read_once_and_never_shared():
    joined = join("", Float([], caption="*Same*"), Float([], caption="*Same*"))
    first, second = (node for node in iterate(joined) if is_div(node, "caption"))
    assert first == second
    assert plain_text(first["c"][1]) == "Same"
    assert first["c"][1][0] is not second["c"][1][0]


def test_a_class_of_the_reports_own_parts_is_told_of_when_it_is_taken(single):
    files, warnings = single("::: {.exhibit .mine}\nWords.\n:::\n\nA [word]{.pad digits=0}.\n")
    assert [one.partition(" (")[0] for one in warnings if "class" in one] == [
        f"one.qmd, line {line}: a class that only the report's own parts have is taken out" for line in (1, 5)
    ]
    assert 'class="mine"' in files[0].read_text()
