"""Scales that place values on a sheet, and axes: thin grid lines with their values, and time as dates."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator

from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LINE_ASPECT, SMALL, text_width
from sourcebook.charts.time_axis import time_ticks
from sourcebook.core.colour import GREY, GRID, RULE
from sourcebook.core.numbers import format_number

AXIS_HEIGHT = 13.0
_STEPS = [1, 2, 2.5, 5, 10]


@dataclass(frozen=True)
class Scale:
    """Values to points: linear, or by powers of ten when ``log``."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value lies, in points; on a logarithmic scale it must be above zero."""
        low, high, value = (math.log10(v) if self.log else v for v in (self.low, self.high, value))
        return self.start + (value - low) / ((high - low) or 1.0) * (self.end - self.start)

    def ticks(self, most: int = 6, step: float | None = None) -> list[float]:
        """Values within the scale: every ``step``, or about ``most`` round ones, or by decade when logarithmic."""
        if step:
            found = [step * n for n in range(math.floor(self.low / step), math.ceil(self.high / step) + 1)]
        elif self.log:
            found = _decades(self.low, self.high)
        else:
            found = [float(v) for v in MaxNLocator(most, steps=_STEPS).tick_values(self.low, self.high)]
        slack = 1e-9 * (abs(self.low) + abs(self.high))
        return [value for value in found if self.low - slack <= value <= self.high + slack]


def extent(values: Iterable[float], *, zero: bool = False) -> tuple[float, float]:
    """The least and the greatest of ``values``, with ``zero`` of these and zero; never twice the same."""
    found = [*values, *([0.0] if zero else [])]
    low, high = min(found), max(found)
    return low, high if high > low else low + 1


def round_extent(values: Iterable[float], *, zero: bool = False, most: int = 6) -> tuple[float, float]:
    """The same, out to the values that about ``most`` ticks stand at: no mark lies beyond the last of them."""
    ticks = MaxNLocator(most, steps=_STEPS).tick_values(*extent(values, zero=zero))
    return float(ticks[0]), float(ticks[-1])


def _decades(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    factors = (1, 2, 5) if last - first <= 3 else (1,)
    return [factor * 10.0**power for power in range(first, last + 1) for factor in factors]


def axis_room(scale: Scale) -> float:
    """The height an axis needs below its plot: a row of values, and one more to say that they are logarithmic."""
    return AXIS_HEIGHT + (SMALL * LEADING + 2 if scale.log else 0)


def plot_height(width: float) -> float:
    """The height of a plot over time for a sheet so many points wide: one shape for each width."""
    nearest = min(LINE_ASPECT, key=lambda inches: abs(inches * 72 - width))
    return width * LINE_ASPECT[nearest]


def tick_words(values: Iterable[float], unit: str = "") -> list[str]:
    """Tick labels with equal digits; the unit stands once, at the last one."""
    found = list(values)
    digits = max((_digits(value) for value in found), default=0)
    words = [format_number(value, digits) for value in found]
    return [*words[:-1], f"{words[-1]} {unit}".strip()] if words else []


def axis_below(
    sheet: Sheet,
    scale: Scale,
    top: float,
    bottom: float,
    *,
    most: int = 6,
    step: float | None = None,
    unit: str = "",
) -> None:
    """Vertical grid lines from ``top`` to ``bottom`` with their values below, at round values or every ``step``."""
    ticks = scale.ticks(most, step)
    decades = [format_number(tick) for tick in ticks]
    labelled = list(zip(ticks, decades if scale.log else tick_words(ticks, unit), strict=True))
    free, written = sheet.width, set[float]()
    for tick, word in reversed(labelled):  # the last one first: it has the unit
        half = text_width(word) / 2
        if (x := min(max(scale(tick), half), sheet.width - half)) + half <= free:
            written.add(tick)
            free = x - half - 4
    for tick, word in labelled:
        x = scale(tick)
        sheet.line([x, x], [top, bottom], RULE if tick == 0 else GRID, 0.6)
        if tick in written:
            put_tick(sheet, x, bottom + AXIS_HEIGHT / 2 + 1, word)
    if scale.log:
        sheet.write(
            sheet.width, bottom + AXIS_HEIGHT + 5, "logarithmic scale", size=SMALL, colour=GREY, anchor="end"
        )


def axis_left(sheet: Sheet, scale: Scale, left: float, right: float, *, most: int = 5) -> None:
    """Horizontal grid lines from ``left`` to ``right``, each with its value on the line's left end."""
    ticks = scale.ticks(most)
    for tick, word in zip(ticks, tick_words(ticks), strict=True):
        y = scale(tick)
        sheet.line([left, right], [y, y], RULE if tick == 0 else GRID, 0.6)
        sheet.write(left - 5, y, word, colour=GREY, anchor="end")


def axis_time(
    sheet: Sheet, scale: Scale, y: float, *, annual: bool = False, grid: float | None = None
) -> None:
    """A base line at height ``y`` with dates below it; the scale counts days.

    ``annual`` sets a year's label under its middle; ``grid`` draws vertical lines from that height down to the base.
    """
    sheet.line([scale.start, scale.end], [y, y], RULE, 0.6)
    free = 0.0
    for day, word in time_ticks(scale.low, scale.high, scale.end - scale.start, annual=annual):
        x, half = scale(day), text_width(word) / 2
        if grid is not None:
            sheet.line([x, x], [grid, y], GRID, 0.6)
        if not annual:
            sheet.line([x, x], [y, y + 2.5], RULE, 0.6)
        if max(x - half, 0) >= free:
            free = put_tick(sheet, x, y + AXIS_HEIGHT / 2 + 2, word) + 4


def put_tick(sheet: Sheet, x: float, y: float, word: str) -> float:
    """Write a tick label centred below its tick, moved in where it would leave the sheet; returns its right end."""
    half = text_width(word) / 2
    x = min(max(x, half), sheet.width - half)
    sheet.write(x, y, word, colour=GREY, anchor="middle")
    return x + half


def _digits(value: float) -> int:
    text = f"{value:.6f}".rstrip("0")
    return len(text.partition(".")[2])
