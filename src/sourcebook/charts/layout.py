"""The head of a figure, and the check that nothing on it overlaps, is cut, too small or slanted."""

from __future__ import annotations

from itertools import combinations

from matplotlib.figure import Figure as Drawing
from matplotlib.layout_engine import ConstrainedLayoutEngine, TightLayoutEngine

from sourcebook.charts.palette import GREY, INK
from sourcebook.charts.sheet import CAP_HEIGHT
from sourcebook.charts.style import SMALL, SUBTITLE, TITLE
from sourcebook.charts.svg import TextBox, draw
from sourcebook.charts.text import font, missing_glyphs, wrap

TITLE_LEADING = 1.18
SUBTITLE_LEADING = 1.25
GAP_BELOW_TITLE = 3.0
GAP_BELOW_HEAD = 9.0
SIDE_GAP = 1.0


def add_head(drawing: Drawing, title: str, subtitle: str) -> None:
    """Make a figure taller by its head: title in bold, subtitle in grey, both wrapped to the width."""
    width, body = (side * 72 for side in drawing.get_size_inches())
    titles = wrap(title, width, TITLE, bold=True)
    subtitles = wrap(subtitle, width, SUBTITLE)
    head = (
        len(titles) * TITLE * TITLE_LEADING + GAP_BELOW_TITLE + len(subtitles) * SUBTITLE * SUBTITLE_LEADING
    )
    height = body + head + GAP_BELOW_HEAD
    _make_room(drawing, body / height)
    drawing.set_size_inches(width / 72, height / 72)
    page = drawing.add_axes((0, body / height, 1, 1 - body / height), in_layout=False)
    page.set(xlim=(0, width), ylim=(head + GAP_BELOW_HEAD, 0))
    page.set_axis_off()
    baseline = TITLE * CAP_HEIGHT + 1
    for line in titles:
        page.text(0, baseline, line, fontproperties=font(TITLE, True), color=INK, parse_math=False)
        baseline += TITLE * TITLE_LEADING
    baseline += GAP_BELOW_TITLE + (SUBTITLE - TITLE) * CAP_HEIGHT
    for line in subtitles:
        page.text(0, baseline, line, fontproperties=font(SUBTITLE), color=GREY, parse_math=False)
        baseline += SUBTITLE * SUBTITLE_LEADING


def check_layout(drawing: Drawing) -> list[str]:
    """What is wrong with the text of a figure, one sentence each: overlaps, cuts, small or slanted type, no glyph."""
    _, boxes = draw(drawing, "check")
    width, height = (side * 72 for side in drawing.get_size_inches())
    return check_boxes(boxes, width, height)


def check_boxes(boxes: list[TextBox], width: float, height: float) -> list[str]:
    """The same for text already drawn on a canvas of so many points."""
    seen = [box for box in boxes if box.text.strip()]
    problems = [f"{_named(box)} leaves the canvas by {_outside(box, width, height):.0f} pt" for box in seen
                if _outside(box, width, height) > 0.5]  # fmt: skip
    problems += [
        f"{_named(one)} and {_named(two)} overlap" for one, two in combinations(seen, 2) if _meet(one, two)
    ]
    problems += [f"{_named(box)} is set in {box.size:g} pt; the least is {SMALL:g} pt" for box in seen
                 if box.size < SMALL - 0.01]  # fmt: skip
    problems += [
        f"{_named(box)} is turned by {box.angle:.0f} degrees; text is horizontal"
        for box in seen
        if box.angle % 360
    ]
    for box in seen:
        if absent := missing_glyphs(box.text):
            problems.append(f"{_named(box)} holds {', '.join(map(repr, absent))}, which the house font lacks")
    return problems


def _make_room(drawing: Drawing, share: float) -> None:
    """Keep what is drawn in the lower ``share`` of the figure."""
    engine = drawing.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine | TightLayoutEngine):
        engine.set(rect=(0, 0, 1, share))
        return
    for axes in drawing.axes:
        place = axes.get_position()
        axes.set_position((place.x0, place.y0 * share, place.width, place.height * share))


def _named(box: TextBox) -> str:
    return f"“{box.text}”"


def _outside(box: TextBox, width: float, height: float) -> float:
    return max(-box.left, -box.top, box.right - width, box.bottom - height)


def _meet(one: TextBox, two: TextBox) -> bool:
    return (
        one.left - SIDE_GAP < two.right
        and two.left - SIDE_GAP < one.right
        and one.top < two.bottom
        and two.top < one.bottom
    )
