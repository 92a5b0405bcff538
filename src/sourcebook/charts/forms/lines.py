"""Lines over time, each named at its end, with gaps where years are missing and events above."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan
from typing import Any, Unpack

import pandas as pd

from sourcebook.charts.axes import AXIS_HEIGHT, Scale, axis_left, axis_time, plot_height, tick_words
from sourcebook.charts.events import Events
from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import label_over, move_apart, value_formatter
from sourcebook.charts.palette import PROJECT, Mark, greys_first, hues, stroke_of
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL, TEXT_WIDTH, widest, wrap
from sourcebook.charts.time_axis import is_long, span
from sourcebook.charts.validate import ChartError, check_frame, check_numbers, read_texts
from sourcebook.core.colour import darken, tint
from sourcebook.core.dates import short_date
from sourcebook.core.numbers import join_range

HEADROOM = 11.0
INSET = 5.0
NAME_SHARE = 0.2
MOST_DOTS = 40
A_YEAR = 360.0


def lines(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    series: str | None = None,
    low: str | None = None,
    high: str | None = None,
    events: Iterable[tuple[Any, str]] = (),
    callouts: Iterable[Any] = (),
    focus: Sequence[str] = (),
    marks: Mapping[str, Mark | str] | None = None,
    digits: int | None = None,
    unit: str = "",
    form: Callable[[float], str] | None = None,
    zero: bool = False,
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """One line for each ``series`` over dates ``x`` (years, EDTF text or timestamps), last value written at its end.

    A missing value or a skipped year or month leaves a gap. ``low`` and ``high`` draw a band around the line.
    ``events`` are (date, label): days become vertical lines, longer dates shaded bands. ``callouts`` are dates whose
    values are written beside their points. ``zero`` starts the scale at zero. ``unit`` follows each written value.
    Raises ChartError for no rows, no numbers, a date it cannot read, or two values of one series at one date.
    """
    frame = check_frame(frame, "lines", x, y, series, low, high)
    numbers = check_numbers(frame, "lines", y)
    bands = [check_numbers(frame, "lines", name) if name else numbers for name in (low, high)]
    names = read_texts(frame, series)
    points = read_points(zip(names, frame[x], numbers, *bands, strict=True))
    return finish(
        lambda room: _Lines(
            width=room,
            points=points,
            marks=hues(points, given=marks, focus=focus) if series else {"": Mark(PROJECT.accent)},
            write=value_formatter(form, digits, unit),
            zero=zero,
            dated=list(events),
        ).draw({span(when) for when in callouts}),
        width,
        frame,
        **caption,
    )


@dataclass(kw_only=True)
class _Lines:
    """The drawing of one line chart: events, grid, lines, names at their ends."""

    width: float
    points: dict[str, list[Point]]
    marks: dict[str, Mark]
    write: Callable[[float], str]
    zero: bool
    dated: list[tuple[Any, str]]

    def __post_init__(self) -> None:
        every = [point for found in self.points.values() for point in found]
        self.annual = is_annual(every)
        self.values = value_scale(every, zero=self.zero)
        self.ends = {name: [p for p in found if p.known][-1] for name, found in self.points.items()}
        self.names = {name: wrap(name, self.width * NAME_SHARE, LABEL, True) for name in self.points}
        self.words = {name: self.write(point.value) for name, point in self.ends.items()}
        names = max(widest(lines, LABEL, True) for lines in self.names.values())
        self.left = widest(tick_words(self.values.ticks(5))) + 8
        self.right = self.width - max(names, widest(list(self.words.values()))) - 10
        first = min(point.middle if self.annual else point.days[0] for point in every)
        last = max(point.middle for point in every)
        self.time = Scale(min(first, last - 1), last, self.left + INSET, self.right - INSET)
        self.events = Events(self.dated, self.time, self.width)

    def draw(self, callouts: set[tuple[float, float]]) -> Sheet:
        """The sheet; ``callouts`` are spans of days whose values are written at their points."""
        top = self.events.height + HEADROOM
        bottom = top + plot_height(self.width)
        sheet = Sheet(self.width, bottom + AXIS_HEIGHT + 4)
        self.values = Scale(self.values.low, self.values.high, bottom, top)
        self.events.draw_bands(sheet, self.events.height, bottom)
        axis_left(sheet, self.values, self.left, self.right)
        axis_time(sheet, self.time, bottom, annual=self.annual)
        self.events.draw(sheet, self.events.height, bottom)
        for name in greys_first(self.marks):
            self._series(sheet, name)
        self._name(sheet, top, bottom)
        for name, found in self.points.items():
            for number, point in enumerate(found):
                if point.days in callouts and point.known:
                    self._callout(sheet, name, found, number)
        return sheet

    def _series(self, sheet: Sheet, name: str) -> None:
        colour = stroke_of(self.marks[name])
        for run in find_runs(self.points[name]):
            with sheet.mark(series=name):
                self._run(sheet, run, colour)
            dotted = len(self.points[name]) <= MOST_DOTS or len(run) == 1
            for point in run:
                x, y = self.time(point.middle), self.values(point.value)
                with sheet.mark(self._label(name, point), series=name):
                    sheet.symbol(x, y, "disc", colour, 1.9) if dotted else sheet.spot(x, y)

    def _run(self, sheet: Sheet, run: list[Point], colour: str) -> None:
        """A stretch without a gap: its band, and its line over that."""
        xs = [self.time(point.middle) for point in run]
        if any(point.range for point in run):
            lower = [(x, self.values(p.low)) for x, p in zip(xs, run, strict=True)]
            upper = [(x, self.values(p.high)) for x, p in zip(xs, run, strict=True)]
            sheet.area([*lower, *reversed(upper)], tint(colour, 0.3))
        sheet.line(xs, [self.values(point.value) for point in run], colour, 1.7)

    def _label(self, name: str, point: Point) -> str:
        """The words of a point in full: series, date, value and the ends of its band."""
        band = f" ({join_range(self.write(point.low), self.write(point.high))})" if point.range else ""
        where = ", ".join(word for word in (name, short_date(point.when)) if word)
        return f"{where}: {self.write(point.value)}{band}"

    def _name(self, sheet: Sheet, top: float, bottom: float) -> None:
        """Names and last values right of the plot, moved apart where lines end close together."""
        wanted = [self.values(point.value) for point in self.ends.values()]
        tall = [(len(lines) + 1) * LABEL * LEADING + 2 for lines in self.names.values()]
        heights = move_apart(wanted, tall, top, bottom - max(tall) / 2 + 7)
        for name, y, spot in zip(self.ends, heights, wanted, strict=True):
            with sheet.mark(series=name):
                self._end(sheet, name, y, spot)

    def _end(self, sheet: Sheet, name: str, y: float, spot: float) -> None:
        """The name at height ``y`` of a line that ends at height ``spot``."""
        end = self.time(self.ends[name].middle)
        if abs(y - spot) > 4 or end < self.time.end - 6:
            sheet.line([end + 4, self.right + 4], [spot, y], stroke_of(self.marks[name]), 0.5)
        lines, shift = self.names[name], len(self.names[name]) * LABEL * LEADING / 2
        if lines:
            ink = darken(self.marks[name].colour)
            sheet.write(self.right + 6, y - LABEL * LEADING / 2, lines, bold=True, colour=ink)
        sheet.write(self.right + 6, y + shift, self.words[name])

    def _callout(self, sheet: Sheet, name: str, found: list[Point], number: int) -> None:
        """The value over a peak and under a dip."""
        point = found[number]
        beside = [p.value for p in found[max(0, number - 1) : number + 2] if p is not point and p.known]
        over = not beside or point.value >= sum(beside) / len(beside)
        x, y = self.time(point.middle), self.values(point.value) + (-8.5 if over else 8.5)
        with sheet.mark(series=name):
            label_over(sheet, x, y, self.write(point.value), darken(self.marks[name].colour))


@dataclass(frozen=True)
class Point:
    """A value at a date (first and last day), with the band around it."""

    days: tuple[float, float]
    when: Any
    value: float
    low: float
    high: float

    @property
    def middle(self) -> float:
        """The middle of the date, in days."""
        return sum(self.days) / 2

    @property
    def range(self) -> tuple[float, float] | None:
        """The ends of its band, if it has one."""
        return None if self.low == self.high else (self.low, self.high)

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return not isnan(self.value)


def read_points(rows: Iterable[tuple[str, Any, float, float, float]]) -> dict[str, list[Point]]:
    """Points by series in order of time, from rows of series, date, value, low and high.

    Raises ChartError for a date it cannot read, a series without a number, or two values of one series at a date.
    """
    points: dict[str, list[Point]] = {}
    for name, when, value, low, high in rows:
        points.setdefault(name, []).append(Point(span(when), when, value, low, high))
    for name, found in points.items():
        found.sort(key=lambda point: point.days)
        _check(name, found)
    return points


def is_annual(points: Iterable[Point]) -> bool:
    """Whether every point stands for a year."""
    return all(point.days[1] - point.days[0] > A_YEAR for point in points)


def find_runs(points: list[Point]) -> list[list[Point]]:
    """Stretches without a gap: days follow one another as they come, months and years without a hole."""
    runs: list[list[Point]] = [[]]
    for point in points:
        before = runs[-1][-1] if runs[-1] else None
        hole = before and is_long(point.days) and point.days[0] > before.days[1] + 0.5
        if hole or not point.known:
            runs.append([])
        if point.known:
            runs[-1].append(point)
    return [run for run in runs if run]


def value_scale(points: Iterable[Point], *, zero: bool) -> Scale:
    """From the round number below the least value to the one above the greatest; its points run from 1 to 0."""
    values = [v for point in points for v in (point.value, point.low, point.high) if not isnan(v)]
    low, high = min(values), max(values)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = low - 1, high + 1
    ticks = Scale(low - (high - low), high + (high - low), 0, 1).ticks(12)
    return Scale(max(t for t in ticks if t <= low), min(t for t in ticks if t >= high), 1, 0)


def _check(name: str, points: list[Point]) -> None:
    if not any(point.known for point in points):
        raise ChartError(f"lines: the series {name!r} holds no number; drop it, or say so in the note.")
    for one, two in pairwise(points):
        if one.days == two.days:
            raise ChartError(
                f"lines: {name or 'the series'} has two values at {short_date(one.when)}: "
                "split them by `series`, or keep one basis."
            )
