import datetime
from datetime import date

import pandas as pd
import pytest

from sourcebook.core.dates import day, parse_when, read_when, short_date
from sourcebook.errors import LedgerError


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("2013", date(2013, 1, 1), date(2013, 12, 31), "year"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2022-12-09", date(2022, 12, 9), date(2022, 12, 9), "day"),
        ("2025-06-14/2025-06-15", date(2025, 6, 14), date(2025, 6, 15), "interval"),
        ("2022-09/2023", date(2022, 9, 1), date(2023, 12, 31), "interval"),
    ],
)
def test_a_date_keeps_its_precision(text, start, end, precision):
    when = parse_when(text)
    assert (when.start, when.end, when.precision) == (start, end, precision)


@pytest.mark.parametrize(
    "text", ["2025-02-30", "2023-02-29", "2025-13", "2025-00", "2025-04-31/2025-05-01", "0000"]
)
def test_a_day_that_is_not_in_the_calendar_is_refused(text):
    with pytest.raises(LedgerError, match="calendar"):
        parse_when(text)


@pytest.mark.parametrize(
    "text", ["", "13", "2025-6-1", "June 2025", "2025/", "/2025", "2025..", "2025-06-20T10:00", "٢٠٢٥"]
)
def test_what_is_not_a_date_is_refused(text):
    with pytest.raises(LedgerError, match="not a date"):
        parse_when(text)


@pytest.mark.parametrize("text", ["2025/2024", "2025-06-15/2025-06-14"])
def test_an_interval_does_not_run_backwards(text):
    with pytest.raises(LedgerError, match="ends before"):
        parse_when(text)


@pytest.mark.parametrize("value", ["2013", 2013, 2013.0])
def test_a_year_may_be_a_number(value):
    assert read_when(value) == parse_when("2013")


@pytest.mark.parametrize("value", [None, float("nan"), pd.NaT, 2013.5])
def test_what_is_missing_is_no_date(value):
    with pytest.raises(LedgerError):
        read_when(value)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("2025-01-17", "17 January 2025"),
        ("2025-01", "January 2025"),
        ("2025", "2025"),
        ("2025-06-14/2025-06-15", "14–15 June 2025"),
        ("2025-05-30/2025-06-02", "30 May – 2 June 2025"),
        ("2024-12-30/2025-01-02", "30 December 2024 – 2 January 2025"),
        ("2024-01/2024-08", "January–August 2024"),
        ("2024-05/2025-06", "May 2024 – June 2025"),
        ("2022/2024", "2022–2024"),
        ("2024/2025-05", "2024 – May 2025"),
        (datetime.date(2025, 1, 17), "17 January 2025"),
        (pd.Timestamp("2025-01-17 10:00"), "17 January 2025"),
    ],
)
def test_dates_are_written_out_at_their_precision(when, text):
    assert day(when) == text


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("2013", "2013"),
        ("2022-12", "Dec 2022"),
        ("2025-01-17", "17 Jan 2025"),
        ("2025-06-14/2025-06-15", "14–15 Jun 2025"),
        ("2024-10-22/2024-11-02", "22 Oct–2 Nov 2024"),
        ("2024/2025", "2024–2025"),
        (pd.Timestamp("2025-06-13"), "13 Jun 2025"),
    ],
)
def test_labels_say_no_more_than_is_known(when, text):
    assert short_date(when) == text
