"""Columns over time: one a month or year, with a part or a kind in a second shade, events above."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import isnan
from typing import Any, Unpack

import pandas as pd

from sourcebook.charts.axes import (
    AXIS_HEIGHT,
    Scale,
    axis_left,
    axis_time,
    plot_height,
    round_extent,
    tick_words,
)
from sourcebook.charts.events import Events
from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import Legend, edge_of, label_over, value_formatter
from sourcebook.charts.palette import Mark, hue_of, resolve
from sourcebook.charts.sheet import Sheet
from sourcebook.charts.style import SMALL, TEXT_WIDTH, text_width, widest
from sourcebook.charts.time_axis import span
from sourcebook.charts.validate import ChartError, category_order, check_frame, check_numbers, read_texts
from sourcebook.core.colour import tint
from sourcebook.core.dates import short_date

HEADROOM = 11.0
SLIT = 0.18
WIDEST = 56.0


def columns(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    part: str | None = None,
    words: tuple[str, str] = ("", ""),
    shade: str | None = None,
    marks: Mapping[str, Mark | str] | None = None,
    events: Iterable[tuple[Any, str]] = (),
    callouts: Iterable[Any] = (),
    hue: str = "",
    digits: int | None = None,
    unit: str = "",
    form: Callable[[float], str] | None = None,
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """A column from zero for each date ``x`` (year, month, EDTF text), as wide as its time; missing dates stay empty.

    ``part`` is a column of ``frame`` with the part of ``y`` shown in the strong shade; ``words`` names the part and
    the rest. ``shade`` is a column that sorts whole columns into kinds, first kind strongest, up to three, or as
    ``marks`` says. ``hue`` is a name of the palette or a colour. Values are written over the columns when all fit, else only at
    the dates in ``callouts``. Raises ChartError for no rows, negative or no numbers, or a date given twice.
    """
    frame = check_frame(frame, "columns", x, y, part, shade)
    rest = words[1] if part else ""
    kinds = category_order(frame[shade]) if shade else [rest]
    strong = Mark(hue_of(hue))
    shades = _shades(kinds, strong, marks, with_part=bool(part))
    shown = {**({words[0]: strong} if part else {}), **(shades if shade or part else {})}
    return finish(
        lambda room: _Columns(
            width=room,
            found=_read_columns(frame, x, y, part, shade, rest),
            shades=shades,
            strong=strong,
            shaded=bool(shade),
            part_word=words[0],
            legend=Legend(shown, room),
            write=value_formatter(form, digits, unit),
            dated=list(events),
        ).draw({span(when) for when in callouts}),
        width,
        frame,
        **caption,
    )


@dataclass(frozen=True)
class _Column:
    """A date (first and last moment in days, and as given), its value, the part of it, and its kind."""

    days: tuple[float, float]
    when: Any
    value: float
    part: float
    kind: str


@dataclass(kw_only=True)
class _Columns:
    """The drawing of one column chart: legend, events, columns, time."""

    width: float
    found: list[_Column]
    shades: dict[str, Mark]
    strong: Mark
    shaded: bool
    part_word: str
    legend: Legend
    write: Callable[[float], str]
    dated: list[tuple[Any, str]]

    def __post_init__(self) -> None:
        most = max(column.value for column in self.found) or 1.0
        _, self.high = round_extent([most], zero=True, most=5)
        left = widest(tick_words(Scale(0, self.high, 0, 1).ticks(5))) + 8
        first, last = min(c.days[0] for c in self.found), max(c.days[1] for c in self.found)
        self.time = Scale(first, last, left, self.width - 1)
        self.events = Events(self.dated, self.time, self.width)
        self.annual = all(c.days[1] - c.days[0] > 360 for c in self.found)

    def draw(self, callouts: set[tuple[float, float]]) -> Sheet:
        """The sheet; ``callouts`` are spans of days whose values are written over their columns."""
        labelled = self._labelled(callouts)
        ceiling = self.legend.height + self.events.height
        top = ceiling + (HEADROOM if labelled else 2)
        bottom = top + plot_height(self.width)
        sheet = Sheet(self.width, bottom + AXIS_HEIGHT + 4)
        scale = Scale(0, self.high, bottom, top)
        self.legend.draw(sheet, 0, 0)
        self.events.draw_bands(sheet, ceiling, bottom)
        axis_left(sheet, scale, self.time.start, self.time.end)
        self.events.draw(sheet, ceiling, bottom)
        for column in self.found:
            with sheet.mark(self._label(column), series=column.kind if self.shaded else ""):
                self._column(sheet, column, scale)
        for column in self.found:
            if column.days in labelled:
                label_over(
                    sheet, self.time(sum(column.days) / 2), scale(column.value) - 6, self.write(column.value)
                )
        axis_time(sheet, self.time, bottom, annual=self.annual)
        return sheet

    def _column(self, sheet: Sheet, column: _Column, scale: Scale) -> None:
        start, end = (self.time(day) for day in column.days)
        half = min((end - start) * (1 - SLIT), WIDEST) / 2
        middle = (start + end) / 2
        box = (middle - half, scale(column.value), middle + half, scale(0))
        sheet.bar(box, self.shades[column.kind], edge=edge_of(self.shades[column.kind]))
        if not isnan(column.part):
            sheet.bar((box[0], scale(column.part), box[2], box[3]), self.strong)

    def _label(self, column: _Column) -> str:
        """The words of a column in full: date, kind, value and the part of it."""
        where = ", ".join(filter(None, (short_date(column.when), column.kind if self.shaded else "")))
        part = "" if isnan(column.part) else f"; {self.part_word} {self.write(column.part)}".rstrip()
        return f"{where}: {self.write(column.value)}{part}"

    def _labelled(self, callouts: set[tuple[float, float]]) -> set[tuple[float, float]]:
        """The columns that carry their value: those asked for, or all where every value fits its column."""
        slots = [self.time(column.days[1]) - self.time(column.days[0]) for column in self.found]
        fits = all(
            text_width(self.write(c.value), SMALL, True) + 3 <= s
            for c, s in zip(self.found, slots, strict=True)
        )
        return {column.days for column in self.found} if fits and not callouts else callouts


def _shades(
    kinds: list[str], strong: Mark, given: Mapping[str, Mark | str] | None, *, with_part: bool
) -> dict[str, Mark]:
    steps = (
        [Mark(tint(strong.colour, 0.35))]
        if with_part
        else [strong, Mark(tint(strong.colour, 0.45)), Mark(tint(strong.colour, 0.18))]
    )
    if len(kinds) > len(steps) and not given:
        raise ChartError(f"columns: at most {len(steps)} shades can be told apart, found {', '.join(kinds)}.")
    shades = dict(zip(kinds, steps, strict=False))
    for name, mark in (given or {}).items():
        shades[name] = resolve(mark)
    return {kind: shades[kind] for kind in kinds}


def _read_columns(
    frame: pd.DataFrame, x: str, y: str, part: str | None, shade: str | None, rest: str
) -> list[_Column]:
    """Columns in order of time; rows without a value are left out."""
    numbers = check_numbers(frame, "columns", y)
    parts = check_numbers(frame, "columns", part) if part else [float("nan")] * len(frame)
    kinds = read_texts(frame, shade) if shade else [rest] * len(frame)
    rows = zip(frame[x], numbers, parts, kinds, strict=True)
    found = [_Column(span(row[0]), *row) for row in rows if not isnan(row[1])]
    found.sort(key=lambda column: column.days)
    _check_columns(found)
    return found


def _check_columns(found: list[_Column]) -> None:
    if any(column.value < 0 or column.part > column.value for column in found):
        raise ChartError("columns: values cannot be negative, and a part not larger than its whole.")
    for one, two in pairwise(found):
        if two.days[0] < one.days[1]:
            raise ChartError(
                f"columns: {short_date(one.when)} and {short_date(two.when)} overlap: keep one kind of period."
            )
