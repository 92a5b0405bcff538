"""What a line chart is made of: points in time by series, the stretches without a gap, the scale of values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import isnan
from typing import Any

from sourcebook.charts.dates import is_long, short_date, span
from sourcebook.charts.errors import ChartError
from sourcebook.charts.scale import Scale

A_YEAR = 360.0


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
