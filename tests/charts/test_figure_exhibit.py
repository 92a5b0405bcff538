"""The figure exhibit: what it asks for, and what it does to the figure it is given."""

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from sourcebook.charts import ChartError, figure


@pytest.fixture
def subplots():
    fig, axes = plt.subplots()
    axes.plot([2019, 2020, 2021], [1.6, 2.2, 4.0])
    yield fig
    plt.close("all")


def test_an_author_s_own_figure_takes_the_house_style(subplots, frame, words):
    exhibit = figure(subplots, data=frame, sources="a;b", note="see *method*", **words)
    assert exhibit.sources == ("a", "b")
    assert exhibit.note == "see *method*"
    assert 'font-size="8px"' in exhibit.svg


def test_the_figure_is_taken_from_pyplot(subplots, frame, words):
    figure(subplots, data=frame, **words)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("title", "subtitle"), [("", "unit"), ("finding", " ")])
def test_title_and_subtitle_are_demanded(subplots, frame, title, subtitle):
    with pytest.raises(ChartError, match="needs a"):
        figure(subplots, title=title, subtitle=subtitle, data=frame)


def test_only_the_two_widths_of_the_page_are_taken(frame, words):
    fig, _ = plt.subplots(figsize=(5, 3))
    with pytest.raises(ChartError, match=r"5 in wide; expected 6\.3 in"):
        figure(fig, data=frame, **words)


def test_a_suptitle_is_refused(subplots, frame, words):
    subplots.suptitle("twice")
    with pytest.raises(ChartError, match="suptitle"):
        figure(subplots, data=frame, **words)


def test_data_become_plain_values(subplots, words):
    data = pd.DataFrame(
        {
            "day": pd.to_datetime(["2025-06-12", None]),
            "usd": pd.array([70.84, None], dtype="Float64"),
            "actors": [["Russia", "Iran"], []],
            "bold": [True, False],
        },
        index=pd.Index(["E1", "E2"], name="id"),
    )
    assert figure(subplots, data=data, **words).data == {
        "columns": ["id", "day", "usd", "actors", "bold"],
        "rows": [["E1", "2025-06-12", 70.84, "Russia;Iran", True], ["E2", None, None, "", False]],
    }


def test_infinite_data_are_refused(subplots, words):
    with pytest.raises(ChartError, match="infinite"):
        figure(subplots, data=pd.DataFrame({"x": [float("inf")]}), **words)


def test_a_dollar_sign_is_a_dollar_sign(subplots, frame):
    exhibit = figure(subplots, title="From $4 to $5", subtitle="US$", data=frame)
    assert "<strong>From $4 to $5</strong>" in exhibit._repr_mimebundle_()["text/html"]


@pytest.mark.slow
def test_jupyter_shows_the_exhibit_once_and_nothing_else():
    code = """
import matplotlib.pyplot as plt
import pandas as pd
from sourcebook.charts import figure
fig, axes = plt.subplots()
axes.plot([1, 2, 3])
figure(fig, title="Once", subtitle="number", data=pd.DataFrame({"x": [1]}))
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    [output] = NotebookClient(notebook, kernel_name="python3").execute().cells[0].outputs
    assert output.output_type == "execute_result"
    assert sorted(output.data) == [
        "application/vnd.sourcebook.exhibit+json",
        "image/svg+xml",
        "text/html",
        "text/plain",
    ]
