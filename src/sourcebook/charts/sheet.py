"""A sheet to draw on, in points from its top left corner."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path

from sourcebook.charts.palette import Mark
from sourcebook.charts.style import LABEL, font, widest
from sourcebook.charts.svg import name_mark
from sourcebook.charts.symbols import shape
from sourcebook.core.colour import INK, ON_MARK, WHITE, darken, readable_on

CAP_HEIGHT = 0.66
LEADING = 1.2

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points."""


class Sheet:
    """One matplotlib figure whose only axes measure points, y downwards; later marks lie over earlier ones."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.drawing = Drawing(figsize=(width / 72, height / 72), dpi=72, facecolor=WHITE)
        self.drawing.set_layout_engine("none")
        self.page = self.drawing.add_axes((0, 0, 1, 1))
        self.page.set(xlim=(0, width), ylim=(height, 0))
        self.page.set_axis_off()
        self._numbers = itertools.count(10)
        self._mark: str | None = None

    @contextmanager
    def mark(self, label: str = "", *, series: str = "", row: str = "", link: str = "") -> Iterator[None]:
        """What is drawn within is one mark, and the SVG says so, for pages that answer to pointer and keyboard.

        ``label`` are its words in full (``Iran, 2023: 4.8``); ``series`` what is picked out with it, also given without
        a label to lines, names and keys; ``row`` what the keys up and down go through, where that is not the series;
        ``link`` where it leads to on the page.
        """
        words = {"label": label, "series": series, "row": row, "link": link}
        self._mark = name_mark(next(self._numbers), words) if any(words.values()) else None
        try:
            yield
        finally:
            self._mark = None

    def write(
        self,
        x: float,
        y: float,
        text: str | Sequence[str],
        *,
        size: float = LABEL,
        bold: bool = False,
        colour: str = INK,
        anchor: str = "start",
    ) -> Box:
        """Write one or several lines centred on height ``y``; ``anchor`` is start, middle or end. Returns their box."""
        lines = [text] if isinstance(text, str) else list(text)
        first = y - (len(lines) - 1) * size * LEADING / 2
        side = {"start": "left", "middle": "center", "end": "right"}[anchor]
        for number, line in enumerate(lines):
            baseline = first + number * size * LEADING + CAP_HEIGHT * size / 2
            self.page.text(
                x, baseline, line, fontproperties=font(size, bold), color=colour, ha=side, va="baseline",
                parse_math=False, zorder=next(self._numbers), gid=self._mark,
            )  # fmt: skip
        wide = widest(lines, size, bold)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        half = ((len(lines) - 1) * LEADING + 1) * size / 2
        return left, y - half, left + wide, y + half

    def bar(self, box: Box, mark: Mark, *, edge: str = "none") -> None:
        """Fill a box with a mark's colour, and its hatch if it has one."""
        left, top, right, bottom = box
        fill: Any = {"facecolor": mark.colour, "edgecolor": edge, "linewidth": 0.6}
        self._put(Rectangle((left, top), right - left, bottom - top, **fill))
        if mark.hatch:
            ink = darken(mark.colour, 1.9) if readable_on(mark.colour) != ON_MARK[0] else "#FFFFFF66"
            self._stroke(_hatching(box, mark.hatch), ink, 0.6)

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        colour: str,
        width: float = 0.6,
        *,
        dash: Sequence[float] = (),
    ) -> None:
        """Draw a line through points; NaN breaks it."""
        style: Any = (0, tuple(dash) or None)
        caps: Any = {"solid_capstyle": "butt", "dash_capstyle": "butt", "marker": "none"}
        self._put(Line2D(list(xs), list(ys), color=colour, linewidth=width, linestyle=style, **caps))

    def area(self, corners: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill a polygon."""
        self._put(Polygon(list(corners), facecolor=colour, edgecolor="none"))

    def spot(self, x: float, y: float) -> None:
        """A place without ink, for a mark that nothing else shows: one point of a long line."""
        self._put(Rectangle((x, y), 0, 0, facecolor="none", edgecolor="none"))

    def symbol(self, x: float, y: float, name: str, colour: str, radius: float = 3.4) -> None:
        """Draw a symbol of ``symbols`` centred on a point. Raises ChartError for a name they do not hold."""
        filled, outlined = shape(name)
        if len(filled) > 1:
            self._stamp(x, y, filled, radius, colour, 0)
        if outlined is not None:
            self._stamp(x, y, outlined, radius, colour, radius * 0.24)

    def _stamp(self, x: float, y: float, path: Path, radius: float, colour: str, stroke: float) -> None:
        """Put a unit path as a marker: the same shape is stored once in the SVG, however often it is used."""
        corners: Any = path.vertices
        size = 2 * radius * float(abs(corners).max())
        face, edge = ("none", colour) if stroke else (colour, "none")
        look: Any = {"markeredgewidth": stroke, "markerfacecolor": face, "markeredgecolor": edge}
        self._put(Line2D([x], [y], linestyle="none", marker=path, markersize=size, **look))

    def _stroke(self, path: Path, colour: str, width: float) -> None:
        if len(path) > 1:
            self._put(PathPatch(path, facecolor="none", edgecolor=colour, linewidth=width))

    def _put(self, artist: Line2D | Patch) -> None:
        """Lay an artist over all before it, as part of the present mark."""
        artist.set(clip_on=False, zorder=next(self._numbers), gid=self._mark)
        self.page.add_artist(artist)


def _hatching(box: Box, kind: str, gap: float = 3.6) -> Path:
    """Diagonal strokes within a box, drawn as lines because pattern fills differ between viewers."""
    left, top, right, bottom = box
    height = bottom - top
    corners: list[tuple[float, float]] = []
    start = left - height + gap / 2
    while start < right:
        x0, x1 = max(start, left), min(start + height, right)
        y0, y1 = x0 - start, x1 - start
        rise = (bottom - y0, bottom - y1) if kind == "/" else (top + y0, top + y1)
        corners += [(x0, rise[0]), (x1, rise[1])]
        start += gap
    codes = [Path.MOVETO, Path.LINETO] * (len(corners) // 2)
    return Path(corners, codes) if corners else Path([(left, top)], [Path.MOVETO])
