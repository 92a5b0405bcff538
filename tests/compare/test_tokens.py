import pytest

from sourcebook.compare.tokens import pair_numbers, relative_difference
from sourcebook.core.text import even_out, mask_numbers, split_sentences


@pytest.mark.parametrize(
    ("before", "after", "numbers"),
    [
        ("About 60 % of 1,234 claims.", "About 61 % of 1,234 claims.", [("60 %", "61 %")]),
        ("It fell by −4.5 points.", "It fell by −5 points.", [("−4.5", "−5")]),
        ("From 0.65 to 4, at most.", "From 0.65 to 4.2, at most.", [("4", "4.2")]),
        ("In two of ten cases.", "In three of ten cases.", [("two", "three")]),
    ],
)
def test_sentences_that_differ_in_numbers_alone_have_the_same_mask(before, after, numbers):
    assert mask_numbers(before) == mask_numbers(after)
    assert pair_numbers(before, after) == numbers


def test_what_is_set_otherwise_reads_the_same():
    assert even_out("Iran’s “5\u202f%”") == even_out('Iran\'s  "5 per cent"')
    assert even_out("5 % of ten per cent") == "5 % of ten per cent"


def test_names_with_figures_are_words():
    assert mask_numbers("The S-300 and eco-03 stay.") == "The S-300 and eco-03 stay."


def test_sentences_end_at_stops_and_not_at_abbreviations():
    text = "It rose to 4.5 in 2024. Mr. Smith (Fig. 3) agreed. “So it is.” @fig-x shows it."
    assert split_sentences(text) == [
        "It rose to 4.5 in 2024.",
        "Mr. Smith (Fig. 3) agreed.",
        "“So it is.”",
        "@fig-x shows it.",
    ]


@pytest.mark.parametrize(
    ("pair", "size"), [(("50", "100"), 0.5), (("1,000", "1,000.0"), 0), (("two", "three"), 1)]
)
def test_the_size_of_a_change_is_relative(pair, size):
    assert relative_difference(*pair) == size
