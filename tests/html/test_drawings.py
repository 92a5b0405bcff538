"""Drawings of other programs in the page."""

import json

import pytest

from sourcebook.render.report import render_project


@pytest.mark.parametrize(
    ("family", "width"), [("Times,serif", 223), ("Helvetica,sans-Serif", 241), ("Arial", 241)]
)
def test_words_of_drawings_keep_to_their_boxes_where_their_fonts_are_missing(
    tmp_path, browser, family, width
):
    words = "Wide label Measured by Times Metrics"
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="260pt" height="40pt" viewBox="0 0 260 40"><rect width="{width}" height="36"/>'
        f'<text text-anchor="middle" x="{width / 2}" y="20" font-family="{family}" font-size="14">{words}</text></svg>'
    )
    output = {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": drawing}}
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": "graph", "outputs": [output]}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "graph.ipynb").write_text(json.dumps(notebook))
    (path,) = render_project(tmp_path / "graph.ipynb", ["html"], execute=False, warn=lambda _: None)
    page = browser.new_page()
    page.goto(path.as_uri())
    drawn = page.evaluate(
        "document.fonts.ready.then(() => document.querySelector('main svg text').getBBox().width)"
    )
    page.close()
    assert drawn <= width
