"""Text as the page sees it."""

import pytest

from sourcebook.charts.style import missing_glyphs, text_width, widest, wrap


def test_widths_grow_with_text_size_and_weight():
    assert text_width("Russia and Iran") > text_width("Russia")
    assert text_width("Russia", 16) == pytest.approx(2 * text_width("Russia", 8), rel=0.01)
    assert text_width("Russia", bold=True) > text_width("Russia")


def test_lines_keep_their_measure_and_every_word():
    text = "the share of tariff lines that the agreement covers"
    lines = wrap(text, 70)
    assert " ".join(lines) == text
    assert widest(lines) <= 70


def test_lines_are_even():
    lines = wrap("the share of tariff lines that the agreement covers now", 130)
    assert len(lines) == 2
    assert abs(text_width(lines[0]) - text_width(lines[1])) < 40


@pytest.mark.parametrize("word", ["Donaudampfschifffahrtsgesellschaft", "supply-side/demand-side"])
def test_a_word_longer_than_the_line_is_cut(word):
    lines = wrap(word, 40)
    assert "".join(lines) == word
    assert widest(lines) <= 40


def test_nothing_is_no_line():
    assert wrap("  ", 50) == ()
    assert widest([]) == 0


def test_characters_the_font_lacks_are_found():
    assert missing_glyphs("Türkiye – 61 %") == []
    assert missing_glyphs("◐ half ◐ ◕") == ["◐", "◕"]
