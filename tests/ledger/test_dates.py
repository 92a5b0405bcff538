from datetime import date

import pytest

from sourcebook.errors import LedgerError
from sourcebook.ledger.dates import parse_when


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
