"""Agreement of coders against the worked examples of K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011)."""

from __future__ import annotations

import pytest

from sourcebook.ledger import alpha


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [("0100000010", "1110010000", 0.095), ("aabbdcccedda", "babbbccceddd", 0.692), ("aab", "aab", 1)],
)
def test_alpha_is_that_of_the_worked_examples(first, second, value):
    found = alpha(first, second)
    assert found.value == pytest.approx(value, abs=0.0005)
    assert found.low <= found.value <= found.high


def test_without_variation_agreement_cannot_be_told():
    with pytest.raises(ValueError, match="alike"):
        alpha("aaa", "aaa")
    with pytest.raises(ValueError, match="shorter"):
        alpha("ab", "a")


def test_the_interval_is_the_same_in_each_run_and_wider_for_fewer_units():
    few, many = (alpha("ab" * n + "a" * n, "ab" * n + "b" * n) for n in (5, 50))
    assert alpha("ab" * 5 + "a" * 5, "ab" * 5 + "b" * 5) == few
    assert many.high - many.low < few.high - few.low
