"""Widths of columns that a table, a Div around it, a cell or a chapter asks for."""

from __future__ import annotations

import pytest
from pypdfium2 import PdfDocument
from selectolax.lexbor import LexborHTMLParser

TABLE = "| a | b |\n|---|---|\n| 1 | {} |\n\n"
LONG = "| a | b |\n|------------|--------|\n| " + "word " * 20 + "| {} |\n\n"
FRAME = '#| echo: false\nimport pandas as pd\npd.DataFrame({"b": [1]}, index=[2])\n```\n'


def widths_of(files) -> list[str | None]:
    page = LexborHTMLParser(files[0].read_text(encoding="utf-8"))
    return [col.attributes["style"].removeprefix("width: ") for col in page.css("main col")]


@pytest.mark.parametrize(
    ("front", "text", "widths"),
    [
        ("", TABLE + ': C {tbl-colwidths="[20,30]"}\n', ["20%", "30%"]),
        ("", TABLE + ': C {tbl-colwidths="[80]"}\n', ["50%", "50%"]),
        ("tbl-colwidths: [20, 80]", TABLE, ["20%", "80%"]),
        ("tbl-colwidths: [20, 80]", TABLE + ': C {tbl-colwidths="false"}\n', []),
        ("tbl-colwidths: false", LONG, []),
        ("tbl-colwidths: true", LONG, ["60%", "40%"]),
        ("tbl-colwidths: auto", LONG, ["60%", "40%"]),
        ("tbl-colwidths: auto", LONG.replace("{}", "[x](https://example.org)"), []),
        (
            "",
            f'::: {{tbl-colwidths="[10,90]"}}\n{TABLE}::: {{tbl-colwidths="[30,70]"}}\n{TABLE}:::\n:::\n',
            ["10%", "90%", "30%", "70%"],
        ),
        ("", "```{python}\n#| tbl-colwidths: [10, 20]\n" + FRAME, ["10%", "20%"]),
        ("", "```{python}\n#| tbl-cap: C\n#| tbl-colwidths: [10, 20]\n" + FRAME, ["10%", "20%"]),
    ],
)
def test_the_nearest_wish_holds(single, front, text, widths):
    files, warnings = single(f"---\ntitle: T\n{front}\n---\n\n{text}")
    assert widths_of(files) == widths
    assert not warnings


def test_tables_with_and_without_a_label_keep_their_order_in_print(single):
    captions = [
        ': First {#tbl-a tbl-colwidths="[30,70]"}',
        ": Second {#tbl-b tbl-colwidths=[30,70]}",
        ": Third {tbl-colwidths=[30,70]}",
    ]
    text = "".join(f"{TABLE}{caption}\n\n" for caption in captions)
    files, warnings = single(f"---\ntitle: T\n---\n\n{text}See @tbl-b.\n", "html", "pdf")
    assert widths_of(files) == ["30%", "70%"] * 3
    words = PdfDocument(files[1])[0].get_textpage().get_text_bounded().replace("\u00a0", " ")
    places = [words.index(part) for part in ("Table 1. First", "Table 2. Second", "Third", "See Table 2")]
    assert places == sorted(places)
    assert not warnings


@pytest.mark.parametrize(
    ("front", "text", "where"),
    [
        ("", TABLE + ': C {tbl-colwidths="[20,x]"}\n', "one.qmd, line 10"),
        ("", '::: {tbl-colwidths="wide"}\n' + TABLE + ":::\n", "one.qmd, line 6"),
        ("tbl-colwidths: [-1, 2]", TABLE, "one.qmd, line 3"),
    ],
)
def test_what_is_no_width_is_named(single, front, text, where):
    files, warnings = single(f"---\ntitle: T\n{front}\n---\n\n{text}")
    assert widths_of(files) == []
    (said,) = warnings
    assert said.startswith(where)
    assert "'tbl-colwidths' is no list of widths" in said
