import pytest

from sourcebook.core.colour import (
    INK,
    MARK_CONTRAST,
    ON_MARK,
    TEXT_CONTRAST,
    WHITE,
    contrast,
    is_pale,
    is_tint,
    readable_on,
    turn_dark,
)

DARK = "#14171B"
HUES = ["#332288", "#225555", "#993404", "#0072B2", "#3D5168", "#CC6677", "#DDCC77", "#FB9A29", "#000000"]
TINTS = ["#EEE6BB", "#DDDDDD", "#EFEFEF", "#F0EEFA", "#FFFFFF"]


@pytest.mark.parametrize("colour", HUES)
def test_a_hue_is_seen_on_a_dark_page_and_what_stands_on_it_can_be_read(colour):
    assert not is_tint(colour)
    dark = turn_dark(colour)
    assert contrast(dark, DARK) >= MARK_CONTRAST
    assert readable_on(colour) in ON_MARK
    words = readable_on(colour)
    assert contrast(dark, DARK if words == ON_MARK[0] else words) >= min(
        TEXT_CONTRAST, contrast(colour, words)
    )
    assert contrast(turn_dark(colour, TEXT_CONTRAST), DARK) >= TEXT_CONTRAST


@pytest.mark.parametrize("colour", TINTS)
def test_a_tint_of_white_paper_becomes_one_of_dark_paper_and_ink_turns_with_it(colour):
    assert is_tint(colour)
    assert readable_on(colour) == INK
    assert contrast(turn_dark(colour), DARK) < 2.5
    assert contrast(turn_dark(colour), "#E6E8EB") >= TEXT_CONTRAST


@pytest.mark.parametrize("colour", ["#8FC1E0", "#9E9E9E", "#BFBFBF"])
def test_a_pale_hue_stands_out_from_a_dark_page_no_more_than_from_white(colour):
    assert is_pale(colour)
    assert not is_tint(colour)
    assert contrast(turn_dark(colour), DARK) == pytest.approx(contrast(colour, WHITE), rel=0.1)
    assert readable_on(colour) == INK
    assert contrast(turn_dark(colour), "#E6E8EB") >= TEXT_CONTRAST


def test_the_hues_that_stand_out_most_on_white_do_so_on_a_dark_page():
    accurate, mostly = "#225555", "#44AA99"
    assert contrast(accurate, WHITE) > contrast(mostly, WHITE)
    assert contrast(turn_dark(accurate), DARK) >= contrast(turn_dark(mostly), DARK)


def test_white_is_paper():
    assert turn_dark(WHITE) == DARK
