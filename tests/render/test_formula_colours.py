"""Colours in formulas are those of the page and of print; what is lost of them is named."""

from __future__ import annotations

import re
import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from sourcebook.render.tex import rewrite


@pytest.fixture
def written(single, tmp_path):
    """The colours on the page, each with what has it, Typst's source, and the warnings."""

    def write(formula):
        _, warnings = single(f"Words ${formula}$.\n", "html", "typst", "pdf", "docx", out=tmp_path / "out")
        page = LexborHTMLParser((tmp_path / "out/one.html").read_text(encoding="utf-8"))
        coloured = [(node.attributes["mathcolor"], node.text()) for node in page.css("main mstyle")]
        (source,) = (tmp_path / "out").rglob("main.typ")
        return coloured, source.read_text(encoding="utf-8"), warnings

    return write


@pytest.mark.parametrize(
    ("formula", "coloured"),
    [
        (r"\color{red}{x}+y", [("#ff0000", "x")]),  # as in Jupyter
        (r"{\color{red} x+1} y", [("#ff0000", "x+1")]),  # as in LaTeX
        (r"\textcolor{blue}{y}^2", [("#0000ff", "y")]),
        (r"x_{\mathcolor{#00ff00}{2}}", [("#00ff00", "2")]),
        (r"\textcolor[rgb]{1,0,0.5}{f(a,b);c}", [("#ff0080", "f(a,b);c")]),
        (r"\textcolor[HTML]{FFA500}{x} \color[gray]{0.5}y", [("#ffa500", "x"), ("#808080", "y")]),
        (r"\color{red}{a\textcolor{blue}{b}}", [("#ff0000", "ab"), ("#0000ff", "b")]),
        (r"\begin{matrix}\color{red} a & b \\ c & d\end{matrix}", [("#ff0000", "a")]),
    ],
)
def test_colours_in_formulas_are_shown(written, formula, coloured):
    found, source, warnings = written(formula)
    assert found == coloured
    assert re.findall(r'text\(fill: #rgb\("(#\w{6})"\)', source) == [colour for colour, _ in coloured]
    assert warnings == []


@pytest.mark.parametrize(
    ("formula", "lost"),
    [
        (r"\color{nosuch}{x}", "nosuch"),
        (r"\textcolor[odd]{1}{x}", "1"),
        (r"\text{\textcolor{red}{x}}", "red"),
    ],
)
def test_colours_that_are_lost_are_named(written, formula, lost):
    found, source, warnings = written(formula)
    assert found == []
    assert "fill: #rgb" not in source
    (said,) = warnings
    assert said == f"one.qmd, line 1: a colour in a formula is left out (found {lost})"


@pytest.mark.parametrize(
    "part", [r"\color{red}", r"\color{red}{", r"\textcolor{red}{x}", r"{\color{red}", r"\color{red} x &"]
)
def test_colours_without_number_cost_nothing(part):
    start = time.process_time()
    assert rewrite(part * 1000)
    assert time.process_time() - start < 5
