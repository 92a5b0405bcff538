"""Colours: readable, apart from one another, and never alone in saying something."""

from itertools import combinations, pairwise

import pytest

from sourcebook.charts import DIRECTIONS, STATES, TONES, VERDICT_GLYPHS, VERDICTS, ChartError, Mark, ramp
from sourcebook.charts.palette import GREY, INK, WHITE, contrast, deepen, hues, plain_hues, readable_on, tint

MARKS = {**DIRECTIONS, **VERDICTS, **TONES}


def grey(colour: str) -> float:
    """How a colour prints without colour, from 0 to 100."""
    return 100 * (1.05 / contrast(colour, WHITE) - 0.05) ** (1 / 2.2)


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", [INK, GREY])
def test_text_reads_on_white(colour):
    assert contrast(colour, WHITE) >= 4.5


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_words_on_every_mark_read(mark):
    assert contrast(readable_on(mark.colour), mark.colour) >= 4.5


@pytest.mark.parametrize("colour", [*STATES.values(), *(mark.colour for mark in MARKS.values())])
def test_every_hue_can_be_deepened_for_text_and_for_thin_marks(colour):
    assert contrast(deepen(colour), WHITE) >= 4.5
    assert contrast(deepen(colour, 3), WHITE) >= 3


@pytest.mark.parametrize("vocabulary", [DIRECTIONS, VERDICTS], ids=["directions", "verdicts"])
def test_each_word_has_a_colour_and_a_symbol_of_its_own(vocabulary):
    assert len({mark.colour for mark in vocabulary.values()}) == len(vocabulary)
    assert len({mark.symbol for mark in vocabulary.values()} - {""}) == len(vocabulary)


def test_neighbours_in_a_stack_differ_on_a_grey_printer():
    for vocabulary in (DIRECTIONS, VERDICTS):
        for one, two in pairwise(vocabulary.values()):
            assert abs(grey(one.colour) - grey(two.colour)) > 4 or one.hatch != two.hatch


def test_verdict_glyphs_are_those_of_the_house():
    assert VERDICT_GLYPHS["outdated"] == "◷"
    assert list(VERDICT_GLYPHS) == list(VERDICTS)


def test_states_keep_their_hue_and_others_get_free_ones():
    marks = hues(["Russia", "Northtown", "Iran", "Southtown"])
    assert marks["Russia"] == Mark(STATES["Russia"])
    assert len({mark.colour for mark in marks.values()}) == 4


def test_focus_greys_the_rest():
    marks = plain_hues(["China", "Iran", "UAE"], focus=["Iran"])
    assert marks["Iran"].colour == STATES["Iran"]
    assert marks["China"] == marks["UAE"]


def test_given_marks_win():
    assert hues(["Iran"], given={"Iran": "#123456"})["Iran"] == Mark("#123456")


def test_more_hues_than_a_reader_can_tell_apart_are_refused():
    with pytest.raises(ChartError, match="more than 6 hues"):
        hues([f"series {n}" for n in range(7)])


def test_spare_hues_and_states_are_all_different():
    spare = [mark.colour for mark in hues([f"series {n}" for n in range(6)]).values()]
    assert all(one != two for one, two in combinations([*spare, *STATES.values()], 2))


def test_a_ramp_goes_from_dark_to_light():
    colours = [mark.colour for mark in ramp(["high", "moderate", "low"]).values()]
    assert [grey(colour) for colour in colours] == sorted(grey(colour) for colour in colours)
    with pytest.raises(ChartError, match="at most 5"):
        ramp(list("abcdef"))


def test_a_tint_lies_between_hue_and_white():
    assert tint("#000000", 0.2) == "#CCCCCC"


def test_verdicts_are_those_of_the_common_vocabulary():
    from sourcebook.core.vocabulary import VERDICTS as TERMS

    assert {name: term.sign for name, term in TERMS.items()} == VERDICT_GLYPHS
    assert {name: Mark(term.colour, term.symbol, term.hatch) for name, term in TERMS.items()} == VERDICTS
