"""Charts of Plotly, Bokeh and Altair in a browser: drawn by their libraries where they are trusted, and nothing is asked for."""

import json
import re

import pytest

from sourcebook.render.report import render_project

CELLS = [
    """
import plotly.graph_objects as go
go.Figure(go.Bar(x=["Iran", "Russia"], y=[1, 2])).show()
""",
    """
import plotly.graph_objects as go
from IPython.display import HTML
HTML(go.Figure(go.Scatter(y=[1, 2])).to_html(include_plotlyjs="cdn", full_html=False))
""",
    """
from bokeh.io import output_notebook, show
from bokeh.plotting import figure
output_notebook(hide_banner=True)
""",
    """
plot = figure(width=300, height=200)
plot.line([1, 2], [3, 4])
show(plot)
""",
    """
spec = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "mark": "bar", "data": {"values": [{"a": 1}]},
        "encoding": {"x": {"field": "a", "type": "quantitative"}}, "title": "Of Altair"}
display({"application/vnd.vegalite.v6+json": spec}, raw=True)
""",
]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    root = tmp_path_factory.mktemp("live")
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "execution_count": None,
            "metadata": {},
            "source": text.strip(),
            "outputs": [],
        }
        for number, text in enumerate(CELLS)
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "charts.ipynb").write_text(json.dumps(notebook))
    (path,) = render_project(root / "charts.ipynb", ["html"], trust=True, warn=lambda _: None)
    return path


@pytest.fixture(scope="module")
def page(written, browser):
    """The page with all of them, and what it asked for or complained of."""
    context = browser.new_context()
    page, asked = context.new_page(), []
    page.on("console", lambda said: asked.append(said.text) if said.type == "error" else None)
    context.route(
        re.compile("^(?!file:|data:|blob:)"), lambda route: (asked.append(route.request.url), route.abort())
    )
    page.goto(written.as_uri())
    yield page, asked
    context.close()


@pytest.mark.parametrize(
    ("drawn", "count"),
    [
        ("main .js-plotly-plot .subplot.xy", 2),
        ("main .bk-Figure", 1),
        ("main .vega-embed :is(svg, canvas)", 1),
    ],
)
def test_charts_are_drawn_by_their_libraries(page, drawn, count):
    page[0].wait_for_selector(drawn, state="attached")
    assert page[0].locator(drawn).count() == count


def test_they_ask_for_nothing(page):
    page[0].wait_for_load_state("networkidle")
    assert page[1] == []
    assert "default-src 'none'" in page[0].locator(
        "meta[http-equiv='Content-Security-Policy']"
    ).get_attribute("content")
