"""Horizontal bars: one value by category, several side by side, or parts that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Unpack

import pandas as pd

from sourcebook.charts.axes import Scale
from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import Legend, Rows, display_name, edge_of, label_on, value_formatter
from sourcebook.charts.palette import Mark, hues, plain_hues
from sourcebook.charts.sheet import Sheet
from sourcebook.charts.style import LABEL, SMALL, TEXT_WIDTH, text_width, widest
from sourcebook.charts.validate import ChartError, category_order, check_frame, check_numbers, read_texts
from sourcebook.core.colour import GREY, RULE

THICK, THIN = 12.0, 9.5
BETWEEN = 6.5
LABEL_SHARE = 0.36


def bars(
    frame: pd.DataFrame,
    *,
    category: str,
    value: str,
    series: str | None = None,
    stacked: bool = False,
    focus: Sequence[str] = (),
    marks: Mapping[str, Mark | str] | None = None,
    digits: int | None = None,
    unit: str = "",
    form: Callable[[float], str] | None = None,
    missing: str = "no figure",
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """Bars from zero, labelled with their values, in the order of the frame (or of an ordered category).

    ``frame`` is tidy: one row a bar. ``series`` splits each category: side by side, or with ``stacked`` as parts
    of one bar with the count and symbol in each part and the sum at its end. ``focus`` keeps the hue of the named
    categories (or series) and greys the rest; ``marks`` sets marks or colours by name. ``unit`` follows each value,
    space included; ``form`` writes values its own way. A missing value is written out as ``missing``.
    Raises ChartError for no rows, no numbers, a doubled bar, or negative parts.
    """
    frame = check_frame(frame, "bars", category, value, series)
    numbers = check_numbers(frame, "bars", value)
    keys = read_texts(frame, series)
    _check_once(frame, category, keys)
    names = category_order(frame[category])
    parts = category_order(frame[series]) if series else [""]
    table = {
        (name, key): number
        for name, key, number in zip(read_texts(frame, category), keys, numbers, strict=True)
    }
    write = value_formatter(form, digits, unit)
    painted = (hues if series else plain_hues)(parts if series else names, given=marks, focus=focus)
    return finish(
        lambda room: _Bars(
            width=room,
            names=names,
            parts=parts,
            table=table,
            marks=painted,
            write=write,
            missing=missing,
            stacked=stacked and bool(series),
        ).draw(),
        width,
        frame,
        **caption,
    )


@dataclass(kw_only=True)
class _Bars:
    """The drawing of one bar chart: measures first, then rows from the top."""

    width: float
    names: list[str]
    parts: list[str]
    table: dict[tuple[str, str], float]
    marks: dict[str, Mark]
    write: Callable[[float], str]
    missing: str
    stacked: bool

    def __post_init__(self) -> None:
        self.single = self.parts == [""]
        words = [display_name(name) for name in self.names]
        self.rows = Rows(words, self.width * LABEL_SHARE, self._thickness(), between=BETWEEN)
        self.left = self.rows.width + 9
        self.legend = Legend({} if self.single else self.marks, self.width)
        self.scale = self._scaled()

    def draw(self) -> Sheet:
        """The sheet: legend, a row for each category, the line at zero. Raises ChartError for negative parts."""
        top = self.legend.height
        sheet = Sheet(self.width, top + self.rows.height)
        self.legend.draw(sheet, 0, 0)
        place = self._stack if self.stacked else self._side_by_side
        for name, middle in zip(self.names, self.rows.draw(sheet, top), strict=True):
            place(sheet, name, middle)
        zero = self.scale(0)
        sheet.line([zero, zero], [top, sheet.height], RULE, 0.8)
        return sheet

    def _thickness(self) -> float:
        return THICK if self.stacked or self.single else THIN * len(self.parts)

    def _scaled(self) -> Scale:
        """Zero to the longest bar, leaving room for the value label at either end."""
        totals = self._totals() if self.stacked else [v for v in self.table.values() if not isnan(v)]
        low, high = min(0.0, *totals), max(0.0, *totals)
        if low == high:
            high = 1.0
        room = widest([self.write(total) for total in totals]) + 5
        start = self.left + (room if low < 0 else 0)
        return Scale(low, high, start, self.width - (room if high > 0 else 0))

    def _totals(self) -> list[float]:
        if any(number < 0 for number in self.table.values()):
            raise ChartError("bars: parts of a stacked bar cannot be negative.")
        return [
            sum(number for part in self.parts if not isnan(number := self.table.get((name, part), 0.0)))
            for name in self.names
        ]

    def _side_by_side(self, sheet: Sheet, name: str, middle: float) -> None:
        thick = THICK if self.single else THIN
        for rank, part in enumerate(self.parts):
            centre = middle + (rank - (len(self.parts) - 1) / 2) * thick
            if (name, part) in self.table:
                mark = self.marks[name if self.single else part]
                number = self.table[name, part]
                with sheet.mark(self._label(name, part, number), series=part, row=part and name):
                    self._bar(sheet, number, centre, thick if self.single else thick - 1.5, mark)

    def _bar(self, sheet: Sheet, number: float, centre: float, thick: float, mark: Mark) -> None:
        zero = self.scale(0)
        if isnan(number):
            sheet.write(zero + 4, centre, self.missing, size=SMALL, colour=GREY)
            return
        end = self.scale(number)
        box = (min(zero, end), centre - thick / 2, max(zero, end), centre + thick / 2)
        sheet.bar(box, mark, edge=edge_of(mark))
        size = LABEL if self.single else SMALL
        beside, anchor = (4, "start") if number >= 0 else (-4, "end")
        sheet.write(end + beside, centre, self.write(number), size=size, anchor=anchor)

    def _stack(self, sheet: Sheet, name: str, middle: float) -> None:
        total = 0.0
        for part in self.parts:
            number = self.table.get((name, part), 0.0)
            if isnan(number) or number == 0:
                continue
            box = (self.scale(total), middle - THICK / 2, self.scale(total + number), middle + THICK / 2)
            with sheet.mark(self._label(name, part, number), series=part, row=name):
                self._part(sheet, box, self.marks[part], self.write(number))
            total += number
        sheet.write(self.scale(total) + 4, middle, self.write(total), bold=True)

    def _part(self, sheet: Sheet, box: tuple[float, float, float, float], mark: Mark, word: str) -> None:
        """One part with a white joint, and inside it what fits: symbol and count, or the count alone."""
        left, top, right, bottom = box
        sheet.bar((left, top, right - 0.7, bottom), mark, edge=edge_of(mark))
        wide, room = text_width(word, SMALL), right - left
        if room >= wide + 3:
            symbol = mark.symbol if room >= wide + 14 else ""
            label_on(sheet, (left + right) / 2, (top + bottom) / 2, mark, word, symbol)

    def _label(self, name: str, part: str, number: float) -> str:
        """The words of a bar in full: category, series and value."""
        value = self.missing if isnan(number) else self.write(number)
        return f"{', '.join(display_name(word) for word in (name, part) if word)}: {value}"


def _check_once(frame: pd.DataFrame, category: str, keys: Sequence[str]) -> None:
    pairs = Counter(zip(read_texts(frame, category), keys, strict=True))
    twice = next((name for (name, _), count in pairs.items() if count > 1), None)
    if twice is not None:
        raise ChartError(f"bars: two rows for {twice!r}: add them up, or split them by `series`.")
