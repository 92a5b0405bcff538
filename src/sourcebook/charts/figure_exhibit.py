"""The figure exhibit: a picture with its finding, its data and its sources, checked for text that cannot be printed."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Required, TypedDict, Unpack

import pandas as pd
from matplotlib.figure import Figure as Drawing

from sourcebook.charts.sheet import Sheet
from sourcebook.charts.style import HALF_WIDTH, NARROW_WIDTH, SMALL, TEXT_WIDTH, missing_glyphs
from sourcebook.charts.svg import TextBox, clean, draw, stretch
from sourcebook.charts.validate import ChartError, as_data, own_sources, source_keys

EXHIBIT = "application/vnd.sourcebook.exhibit+json"
SIDE_GAP = 1.0


class Caption(TypedDict, total=False):
    """What every chart is told besides its data: ``title`` (the finding), ``subtitle`` (measure, unit, period), the keys of
    its ``sources`` (else those the frame names in a column of this name), and a ``note`` to stand below.
    """

    title: Required[str]
    subtitle: Required[str]
    sources: Iterable[Any] | str | None
    note: str


class Chronology(TypedDict):
    """Dated events as a table would show them: ``lanes`` of (words, sign, colour), ``rows`` of (date, words, number of the
    lane, or -1 for a rule across).
    """

    lanes: list[list[str]]
    rows: list[list[Any]]


@dataclass(frozen=True)
class Figure:
    """A finished picture. ``svg`` is the drawing, ``narrow`` the same for a phone (or empty), ``data`` its columns and
    rows, ``sources`` citation keys. ``stretched`` is the drawing for a notebook, whose fonts are not ours; ``chronology``
    the rows of a chart that a page sets as a table.
    """

    title: str
    subtitle: str
    svg: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)
    sources: tuple[str, ...] = ()
    note: str = ""
    narrow: str = field(default="", repr=False)
    stretched: str = field(default="", repr=False)
    chronology: Chronology | None = field(default=None, repr=False)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            EXHIBIT: {
                "kind": "figure",
                "title": self.title,
                "subtitle": self.subtitle,
                "sources": list(self.sources),
                "note": self.note,
                "data": self.data,
                "narrow": self.narrow,
                "chronology": self.chronology,
            },
            "image/svg+xml": self.svg,
            "text/html": _preview(self),
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

    ``title`` is the finding, ``subtitle`` measure, unit and period: both become text of the page above the picture.
    ``data`` is what was drawn; ``sources`` citation keys, also as a column of lists. The width
    must be that of the text (6.3 in) or half of it (3.05 in). Raises ChartError when a word is missing, or when
    two texts overlap, one leaves the canvas, is too small, slanted, or holds a character the font lacks.
    """
    _check_words(fig, title, subtitle)
    content = as_data(data)
    _release(fig)
    digest = hashlib.sha256(json.dumps([title, subtitle, content], ensure_ascii=False).encode()).hexdigest()
    raw, boxes = draw(fig, digest)
    width, height = (side * 72 for side in fig.get_size_inches())
    if problems := check_boxes(boxes, width, height):
        raise ChartError(
            f"The figure “{title}” cannot be printed: shorten, merge or move these texts.", problems
        )
    svg = clean(raw, f"x{digest[:8]}-")
    made = Figure(title, subtitle, svg, content, source_keys(sources), note)
    return replace(made, stretched=stretch(svg, boxes))


def finish(
    draw_sheet: Callable[[float], Sheet],
    width: float,
    frame: pd.DataFrame,
    *,
    narrow: bool = True,
    **caption: Unpack[Caption],
) -> Figure:
    """Turn what ``draw_sheet`` draws for a width in points into an exhibit ``width`` inches wide, and ``narrow`` for a phone.

    Raises TypeError for an argument that no chart has, else as ``figure``.
    """
    if unknown := caption.keys() - Caption.__annotations__.keys():
        raise TypeError(f"a chart has no argument {', '.join(sorted(unknown))}; see its help")
    sources = caption.get("sources")
    made = figure(
        draw_sheet(width * 72).drawing,
        title=caption.get("title", ""),
        subtitle=caption.get("subtitle", ""),
        data=frame,
        sources=own_sources(frame) if sources is None else sources,
        note=caption.get("note", ""),
    )
    return replace(made, narrow=_draw_narrow(draw_sheet, made.svg)) if narrow else made


def _draw_narrow(draw_sheet: Callable[[float], Sheet], svg: str) -> str:
    """The picture for a phone; empty where its words have no room there, and the page makes the other one smaller."""
    salt = f"n{hashlib.sha256(svg.encode()).hexdigest()[:8]}-"
    try:
        drawing = draw_sheet(NARROW_WIDTH * 72).drawing
    except ChartError:
        return ""
    raw, boxes = draw(drawing, salt)
    width, height = (side * 72 for side in drawing.get_size_inches())
    return "" if check_boxes(boxes, width, height) else clean(raw, salt)


def _preview(shown: Figure) -> str:
    """The exhibit for a notebook, which may lack the font: its head as text, its labels as long as they were drawn.

    Of a drawing within the text Jupyter would leave but the words, where it does not trust the notebook; pictures stay.
    """
    head = f"<strong>{html.escape(shown.title)}</strong><br>{html.escape(shown.subtitle)}"
    packed = base64.b64encode((shown.stretched or shown.svg).encode()).decode()
    picture = f'<img src="data:image/svg+xml;base64,{packed}" alt="Chart: {html.escape(shown.title)}" style="width: 100%; background: #fff">'
    return f'<figure style="margin: 0; max-width: 605px"><figcaption>{head}</figcaption>{picture}</figure>'


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
        raise ChartError(f"The figure “{title}” has a suptitle too: remove it, the page says the title.")


def _release(fig: Drawing) -> None:
    """Take the figure from pyplot, so that the inline backend does not show it a second time."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(fig)


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
