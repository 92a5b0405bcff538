"""Dates keep their precision, and an axis shows as many as it has room for."""

import pandas as pd
import pytest

from sourcebook.charts import ChartError
from sourcebook.charts.time_axis import span, time_ticks, to_days


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("2013", "2013-01-01", "2014-01-01"),
        (2013, "2013-01-01", "2014-01-01"),
        (2013.0, "2013-01-01", "2014-01-01"),
        ("2022-12", "2022-12-01", "2023-01-01"),
        ("2022-12-09", "2022-12-09", "2022-12-10"),
        ("2025-06-14/2025-06-15", "2025-06-14", "2025-06-16"),
        ("2024-01/2024-08", "2024-01-01", "2024-09-01"),
        (pd.Timestamp("2025-06-13"), "2025-06-13", "2025-06-14"),
    ],
)
def test_a_date_is_as_long_as_it_is_vague(when, first, last):
    assert span(when) == (to_days(pd.Timestamp(first)), to_days(pd.Timestamp(last)))


@pytest.mark.parametrize(
    "when", ["June 2025", "2025-13", "2025-06-31", "", None, "2025-06-14/", "2025-06-14/2025-06-13"]
)
def test_what_is_no_date_is_refused(when):
    with pytest.raises(ChartError, match="is no date"):
        span(when)


def ticks(first: str, last: str, room: float = 360, **options: bool) -> list[str]:
    return [word for _, word in time_ticks(span(first)[0], span(last)[1], room, **options)]


def test_an_axis_counts_days_months_or_years():
    assert ticks("2025-06-02", "2025-07-03") == ["2 Jun", "9 Jun", "16 Jun", "23 Jun", "30 Jun"]
    assert ticks("2024-11", "2025-06") == ["Nov 2024", "Dec", "Jan 2025", "Feb", "Mar", "Apr", "May", "Jun"]
    assert ticks("1991", "2019") == ["1992", "1994", "1996", "1998", *map(str, range(2000, 2020, 2))]
    assert ticks("2000", "2004", annual=True) == ["2000", "2001", "2002", "2003", "2004"]


def test_a_narrow_axis_shows_fewer_dates():
    assert ticks("2024-11", "2025-06", room=90) == ["Jan 2025", "Apr"]
