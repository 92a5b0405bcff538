"""The one printer of numbers."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from sourcebook.core.numbers import format_number, join_range, percent, round_half_up, share
from sourcebook.errors import LedgerError

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (54702, None, "54,702"),
        (4.8, None, "4.8"),
        (0.1 + 0.2, None, "0.3"),
        (5.0, None, "5"),
        (12345678901234, None, "12,345,678,901,234"),
        (np.int64(1500), None, "1,500"),
        (1234567.891, 1, "1,234,567.9"),
        (0, 1, "0.0"),
        (-3.2, None, f"{MINUS}3.2"),
        (-0.01, 0, "0"),
        (pd.Series([7], dtype="Int64")[0], None, "7"),
    ],
)
def test_numbers_are_grouped_and_have_a_true_minus(x, digits, text):
    assert format_number(x, digits) == text


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (2.5, 0, "3"),
        (344.5, 0, "345"),
        (1.005, 2, "1.01"),  # the float lies below: decimals count, not binary digits
        (2.675, 2, "2.68"),
        (-3.25, 1, f"{MINUS}3.3"),
        (1e23, 0, "100,000,000,000,000,000,000,000"),
    ],
)
def test_numbers_are_rounded_half_up_on_their_decimals(x, digits, text):
    assert format_number(x, digits) == text


@pytest.mark.parametrize("x", [None, float("nan"), float("inf"), pd.NA, "many"])
def test_a_missing_number_is_never_printed(x):
    with pytest.raises(LedgerError, match="no number"):
        format_number(x)


def test_a_rounded_number_can_be_printed_without_the_decimals_it_lacks():
    assert format_number(round_half_up(4.96, 1)) == "5"
    assert round_half_up(0.25, 1) == Decimal("0.3")
    assert round_half_up(2.5) == 3


def test_percentages_have_a_thin_space_that_does_not_break():
    assert percent(60.6) == "61\N{NARROW NO-BREAK SPACE}%"
    assert share(11, 18) == percent(61)
    assert share(1, 3, 2) == percent(33.33, 2)
    with pytest.raises(LedgerError, match=r"^a share of nothing cannot be printed: the whole is zero$"):
        share(1, 0)


def test_ranges_are_joined_unless_both_ends_read_alike():
    assert join_range("1,200", "1,400") == "1,200–1,400"
    assert join_range("5", "5") == "5"
