"""Colours: readable, apart from one another, and never alone in saying something."""

from itertools import combinations, pairwise

import pytest

from sourcebook.charts import DIRECTIONS, TONES, VERDICT_GLYPHS, VERDICTS, ChartError, Mark, ramp, use_style
from sourcebook.charts.palette import hue_of, hues, plain_hues, resolve
from sourcebook.core.brand import Brand, Colour
from sourcebook.core.colour import GREY, INK, WHITE, contrast, darken, readable_on, tint

PALETTE = {
    "russia": "#0072B2",
    "iran": "#009E73",
    "china": "#D55E00",
    "united-states": "#CC79A7",
}
MARKS = {**DIRECTIONS, **VERDICTS, **TONES}


@pytest.fixture(autouse=True)
def _brand():
    use_style(Brand(palette=PALETTE))
    yield
    use_style(Brand())


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


@pytest.mark.parametrize("colour", [*PALETTE.values(), *(mark.colour for mark in MARKS.values())])
def test_every_hue_can_be_deepened_for_text_and_for_thin_marks(colour):
    assert contrast(darken(colour), WHITE) >= 4.5
    assert contrast(darken(colour, 3), WHITE) >= 3


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


def test_names_of_the_palette_keep_their_hue_and_others_get_free_ones():
    marks = hues(["Russia", "Northtown", "Iran", "Southtown"])
    assert marks["Russia"] == Mark(PALETTE["russia"])
    assert len({mark.colour for mark in marks.values()}) == 4


def test_a_name_of_several_words_is_found_as_palettes_spell_it():
    assert hue_of("United States") == PALETTE["united-states"]
    assert resolve(Mark("Iran", "ring")) == Mark(PALETTE["iran"], "ring")


def test_a_hue_that_nobody_named_is_refused():
    with pytest.raises(
        ChartError, match=r"No hue is called 'Atlantis'; the palette has russia, .*_brand\.yml"
    ):
        hue_of("Atlantis")


def test_a_brand_gives_the_hue_for_what_has_no_meaning_of_its_own():
    use_style(Brand(colours={"primary": Colour("#111111"), "secondary": Colour("#123456")}))
    assert hues(["anything"])["anything"] == Mark("#123456")
    assert hue_of("") == "#123456"
    use_style()
    assert hue_of("") == "#123456"
    use_style(Brand())
    assert hue_of("") == "#3D5168"


def test_focus_greys_the_rest():
    marks = plain_hues(["China", "Iran", "UAE"], focus=["Iran"])
    assert marks["Iran"].colour == PALETTE["iran"]
    assert marks["China"] == marks["UAE"]


def test_given_marks_win():
    assert hues(["Iran"], given={"Iran": "#123456"})["Iran"] == Mark("#123456")


def test_more_hues_than_a_reader_can_tell_apart_are_refused():
    with pytest.raises(ChartError, match="more than 6 hues"):
        hues([f"series {n}" for n in range(7)])


def test_spare_hues_differ_from_those_of_the_palette():
    spare = [mark.colour for mark in hues([f"series {n}" for n in range(6)]).values()]
    assert all(one != two for one, two in combinations([*spare, *PALETTE.values()], 2))


def test_a_ramp_goes_from_dark_to_light():
    colours = [mark.colour for mark in ramp(["high", "moderate", "low"]).values()]
    assert [grey(colour) for colour in colours] == sorted(grey(colour) for colour in colours)
    with pytest.raises(ChartError, match="at most 5"):
        ramp(list("abcdef"))


def test_a_tint_lies_between_hue_and_white():
    assert tint("#000000", 0.2) == "#CCCCCC"
