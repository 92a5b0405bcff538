"""Scales, and labels that keep their distance."""

import pytest
from matplotlib.patches import Rectangle

from sourcebook.charts.axes import Scale, extent, round_extent
from sourcebook.charts.events import VerticalLines
from sourcebook.charts.labels import Legend, move_apart
from sourcebook.charts.palette import Mark
from sourcebook.charts.sheet import Sheet


def test_a_scale_places_values():
    assert Scale(0, 10, 100, 200)(5) == 150
    assert Scale(1, 100, 0, 200, log=True)(10) == pytest.approx(100)
    assert Scale(0, 10, 200, 100)(10) == 100


def test_ticks_are_round_and_within():
    assert Scale(0, 244.8, 0, 1).ticks() == [0, 50, 100, 150, 200]
    assert Scale(0, 140, 0, 1).ticks(step=48) == [0, 48, 96]
    assert Scale(1.5, 300, 0, 1, log=True).ticks() == pytest.approx([2, 5, 10, 20, 50, 100, 200])


def test_labels_are_moved_apart_and_stay_within_bounds():
    assert move_apart([50, 51, 52, 10], [10] * 4, low=0, high=60) == [40, 50, 60, 10]
    assert move_apart([20, 40], [10, 10], low=0, high=60) == [20, 40]
    assert move_apart([30, 31], [10, 30], low=0, high=60) == [20.5, 40.5]
    assert move_apart([1, 2], [10, 10], low=5, high=60) == [5, 15]


def test_no_event_label_is_crossed_by_another_s_line():
    places = [
        (100.0, "first event"),
        (110.0, "second event with many words"),
        (112.0, "third"),
        (290.0, "last one"),
    ]
    uprights = VerticalLines(places, edge=300)
    for level, label in zip(uprights.levels, uprights.labels, strict=True):
        for other_level, other in zip(uprights.levels, uprights.labels, strict=True):
            crosses = other is not label and label.left - 1 < other.line < label.right + 1
            assert not crosses or other_level + other.height <= level


def test_a_line_is_hidden_behind_words_that_it_would_run_through():
    # Each of the last two covers the line of the other: one has to stand below.
    places = [
        (30.0, "an early one"),
        (160.0, "beside the last, in words"),
        (210.0, "the last one of them all"),
    ]
    uprights = VerticalLines(places, edge=225)
    crossed = [
        label
        for label, level in zip(uprights.labels, uprights.levels, strict=True)
        for other, above in zip(uprights.labels, uprights.levels, strict=True)
        if label.covers(other.line) and above > level
    ]
    assert crossed
    sheet = Sheet(225, uprights.height + 20)
    uprights.draw(sheet, uprights.height, [uprights.height + 20] * 3)
    boxes = [(one.get_x(), one.get_x() + one.get_width()) for one in sheet.drawing.findobj(Rectangle)]
    assert all(
        any(left < label.left and label.right < right < 225 for left, right in boxes) for label in crossed
    )


def test_a_legend_has_few_rows_evenly_filled():
    marks = {f"{number} of the kinds": Mark("#0072B2") for number in range(7)}
    wide = Legend(marks, 400)
    assert [len(row) for row in wide.rows] == [4, 3]
    assert list(Legend(marks, 2000).rows[0]) == list(marks)
    assert [len(row) for row in Legend(marks, 10).rows] == [1] * 7
    assert Legend({}, 400).rows == []


def test_an_extent_is_never_one_value():
    assert extent([3, 1, 2]) == (1, 3)
    assert extent([3, 1], zero=True) == (0, 3)
    assert extent([4, 4]) == (4, 5)


@pytest.mark.parametrize("values", [[240.1, 3], [19.2], [2923, 29], [0.013], [-3, 8], [7, 7]])
def test_a_round_extent_holds_all_values_between_ticks(values):
    low, high = round_extent(values, zero=True, most=5)
    ticks = Scale(low, high, 0, 100).ticks(5)
    assert ticks[0] <= min(values)
    assert ticks[-1] >= max(values)
    assert 0 in ticks
