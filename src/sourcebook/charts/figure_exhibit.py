"""The figure exhibit: a picture with its finding, its data and its sources, checked for text that cannot be printed."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Required, TypedDict, Unpack

import pandas as pd
from matplotlib.figure import Figure as Drawing
from matplotlib.layout_engine import ConstrainedLayoutEngine, TightLayoutEngine

from sourcebook.charts.palette import GREY, INK
from sourcebook.charts.sheet import CAP_HEIGHT, Sheet
from sourcebook.charts.style import HALF_WIDTH, SMALL, SUBTITLE, TEXT_WIDTH, TITLE, font, missing_glyphs, wrap
from sourcebook.charts.svg import TextBox, clean, draw
from sourcebook.charts.validate import ChartError, as_data, own_sources, source_keys

EXHIBIT = "application/vnd.sourcebook.exhibit+json"
TITLE_LEADING = 1.18
SUBTITLE_LEADING = 1.25
GAP_BELOW_TITLE = 3.0
GAP_BELOW_HEAD = 9.0
SIDE_GAP = 1.0


class Caption(TypedDict, total=False):
    """What every chart is told besides its data: ``title`` (the finding), ``subtitle`` (measure, unit, period), the keys of
    its ``sources`` (else those the frame names in a column of this name), and a ``note`` to stand below.
    """

    title: Required[str]
    subtitle: Required[str]
    sources: Iterable[Any] | str | None
    note: str


@dataclass(frozen=True)
class Figure:
    """A finished picture. ``svg`` is the drawing, ``data`` its columns and rows, ``sources`` citation keys."""

    title: str
    subtitle: str
    svg: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)
    sources: tuple[str, ...] = ()
    note: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            EXHIBIT: {
                "kind": "figure",
                "title": self.title,
                "subtitle": self.subtitle,
                "sources": list(self.sources),
                "note": self.note,
                "data": self.data,
            },
            "image/svg+xml": self.svg,
            "text/plain": f"Figure: {self.title} ({self.subtitle})",
        }


def figure(
    fig: Drawing,
    *,
    title: str,
    subtitle: str,
    data: pd.DataFrame,
    sources: Iterable[Any] | str = (),
    note: str = "",
) -> Figure:
    """Turn a matplotlib figure into an exhibit; the figure is closed and cannot be used again.

    ``title`` is the finding, ``subtitle`` measure, unit and period: both are drawn above the figure, which grows
    by their height. ``data`` is what was drawn; ``sources`` citation keys, also as a column of lists. The width
    must be that of the text (6.3 in) or half of it (3.05 in). Raises ChartError when a word is missing, or when
    two texts overlap, one leaves the canvas, is too small, slanted, or holds a character the font lacks.
    """
    _check_words(fig, title, subtitle)
    content = as_data(data)
    _release(fig)
    add_head(fig, title, subtitle)
    digest = hashlib.sha256(json.dumps([title, subtitle, content], ensure_ascii=False).encode()).hexdigest()
    raw, boxes = draw(fig, digest)
    width, height = (side * 72 for side in fig.get_size_inches())
    if problems := check_boxes(boxes, width, height):
        raise ChartError(
            f"The figure “{title}” cannot be printed: shorten, merge or move these texts.", problems
        )
    return Figure(title, subtitle, clean(raw, f"x{digest[:8]}-"), content, source_keys(sources), note)


def finish(sheet: Sheet, frame: pd.DataFrame, **caption: Unpack[Caption]) -> Figure:
    """Turn a sheet into an exhibit; raises TypeError for an argument that no chart has, else as ``figure``."""
    if unknown := caption.keys() - Caption.__annotations__.keys():
        raise TypeError(f"a chart has no argument {', '.join(sorted(unknown))}; see its help")
    sources = caption.get("sources")
    return figure(
        sheet.drawing,
        title=caption.get("title", ""),
        subtitle=caption.get("subtitle", ""),
        data=frame,
        sources=own_sources(frame) if sources is None else sources,
        note=caption.get("note", ""),
    )


def _check_words(fig: Drawing, title: str, subtitle: str) -> None:
    for name, words in (("title (the finding)", title), ("subtitle (measure, unit, period)", subtitle)):
        if not words.strip():
            raise ChartError(f"A figure needs a {name}, and found none.")
    width = float(fig.get_size_inches()[0])
    if min(abs(width - allowed) for allowed in (TEXT_WIDTH, HALF_WIDTH)) > 0.01:
        raise ChartError(
            f"The figure “{title}” is {width:g} in wide; expected {TEXT_WIDTH} in (the text) or {HALF_WIDTH} in (half)."
        )
    if fig.get_suptitle():
        raise ChartError(
            f"The figure “{title}” has a suptitle too: remove it, the title is drawn by figure()."
        )


def _release(fig: Drawing) -> None:
    """Take the figure from pyplot, so that the inline backend does not show it a second time."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(fig)


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
