"""No overlap, no cut, no small or slanted type, no foreign glyph gets past."""

import matplotlib.figure
import pytest

from sourcebook.charts import ChartError, check_layout, figure
from sourcebook.charts.sheet import Sheet


@pytest.fixture
def drawing() -> matplotlib.figure.Figure:
    return matplotlib.figure.Figure(figsize=(6.3, 2), layout="none")


def test_overlapping_texts_are_named(drawing):
    drawing.text(0.5, 0.5, "first words")
    drawing.text(0.52, 0.5, "second words")
    assert check_layout(drawing) == ["“first words” and “second words” overlap"]


def test_text_beyond_the_canvas_is_named(drawing):
    drawing.text(0.99, 0.5, "too far right")
    [problem] = check_layout(drawing)
    assert "“too far right” leaves the canvas by" in problem


def test_small_type_is_named(drawing):
    drawing.text(0.1, 0.5, "tiny", fontsize=6)
    assert check_layout(drawing) == ["“tiny” is set in 6 pt; the least is 8 pt"]


def test_slanted_type_is_named(drawing):
    drawing.text(0.5, 0.5, "slanted", rotation=45)
    assert check_layout(drawing) == ["“slanted” is turned by 45 degrees; text is horizontal"]


def test_a_character_our_font_lacks_is_named(drawing):
    drawing.text(0.5, 0.5, "half ◐")
    with pytest.warns(UserWarning, match="Glyph"):
        [problem] = check_layout(drawing)
    assert problem == "“half ◐” holds '◐', which the house font lacks"


def test_neighbouring_lines_do_not_count_as_overlap():
    sheet = Sheet(200, 60)
    sheet.write(5, 30, ["Ägypten", "gjpqy", "ÄÖÜ"])
    assert check_layout(sheet.drawing) == []


def test_a_figure_with_overlaps_does_not_become_an_exhibit(drawing, frame, words):
    drawing.text(0.5, 0.5, "first words")
    drawing.text(0.52, 0.5, "second words")
    with pytest.raises(ChartError, match="cannot be printed") as caught:
        figure(drawing, data=frame, **words)
    assert caught.value.problems == ("“first words” and “second words” overlap",)
    assert "first words" in str(caught.value)
