"""SVG that is the same everywhere, small, and at home in a page with others."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from sourcebook.charts import bars
from sourcebook.charts.svg import clean, draw

SCRIPT = """
import hashlib, pandas as pd
from sourcebook.charts import bars, lines
frame = pd.DataFrame({"verdict": ["accurate", "outdated", "pending"], "n": [3, 2, 1]})
days = pd.DataFrame({"day": ["2025-06-12", "2025-06-13"], "usd": [70.84, 76.0]})
one = bars(frame, category="verdict", value="n", series="verdict", stacked=True, title="One", subtitle="number")
two = lines(days, x="day", y="usd", events=[("2025-06-13", "War")], title="Two", subtitle="dollars")
print(hashlib.sha256((one.svg + two.svg).encode()).hexdigest())
"""


def colours(svg: str) -> set[str]:
    return {found.removeprefix("#") for found in re.findall(r'#[0-9a-f]{6}(?=")', svg)}


def run(**environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.slow
def test_bytes_do_not_depend_on_process_hash_seed_zone_or_backend():
    one = run(PYTHONHASHSEED="1", TZ="UTC", MPLBACKEND="agg", LC_ALL="C")
    two = run(PYTHONHASHSEED="2", TZ="Asia/Tehran", MPLBACKEND="svg", LC_ALL="C.UTF-8")
    assert len(one) == 65
    assert one == two


def test_settings_of_the_notebook_do_not_change_a_form(form, frame):
    import matplotlib as mpl

    expected = form(frame).svg
    with mpl.rc_context(
        {"font.size": 20, "axes.facecolor": "red", "svg.fonttype": "path", "lines.marker": "o"}
    ):
        assert form(frame).svg == expected


def test_svg_can_be_put_into_a_page_as_it_is(form, frame):
    svg = form(frame).svg
    assert svg.startswith("<svg ")
    assert "<style" not in svg
    assert "style=" not in svg
    assert "<metadata" not in svg
    assert "xlink" not in svg


def test_text_stays_text_in_our_font(form, frame):
    root = ElementTree.fromstring(form(frame).svg)
    assert root.attrib["font-family"].startswith("'Source Sans Pro'")
    assert not [node for node in root.iter() if node is not root and "font-family" in node.attrib]
    assert {
        float(n.attrib["font-size"].removesuffix("px")) for n in root.iter() if "font-size" in n.attrib
    } <= {
        7.5,
        8.0,
        8.5,
        11.0,
    }


def test_only_used_ids_remain_and_two_figures_share_none(form, frame):
    one, two = form(frame).svg, form(frame.assign(value=frame["value"] * 2)).svg
    for svg in (one, two):
        assert set(re.findall(r' id="([^"]+)"', svg)) == set(re.findall(r'#([^")]+)[")]', svg)) - colours(svg)
    assert not set(re.findall(r' id="([^"]+)"', one)) & set(re.findall(r' id="([^"]+)"', two))


def test_cleaning_rounds_and_drops_what_nobody_needs():
    raw = '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" version="1.1"><g id="a"><g><path id="b" d="M 1.23456 -0.0001 L 2 3" style="fill: #000000; stroke-linejoin: miter"/></g></g></svg>'
    assert '<path d="M1.23 0 2 3" fill="#000000"/>' in clean(raw, "x-")
    assert 'id="' not in clean(raw, "x-")


def test_a_stacked_chart_of_all_verdicts_stays_small(words):
    import pandas as pd

    from sourcebook.charts import VERDICTS

    frame = pd.DataFrame(
        [(s, v, 3) for s in "abcdefghijk" for v in VERDICTS], columns=["section", "verdict", "n"]
    )
    exhibit = bars(frame, category="section", value="n", series="verdict", stacked=True, **words)
    assert len(exhibit.svg) < 80_000


def test_drawing_notes_where_each_line_of_text_stands():
    from sourcebook.charts.sheet import Sheet

    sheet = Sheet(200, 100)
    told = sheet.write(10, 50, ["one", "two"])
    _, boxes = draw(sheet.drawing, "salt")
    assert [box.text for box in boxes] == ["one", "two"]
    assert told[0] <= boxes[0].left < boxes[0].right <= told[2] + 0.5
    assert told[1] - 1 <= boxes[0].top < boxes[1].bottom <= told[3] + 2
