"""Lines of text in published pictures keep their width whatever font shows them."""

import re

import pandas as pd
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from sourcebook.charts import bars, use_style
from sourcebook.charts.style import FAMILY
from sourcebook.render.formats.text_widths import hold_widths

TEXT = re.compile(r"<text ([^>]*)>([^<]+)</text>")
SIZE = re.compile(r'font-size="([\d.]+)px"')


@pytest.fixture(scope="module")
def picture():
    use_style()
    frame = pd.DataFrame({"town": ["Northtown", "South & East"], "tolls": [7.5, 1234.0]})
    return bars(
        frame,
        category="town",
        value="tolls",
        title="Tolls differ by town",
        subtitle="Tolls, crowns",
        sources=[],
    ).svg


def test_every_line_has_the_width_of_our_font(picture):
    held = hold_widths("exhibits/fig-tolls.svg", picture.encode()).decode()
    lines = [match for match in TEXT.findall(held) if len(match[1]) > 1]
    assert len(lines) > 3
    usual = SIZE.search(re.search(r"<svg[^>]*>", held)[0])
    for attributes, words in lines:
        size = (SIZE.search(attributes) or usual)[1]
        length = float(re.search(r'textLength="([\d.]+)"', attributes)[1])
        weight = re.search(r'font-weight="(\d+)"', attributes)
        face = FontProperties(family=FAMILY, weight=int(weight[1]) if weight else 400)
        drawn = TextPath((0, 0), words.replace("&amp;", "&"), size=float(size), prop=face).get_extents().width
        assert length == pytest.approx(drawn, rel=0.05, abs=1)
    assert re.sub(r' textLength="[^"]*" lengthAdjust="[^"]*"', "", held) == picture


def test_it_is_done_once_and_to_pictures_only(picture):
    once = hold_widths("a.svg", picture.encode())
    assert hold_widths("a.svg", once) == once
    assert hold_widths("a.csv", picture.encode()) == picture.encode()


def test_a_line_with_a_sign_of_another_font_is_left_alone():
    line = '<text font-size="8px" x="0">\u4e16\u754c</text>'.encode()
    assert hold_widths("a.svg", line) == line
