"""Lines, columns and chronologies: gaps, events, values at chosen dates."""

import re

import pandas as pd
import pytest

from sourcebook.charts import ChartError, Mark, chronology, columns, durations, lines


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def strokes(svg: str) -> int:
    return len(re.findall(r'stroke-width="1.7"', svg))


@pytest.fixture
def trade() -> pd.DataFrame:
    return pd.DataFrame({"year": [2018, 2019, 2020, 2021, 2022], "usd_bn": [1.7, 1.6, 2.2, 4.0, 5.0]})


def test_skipped_years_and_missing_values_leave_gaps(trade, words):
    assert strokes(lines(trade, x="year", y="usd_bn", **words).svg) == 1
    assert strokes(lines(trade.drop(index=2), x="year", y="usd_bn", **words).svg) == 2
    trade.loc[2, "usd_bn"] = None
    assert strokes(lines(trade, x="year", y="usd_bn", **words).svg) == 2


def test_week_ends_leave_no_gap_in_a_daily_line(words):
    frame = pd.DataFrame({"day": ["2025-06-13", "2025-06-16"], "usd": [76.0, 75.05]})
    assert strokes(lines(frame, x="day", y="usd", **words).svg) == 1


def test_the_last_value_and_the_called_out_ones_are_written(trade, words):
    told = texts(lines(trade, x="year", y="usd_bn", digits=1, unit=" bn", callouts=[2019], **words).svg)
    assert "5.0 bn" in told
    assert "1.6 bn" in told


def test_a_band_is_drawn_around_the_line(trade, words):
    trade = trade.assign(low=trade["usd_bn"] - 0.5, high=trade["usd_bn"] + 0.5)
    with_band = lines(trade, x="year", y="usd_bn", low="low", high="high", **words).svg
    assert with_band.count('z"') == lines(trade, x="year", y="usd_bn", **words).svg.count('z"') + 1


def test_events_are_uprights_or_bands_and_those_outside_are_left_out(trade, words):
    events = [("2020-03", "Prices fall"), ("2021-02-24", "A day"), ("1999", "Long ago")]
    told = texts(lines(trade, x="year", y="usd_bn", events=events, **words).svg)
    assert "Prices fall" in told
    assert "A day" in told
    assert "Long ago" not in told


def test_many_events_close_together_do_not_overlap(trade, words):
    events = [(f"2021-{month:02d}", f"Event number {month} with some words") for month in range(1, 13)]
    assert "12" in "".join(texts(lines(trade, x="year", y="usd_bn", events=events, **words).svg))


def test_lines_that_end_close_together_are_named_apart(words):
    frame = pd.DataFrame(
        [(name, year, 10 + n / 50 + year / 1000) for n, name in enumerate("ABCDE") for year in (2020, 2021)],
        columns=["who", "year", "value"],
    )
    assert set("ABCDE") <= set(texts(lines(frame, x="year", y="value", series="who", **words).svg))


def test_two_values_of_one_series_at_one_date_are_refused(trade, words):
    with pytest.raises(ChartError, match="two values at 2019"):
        lines(trade.assign(year=[2018, 2019, 2019, 2021, 2022]), x="year", y="usd_bn", **words)


def test_a_series_without_a_number_is_named(words):
    frame = pd.DataFrame({"who": ["A", "B"], "year": [2020, 2020], "value": [1.0, None]})
    with pytest.raises(ChartError, match="'B' holds no number"):
        lines(frame, x="year", y="value", series="who", **words)


def test_all_columns_are_labelled_when_values_fit_else_the_chosen_ones(trade, words):
    assert {"1.7", "5"} <= set(texts(columns(trade, x="year", y="usd_bn", **words).svg))
    months = pd.DataFrame(
        {"when": [f"2025-{m:02d}" for m in range(1, 13)] + [f"2024-{m:02d}" for m in range(1, 13)]}
    )
    months["drones"] = [10000 + 37 * n for n in range(24)]
    told = texts(columns(months, x="when", y="drones", callouts=["2025-06"], **words).svg)
    assert [word for word in told if word.startswith("10,") and word != "10,000"] == ["10,185"]


def test_shades_and_parts_have_a_key(trade, words):
    kinds = trade.assign(kind=["full", "full", "full", "full", "part of a year"])
    assert "part of a year" in texts(columns(kinds, x="year", y="usd_bn", shade="kind", **words).svg)
    parts = trade.assign(oil=trade["usd_bn"] / 2)
    told = texts(columns(parts, x="year", y="usd_bn", part="oil", words=("oil", "the rest"), **words).svg)
    assert told[:2] == ["oil", "the rest"]


