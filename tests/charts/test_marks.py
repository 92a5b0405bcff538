"""The marks of a drawing carry their words, for pages that answer to pointer and keyboard."""

from xml.etree import ElementTree

import pandas as pd
import pytest

from sourcebook.charts import bars, columns, distribution, durations, lines, slope, strip
from sourcebook.charts.sheet import Sheet
from sourcebook.charts.svg import clean, draw
from sourcebook.render.svg_safety import clean_svg


def marks(svg: str) -> list[dict[str, str]]:
    found = [group.attrib for group in ElementTree.fromstring(svg).iter() if "data-label" in group.attrib]
    return [{key.removeprefix("data-"): word for key, word in group.items()} for group in found]


def labels(svg: str) -> list[str]:
    return [mark["label"] for mark in marks(svg)]


def test_every_form_but_those_that_write_all_their_words_marks_each_of_its_rows(form, frame, request):
    svg = form(frame).svg
    told = " ".join(labels(svg))
    assert clean_svg(svg, "a figure") == svg
    if request.node.callspec.id in ("matrix", "chronology"):
        assert told == ""
        return
    for word in ("2019", "2023") if request.node.callspec.id == "columns" else ("China", "Iran"):
        assert word in told


def test_a_point_says_series_date_value_and_band(words):
    frame = pd.DataFrame(
        {"who": ["Iran", "Iran"], "when": [2022, 2023], "v": [4.9, 4.0], "l": [4.9, 3.5], "h": [4.9, 4.8]}
    )
    svg = lines(frame, x="when", y="v", low="l", high="h", series="who", digits=1, unit=" bn", **words).svg
    assert labels(svg) == ["Iran, 2022: 4.9 bn", "Iran, 2023: 4.0 bn (3.5 bn–4.8 bn)"]
    assert svg.count('data-series="Iran"') == 4  # the line, its two points, its name


def test_the_points_of_a_long_line_are_marked_without_ink(words):
    days = pd.date_range("2025-01-01", periods=60).strftime("%Y-%m-%d")
    frame = pd.DataFrame({"day": days, "usd": range(60)})
    svg = lines(frame, x="day", y="usd", **words).svg
    assert labels(svg)[:2] == ["1 Jan 2025: 0", "2 Jan 2025: 1"]
    assert "<use" not in svg


def test_dates_may_be_time_stamps(words):
    frame = pd.DataFrame({"day": pd.to_datetime(["2025-06-12", "2025-06-13"]), "usd": [70.8, 76.0]})
    assert labels(lines(frame, x="day", y="usd", **words).svg)[0] == "12 Jun 2025: 70.8"
    assert labels(columns(frame, x="day", y="usd", **words).svg)[0] == "12 Jun 2025: 70.8"


def test_parts_of_a_bar_know_their_bar_and_share_the_series_with_the_key(words):
    frame = pd.DataFrame({"section": ["A", "A", "B"], "verdict": ["mostly-accurate", "outdated", "outdated"], "n": [3, 2, 1]})  # fmt: skip
    svg = bars(frame, category="section", value="n", series="verdict", stacked=True, **words).svg
    assert marks(svg)[0] == {"label": "A, mostly accurate: 3", "row": "A", "series": "mostly-accurate"}
    assert [mark["row"] for mark in marks(svg)] == ["A", "A", "B"]
    assert svg.count('data-series="outdated"') == 3  # two parts and the key


def test_a_missing_bar_says_so(frame, words):
    frame.loc[1, "value"] = None
    told = labels(bars(frame, category="name", value="value", missing="not counted", **words).svg)
    assert told[1] == "India: not counted"


def test_columns_say_their_part_or_kind(words):
    frame = pd.DataFrame({"year": [2022, 2023], "all": [5, 4], "oil": [2, 1], "kind": ["whole", "half"]})
    parts = columns(frame, x="year", y="all", part="oil", words=("oil", "the rest"), **words)
    assert labels(parts.svg)[0] == "2022: 5; oil 2"
    assert labels(columns(frame, x="year", y="all", shade="kind", **words).svg)[1] == "2023, half: 4"


def test_dots_come_from_left_to_right_with_value_and_words(words):
    frame = pd.DataFrame({"age": [30.04, 5, 5], "section": "History", "name": ["Bushehr", None, None]})
    told = labels(strip(frame, value="age", group="section", label="name", unit=" months", **words).svg)
    assert told == ["History: 5 months", "History: 5 months", "History: 30 months (Bushehr)"]


def test_two_equal_marks_stay_two(words):
    frame = pd.DataFrame({"age": [5, 5], "section": "History"})
    assert len(labels(strip(frame, value="age", group="section", **words).svg)) == 2


def test_both_ends_of_a_slope_are_told(words):
    frame = pd.DataFrame({"verdict": ["not-checkable"], "all": [14], "few": [9]})
    told = labels(
        slope(frame, item="verdict", before="all", after="few", words=("all", "A and B"), **words).svg
    )
    assert told == ["not checkable, all: 14", "not checkable, A and B: 9"]


def test_a_wait_says_both_dates_or_what_is_missing(words):
    frame = pd.DataFrame({"what": ["Jets", "Sets"], "said": ["2022-12", None], "came": [None, "2023-09-02"], "how": [None, "in part"]})  # fmt: skip
    how = {
        "item": "what",
        "start": "said",
        "end": "came",
        "words": ("promised", "arrived"),
        "missing": "not seen",
    }
    assert labels(durations(frame, **how, **words).svg) == [
        "Jets: promised Dec 2022, not seen",
        "Sets: arrived 2 Sep 2023",
    ]
    assert labels(durations(frame, kind="how", **how, **words).svg)[1] == "Sets: in part 2 Sep 2023"


def test_a_spread_tells_bins_and_points(words):
    draws = [number / 100 for number in range(1000)]
    points = pd.DataFrame({"label": ["Bank"], "low": [4.2], "high": [5.0]})
    told = labels(distribution(draws, name="draws", points=points, high="high", bins=10, **words).svg)
    assert told[0] == "0.0 to 1.0: 10.1 %"
    assert told[-1] == "Bank: 4.2–5.0"


@pytest.mark.parametrize("word", ['Iran & "x" <b>', "url(#no)", "#1, really"])
def test_any_words_come_through(word):
    sheet = Sheet(100, 50)
    with sheet.mark(word, series=word):
        sheet.symbol(30, 30, "ring", "#332288")
        sheet.write(3, 3, "beside")
    sheet.write(3, 20, "not part of it")
    (group,) = (
        g
        for g in ElementTree.fromstring(clean(draw(sheet.drawing, "s")[0], "p-"))
        if g.attrib.get("data-label")
    )
    assert group.attrib == {"data-label": word, "data-series": word}
    assert "".join(group.itertext()) == "beside"
