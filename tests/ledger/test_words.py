import datetime

import pandas as pd
import pypandoc
import pytest

from sourcebook.errors import LedgerError
from sourcebook.ledger import day, escape, in_words, listing


def test_counts_are_words_up_to_ten():
    assert [in_words(n) for n in (0, 7, 10, 11)] == ["zero", "seven", "ten", "11"]
    with pytest.raises(LedgerError, match="whole number"):
        in_words(2.5)


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


def test_lists_end_with_a_word():
    assert [listing(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert listing("ab", last="or") == "a or b"


@pytest.mark.parametrize(
    "text", ["$5 to $6", "*a* _b_", "[x](y)", "<script>", "@key", "# head", "- item", "1. item"]
)
def test_plain_text_stays_plain_in_markdown(text):
    html = pypandoc.convert_text(escape(text), "plain", format="markdown-smart", extra_args=["--wrap=none"])
    assert html.strip() == text