def test_columns_refuse_periods_that_overlap(words):
    frame = pd.DataFrame({"when": ["2025", "2025-06"], "drones": [54702, 5446]})
    with pytest.raises(ChartError, match="2025 and Jun 2025 overlap"):
        columns(frame, x="when", y="drones", **words)


def test_columns_refuse_what_is_below_zero(trade, words):
    with pytest.raises(ChartError, match="cannot be negative"):
        columns(trade.assign(usd_bn=-1), x="year", y="usd_bn", **words)


@pytest.fixture
def events() -> pd.DataFrame:
    rows = [
        ("2022-12-09", "The White House calls the support unprecedented", "supports"),
        ("2024-10", "The presidents meet", "supports"),
        ("2025-01-17", "The treaty is signed in Moscow", "supports"),
        ("2025-04-08", "A deputy minister rules out mutual defence", "limits"),
    ]
    return pd.DataFrame(rows, columns=["when", "event", "direction"])


def test_events_stand_in_the_order_of_time_with_date_and_words_and_their_kind(events, words):
    for width in (charts.TEXT_WIDTH, charts.HALF_WIDTH):
        made = chronology(events[::-1], when="when", label="event", lane="direction", width=width, **words)
        told = texts(made.svg)
        dates = ["9 Dec 2022", "Oct 2024", "17 Jan 2025", "8 Apr 2025"]
        assert [one for one in told if one in dates] == dates
        assert {"supports", "limits"} <= set(told)
    assert made.chronology["lanes"] == [["limits", "▼", "#CC6677"], ["supports", "▲", "#332288"]]
    assert [row[2] for row in made.chronology["rows"]] == [1, 1, 1, 0]


def test_a_date_is_written_once_and_a_year_that_all_share_not_at_all(events, words):
    crowd = events.assign(when=["2025-06-13", "2025-06-13", "2025-06-14", "2025-06-20"])
    rules = [("2025-06-14", "Israel attacks"), ("2026", "Later")]
    made = chronology(
        crowd, when="when", label="event", lane="direction", events=rules, end="2025-06", **words
    )
    told = texts(made.svg)
    assert [told.count(date) for date in ("13 Jun", "14 Jun", "20 Jun")] == [1, 1, 1]
    assert [row[:2] for row in made.chronology["rows"] if row[2] < 0] == [["14 Jun", "Israel attacks"]]
    assert made.chronology["rows"][2][1] == "Israel attacks"


def test_an_event_without_words_says_its_kind(events, words):
    events.loc[3, "event"] = None
    assert (
        texts(chronology(events, when="when", label="event", lane="direction", **words).svg).count("limits")
        == 2
    )


def test_an_event_outside_start_and_end_is_refused(events, words):
    with pytest.raises(ChartError, match="outside start and end"):
        chronology(events, when="when", label="event", start="2023", **words)


@pytest.fixture
def promises() -> pd.DataFrame:
    rows = [
        ("Yak-130 trainers", "2023-02-24", "2023-09-02"),
        ("Su-35 fighters", "2022-12", None),
        ("Shells", None, "2022-10"),
    ]
    return pd.DataFrame(rows, columns=["item", "promised", "arrived"])


WAIT = {
    "item": "item",
    "start": "promised",
    "end": "arrived",
    "words": ("promised", "arrived"),
    "missing": "not seen",
}


def test_a_wait_ends_with_its_date_or_with_the_words_that_it_did_not(promises, words):
    told = texts(durations(promises, **WAIT, until="2025-06-20", **words).svg)
    assert {"promised", "arrived", "2 Sep 2023", "not seen", "Oct 2022"} <= set(told)


def test_waits_come_under_their_headings_with_the_marks_of_their_kind(promises, words):
    promises = promises.assign(way=["to Iran", "to Iran", "to Russia"], seen=["yes", None, "partly"])
    marks = {"yes": Mark("#3D5168", "disc"), "partly": Mark("#3D5168", "half")}
    told = texts(durations(promises, **WAIT, group="way", kind="seen", marks=marks, **words).svg)
    assert told[:3] == ["promised", "yes", "partly"]
    assert (
        told.index("to Iran") < told.index("Su-35 fighters") < told.index("to Russia") < told.index("Shells")
    )


def test_a_wait_cannot_end_before_it_starts(promises, words):
    promises.loc[0, "arrived"] = "2021"
    with pytest.raises(ChartError, match="'Yak-130 trainers' ends before it starts"):
        durations(promises, **WAIT, **words)
