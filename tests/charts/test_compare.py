"""Forms that set things side by side: ranges, matrix, distribution, tornado, strip, slope."""

import re

import pandas as pd
import pytest

from sourcebook.charts import HALF_WIDTH, ChartError, distribution, matrix, ranges, slope, strip, tornado


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_every_reporter_of_a_range_is_written_with_its_figure(words):
    frame = pd.DataFrame(
        {
            "state": ["Iran"] * 3,
            "usd_bn": [4.8, 2.64, 1.9],
            "who": ["Russian minister", "Iranian customs", "ambassador"],
        }
    )
    told = texts(ranges(frame, category="state", value="usd_bn", reporter="who", digits=1, **words).svg)
    assert {"4.8", "Russian minister", "2.6", "Iranian customs", "1.9", "ambassador"} <= set(told)


def test_a_category_without_a_figure_has_a_row_that_says_so(words):
    frame = pd.DataFrame({"year": ["2016", "2018"], "usd_bn": [2.18, 1.74], "who": ["official"] * 2})
    how = {"category": "year", "value": "usd_bn", "reporter": "who", **words}
    told = texts(ranges(frame, categories=["2016", "2017", "2018"], **how).svg)
    assert {"2016", "2017", "2018"} < set(told)
    assert told[told.index("2017") + 1] == "no figure found"
    with pytest.raises(ChartError, match="2018 in column 'year' is not in categories"):
        ranges(frame, categories=["2016", "2017"], **how)


def test_a_reporter_s_own_range_is_written_as_one(words):
    frame = pd.DataFrame({"what": ["gain"], "low": [150.0], "high": [200.0], "who": ["ministry"]})
    told = texts(ranges(frame, category="what", value="low", high="high", reporter="who", **words).svg)
    assert "150–200" in told


def test_a_logarithmic_scale_says_so_and_refuses_zero(frame, words):
    how = {"category": "name", "value": "value", "reporter": "who", "log": True, **words}
    assert "logarithmic scale" in texts(ranges(frame, **how).svg)
    with pytest.raises(ChartError, match="values above zero"):
        ranges(frame.assign(value=0), **how)


@pytest.fixture
def stances() -> pd.DataFrame:
    rows = [
        ("Russia", "strikes", "condemned"),
        ("China", "strikes", "condemned"),
        ("Russia", "help", "offered-none"),
    ]
    return pd.DataFrame(rows, columns=["state", "issue", "position"])


TONES = {"condemned": "strongly-for", "offered-none": "against"}
CELLS = {"row": "state", "column": "issue", "word": "position"}


def test_cells_hold_readers_words_and_empty_ones_say_so(stances, words):
    labels = {"offered-none": "offered none", "strikes": "Israel’s strikes"}
    told = texts(matrix(stances, **CELLS, tones=TONES, labels=labels, missing="none found", **words).svg)
    assert {"offered none", "Israel’s strikes", "none found"} <= set(told)
    assert told.count("condemned") == 2


@pytest.mark.parametrize(
    ("tones", "message"),
    [
        ({"condemned": "for"}, "'offered-none' has no tone"),
        ({**TONES, "x": "loudly"}, "'loudly', the tone of 'x'"),
    ],
)
def test_words_need_a_known_tone(stances, words, tones, message):
    with pytest.raises(ChartError, match=message):
        matrix(stances, **CELLS, tones=tones, **words)


def test_one_cell_has_one_word(stances, words):
    stances.loc[3] = ["Russia", "help", "condemned"]
    with pytest.raises(ChartError, match="two words for Russia × help"):
        matrix(stances, **CELLS, tones=TONES, **words)


def test_too_many_columns_are_refused(words):
    frame = pd.DataFrame(
        {"state": ["Russia"] * 9, "issue": [f"issue {n}" for n in range(9)], "position": "condemned"}
    )
    with pytest.raises(ChartError, match="9 columns are too many"):
        matrix(frame, **CELLS, tones=TONES, width=HALF_WIDTH, **words)


def test_a_spread_keeps_bins_quantiles_and_points_but_not_the_draws(words):
    points = pd.DataFrame({"label": ["Bank: exports halved"], "low": [14.2], "source": ["bank"]})
    exhibit = distribution([n / 100 for n in range(1000)], name="10 draws", points=points, **words)
    kinds = [row[0] for row in exhibit.data["rows"]]
    assert (kinds.count("bin"), kinds.count("quantile"), kinds.count("point")) == (48, 3, 1)
    assert sum(row[4] for row in exhibit.data["rows"] if row[0] == "bin") == pytest.approx(100)
    assert exhibit.sources == ("bank",)
    assert {"median 5.0", "14.2"} <= set(texts(exhibit.svg))


def test_a_spread_needs_draws(words):
    with pytest.raises(ChartError, match="100 draws or more"):
        distribution([1.0, 2.0], name="two", **words)


def test_a_tornado_puts_the_largest_swing_first(words):
    frame = pd.DataFrame(
        {"input": ["small", "large"], "low": [1.8, 1.0], "high": [2.0, 4.0], "at": ["0.1", "0.2"]}
    )
    told = texts(
        tornado(frame, factor="input", low="low", high="high", base=1.9, high_label="at", **words).svg
    )
    assert told.index("large") < told.index("small")
    assert "base case 1.9" in told


def test_dots_are_stacked_labelled_and_those_without_value_counted(words):
    frame = pd.DataFrame(
        {
            "age": [5, 5, 5, 141, None],
            "section": ["History"] * 4 + ["Economy"],
            "name": [None] * 3 + ["Bushehr", None],
        }
    )
    told = texts(
        strip(frame, value="age", group="section", label="name", step=24, unit="months", **words).svg
    )
    assert {"Bushehr", "1 no date", "120 months"} <= set(told)


def test_a_slope_writes_both_ends(words):
    frame = pd.DataFrame({"verdict": ["accurate", "not-checkable"], "all": [22, 14], "few": [19, 14]})
    told = texts(
        slope(frame, item="verdict", before="all", after="few", words=("all", "A and B"), **words).svg
    )
    assert {"22", "19", "accurate", "not checkable", "A and B"} <= set(told)
    assert told.count("14") == 2


def test_a_slope_refuses_an_item_twice(words):
    frame = pd.DataFrame({"verdict": ["accurate"] * 2, "all": [22, 14], "few": [19, 14]})
    with pytest.raises(ChartError, match="each item needs one row"):
        slope(frame, item="verdict", before="all", after="few", words=("all", "few"), **words)
