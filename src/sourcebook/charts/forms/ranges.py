"""What different reporters say about the same thing: a band from low to high, each reporter a labelled dot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import isnan
from typing import Unpack

import pandas as pd

from sourcebook.charts.axes import Scale, axis_below, axis_room, round_extent
from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import value_formatter
from sourcebook.charts.palette import Mark, plain_hues
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL, SMALL, TEXT_WIDTH, text_width, widest, wrap
from sourcebook.charts.validate import ChartError, category_order, check_frame, check_intervals
from sourcebook.core.colour import GREY, GRID, MARK_CONTRAST, darken, tint
from sourcebook.core.numbers import join_range

ROW = 12.0
BETWEEN = 8.0
DOT = 3.1
LABEL_SHARE = 0.3


def ranges(
    frame: pd.DataFrame,
    *,
    category: str,
    value: str,
    reporter: str,
    high: str | None = None,
    categories: Sequence[str] = (),
    missing: str = "no figure found",
    focus: Sequence[str] = (),
    marks: Mapping[str, Mark | str] | None = None,
    digits: int | None = None,
    unit: str = "",
    form: Callable[[float], str] | None = None,
    log: bool = False,
    zero: bool = True,
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """For each category every reporter's figure as a dot on a row of its own, over a band from lowest to highest.

    One row of ``frame`` is one reporter's figure, named by ``reporter`` (who counts, and when if that differs);
    with ``high`` the figure is itself a range from ``value`` to ``high``. The scale starts at zero unless ``zero``
    is false; ``log`` makes it logarithmic and says so. Categories and reporters keep the order of the frame, or stand as
    in ``categories``, where one without a figure has a row that says ``missing``.
    Raises ChartError for no rows, no numbers, values not above zero on a logarithmic scale, or a category that is not in ``categories``.
    """
    frame = check_frame(frame, "ranges", category, value, reporter, high)
    lows, highs = check_intervals(frame, "ranges", value, high, log=log)
    reports = [
        _Report(str(c), " ".join(str(r).split()), low, top)
        for c, r, low, top in zip(frame[category], frame[reporter], lows, highs, strict=True)
        if not isnan(low)
    ]
    names = _order(frame[category], {one.category for one in reports}, categories)
    painted = plain_hues(names, given=marks, focus=focus)
    return finish(
        lambda room: _Ranges(
            width=room,
            reports=reports,
            names=names,
            missing=missing,
            marks=painted,
            write=value_formatter(form, digits, unit),
            log=log,
            zero=zero,
        ).draw(),
        width,
        frame,
        **caption,
    )


def _order(column: pd.Series, counted: Set[str], asked: Sequence[str]) -> list[str]:
    """The categories that get a row: those asked for, or those of which there is a figure."""
    if unknown := sorted(counted - set(asked) if asked else ()):
        raise ChartError(f"ranges: {', '.join(unknown)} in column {column.name!r} is not in categories.")
    return list(asked) or [name for name in category_order(column) if name in counted]


@dataclass(frozen=True)
class _Report:
    """What one reporter says of one category; low and high are the same unless it is a range."""

    category: str
    reporter: str
    low: float
    high: float


@dataclass(kw_only=True)
class _Ranges:
    """The drawing of one range chart: a block for each category, a row for each reporter."""

    width: float
    reports: list[_Report]
    names: list[str]
    missing: str
    marks: dict[str, Mark]
    write: Callable[[float], str]
    log: bool
    zero: bool

    def __post_init__(self) -> None:
        self.labels = {name: wrap(name, self.width * LABEL_SHARE, LABEL, True) for name in self.names}
        self.left = max(widest(lines, LABEL, True) for lines in self.labels.values()) + 12
        values = [end for one in self.reports for end in (one.low, one.high)]
        self.most = 5 if self.width > 300 else 3
        low, high = round_extent(values, zero=self.zero, most=self.most)
        if self.log:
            low, high = min(values) / 1.25, max(values) * 1.25
        self.scale = Scale(low, high, self.left + DOT, self.width - DOT - 2, self.log)

    def draw(self) -> Sheet:
        """The sheet: grid and axis, then a block for each category."""
        blocks = [(name, self._rows(name)) for name in self.names]
        heights = [self._height(name, rows) for name, rows in blocks]
        bottom = sum(heights)
        sheet = Sheet(self.width, bottom + axis_room(self.scale))
        axis_below(sheet, self.scale, 0, bottom, most=self.most)
        top = 0.0
        for (name, rows), height in zip(blocks, heights, strict=True):
            sheet.line([0, self.width], [top, top], GRID, 0.5)
            self._block(sheet, name, rows, top, height)
            top += height
        return sheet

    def _rows(self, name: str) -> list[tuple[_Report, tuple[str, ...]]]:
        return [
            (one, wrap(one.reporter, self._room(one), SMALL)) for one in self.reports if one.category == name
        ]

    def _height(self, name: str, rows: list[tuple[_Report, tuple[str, ...]]]) -> float:
        inner = sum(_row_height(lines) for _, lines in rows) or ROW
        return max(inner, len(self.labels[name]) * LABEL * LEADING) + BETWEEN

    def _block(
        self, sheet: Sheet, name: str, rows: list[tuple[_Report, tuple[str, ...]]], top: float, height: float
    ) -> None:
        """One category: the band behind, then each reporter's dot and words; or what is said of none."""
        colour = self.marks[name].colour
        ends = [self.scale(end) for one, _ in rows for end in (one.low, one.high)]
        if len(set(ends)) > 1:
            band = min(ends), top + BETWEEN / 2 - 1, max(ends), top + height - BETWEEN / 2 + 1
            sheet.bar(band, Mark(tint(colour, 0.13)))
        sheet.write(0, top + height / 2, self.labels[name], bold=True)
        if not rows:
            sheet.write(self.left + DOT + 4, top + height / 2, self.missing, size=SMALL, colour=GREY)
        y = top + (height - sum(_row_height(lines) for _, lines in rows)) / 2
        for one, lines in rows:
            row = _row_height(lines)
            with sheet.mark(f"{name}, {one.reporter}: {self._interval(one)}", row=name):
                self._row(sheet, one, lines, y + row / 2, colour)
            y += row

    def _row(self, sheet: Sheet, one: _Report, lines: tuple[str, ...], y: float, colour: str) -> None:
        dark = darken(colour, MARK_CONTRAST)
        start, end = self.scale(one.low), self.scale(one.high)
        if end > start:
            sheet.line([start, end], [y, y], dark, 2.4)
        for x in {start, end}:
            sheet.symbol(x, y, "disc", dark, DOT)
        figures = self._interval(one)
        beside = DOT + 4 + text_width(figures, SMALL, True) + 4
        if self._rightwards(one):
            sheet.write(end + DOT + 4, y, figures, size=SMALL, bold=True)
            sheet.write(end + beside, y, lines, size=SMALL, colour=GREY)
        else:
            sheet.write(start - DOT - 4, y, figures, size=SMALL, bold=True, anchor="end")
            sheet.write(start - beside, y, lines, size=SMALL, colour=GREY, anchor="end")

    def _interval(self, one: _Report) -> str:
        return join_range(self.write(one.low), self.write(one.high))

    def _rightwards(self, one: _Report) -> bool:
        """Whether the words stand right of the dot: where they fit, else where there is more room."""
        right, left = self._sides(one)
        return text_width(one.reporter, SMALL) <= right or right >= left

    def _room(self, one: _Report) -> float:
        right, left = self._sides(one)
        return right if self._rightwards(one) else left

    def _sides(self, one: _Report) -> tuple[float, float]:
        beside = DOT + 8 + text_width(self._interval(one), SMALL, True)
        return self.width - self.scale(one.high) - beside, self.scale(one.low) - beside - self.left


def _row_height(lines: Sequence[str]) -> float:
    return max(ROW, len(lines) * SMALL * LEADING + 3)
