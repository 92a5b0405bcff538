"""Level bars: values beside them, parts inside them."""

import re

import pandas as pd
import pytest

from sourcebook.charts import ChartError, bars


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.fixture
def directions() -> pd.DataFrame:
    rows = [("Economy", "supports", 16), ("Economy", "neutral", 5), ("Military", "limits", 8)]
    frame = pd.DataFrame(rows, columns=["section", "direction", "claims"])
    order = ["supports", "limits", "hedges", "neutral"]
    return frame.assign(direction=pd.Categorical(frame["direction"], order, ordered=True))


def test_parts_carry_their_counts_and_bars_their_sums(directions, words):
    told = texts(
        bars(directions, category="section", value="claims", series="direction", stacked=True, **words).svg
    )
    assert [word for word in told if word.isdigit()] == ["16", "5", "21", "8", "8"]


def test_the_key_follows_the_order_of_the_category_and_names_only_what_is_drawn(directions, words):
    told = texts(
        bars(directions, category="section", value="claims", series="direction", stacked=True, **words).svg
    )
    assert told[:3] == ["supports", "limits", "neutral"]


def test_a_missing_value_is_written_out(frame, words):
    frame.loc[1, "value"] = None
    assert "not counted" in texts(
        bars(frame, category="name", value="value", missing="not counted", **words).svg
    )


def test_bars_start_at_zero_also_when_all_are_negative(words):
    frame = pd.DataFrame({"name": ["down", "further down"], "change": [-2.0, -4.0]})
    svg = bars(frame, category="name", value="change", digits=1, **words).svg
    assert {"−2.0", "−4.0"} <= set(texts(svg))
    lengths = [
        float(b) - float(a) for a, b in re.findall(r'd="M([\d.]+) [\d.]+H([\d.]+)[^"]*z" fill="#3d5168"', svg)
    ]
    assert lengths[1] == pytest.approx(2 * lengths[0], abs=0.05)


def test_two_rows_for_one_bar_are_refused(frame, words):
    with pytest.raises(ChartError, match="two rows for 'China'"):
        bars(pd.concat([frame, frame]), category="name", value="value", **words)


def test_negative_parts_are_refused(directions, words):
    directions["claims"] = -directions["claims"]
    with pytest.raises(ChartError, match="cannot be negative"):
        bars(directions, category="section", value="claims", series="direction", stacked=True, **words)


def test_all_zero_is_drawn(frame, words):
    assert texts(bars(frame.assign(value=0), category="name", value="value", **words).svg).count("0") == 5
