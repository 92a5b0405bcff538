"""Which input matters most: how far the result swings when each input goes from its low to its high value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Unpack

import pandas as pd

from sourcebook.charts.axes import AXIS_HEIGHT, Scale, axis_below, extent
from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import Legend, Rows, value_formatter
from sourcebook.charts.palette import PROJECT, Mark
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import SMALL, TEXT_WIDTH, text_width
from sourcebook.charts.validate import check_frame, check_numbers, read_texts
from sourcebook.core.colour import GREY, INK, tint

BAR = 11.0
BETWEEN = 6.0
LABEL_SHARE = 0.34


def tornado(
    frame: pd.DataFrame,
    *,
    factor: str,
    low: str,
    high: str,
    base: float,
    low_label: str | None = None,
    high_label: str | None = None,
    words: tuple[str, str] = ("input at its low value", "input at its high value"),
    base_word: str = "base case",
    digits: int | None = 1,
    unit: str = "",
    form: Callable[[float], str] | None = None,
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """For each ``factor`` a bar from ``base`` to the result at its ``low`` and another to that at its ``high`` value.

    ``low`` and ``high`` are columns with the results; ``low_label`` and ``high_label`` columns with the inputs as text,
    written at the bar's ends. Largest swing first. Raises ChartError for no rows or no numbers.
    """
    frame = check_frame(frame, "tornado", factor, low, high, low_label, high_label)
    results = [check_numbers(frame, "tornado", column).fillna(base) for column in (low, high)]
    inputs = [read_texts(frame, column) for column in (low_label, high_label)]
    bars = [
        _Swing(str(name), (a, at_low), (b, at_high))
        for name, a, b, at_low, at_high in zip(frame[factor], *results, *inputs, strict=True)
    ]
    bars.sort(key=lambda bar: -abs(bar.high[0] - bar.low[0]))
    write = value_formatter(form, digits, unit)
    shades = (Mark(tint(PROJECT.accent, 0.42)), Mark(PROJECT.accent))
    return finish(
        lambda room: _Tornado(
            width=room,
            bars=bars,
            base=base,
            base_word=f"{base_word} {write(base)}",
            words=words,
            shades=shades,
            write=write,
            legend=Legend(dict(zip(words, shades, strict=True)), room),
        ).draw(),
        width,
        frame,
        **caption,
    )


@dataclass(frozen=True)
class _Swing:
    """A factor with the result and the input's words at its low and its high value."""

    name: str
    low: tuple[float, str]
    high: tuple[float, str]


@dataclass(kw_only=True)
class _Tornado:
    """The drawing: legend, the base as a vertical line, a row for each factor with its two bars."""

    width: float
    bars: list[_Swing]
    base: float
    base_word: str
    words: tuple[str, str]
    shades: tuple[Mark, Mark]
    write: Callable[[float], str]
    legend: Legend

    def __post_init__(self) -> None:
        names = [bar.name for bar in self.bars]
        self.rows = Rows(names, self.width * LABEL_SHARE, BAR, between=BETWEEN)
        ends = [end for bar in self.bars for end in (bar.low, bar.high)]
        room = max(text_width(text, SMALL) for _, text in ends) + 6
        low, high = extent([self.base, *(value for value, _ in ends)])
        self.scale = Scale(low, high, self.rows.width + 8 + room, self.width - room)

    def draw(self) -> Sheet:
        """The sheet: legend, word of the base, grid, rows, and the base through all of them."""
        top = self.legend.height + SMALL * LEADING + 4
        bottom = top + self.rows.height
        sheet = Sheet(self.width, bottom + AXIS_HEIGHT)
        self.legend.draw(sheet, 0, 0)
        axis_below(sheet, self.scale, top, bottom, most=5)
        for bar, middle in zip(self.bars, self.rows.draw(sheet, top), strict=True):
            for word, end, mark in zip(self.words, (bar.low, bar.high), self.shades, strict=True):
                with sheet.mark(self._label(bar.name, word, end), series=word, row=bar.name):
                    self._end(sheet, end, middle, mark)
        self._base(sheet, bottom)
        return sheet

    def _label(self, name: str, word: str, end: tuple[float, str]) -> str:
        """The words of a bar in full: factor, which end of it, the input there and the result."""
        value, text = end
        return f"{name}, {word}{f' ({text})' if text else ''}: {self.write(value)}"

    def _end(self, sheet: Sheet, end: tuple[float, str], y: float, mark: Mark) -> None:
        value, text = end
        start, tip = self.scale(self.base), self.scale(value)
        sheet.bar((min(start, tip), y - BAR / 2, max(start, tip), y + BAR / 2), mark)
        if text and value > self.base:
            sheet.write(tip + 4, y, text, size=SMALL, colour=GREY)
        elif text and value < self.base:
            sheet.write(tip - 4, y, text, size=SMALL, colour=GREY, anchor="end")

    def _base(self, sheet: Sheet, bottom: float) -> None:
        x, half, top = self.scale(self.base), text_width(self.base_word, SMALL, True) / 2, self.legend.height
        sheet.line([x, x], [top + SMALL * LEADING + 1, bottom], INK, 0.8)
        x = min(max(x, half), self.width - half)
        sheet.write(x, top + SMALL / 2, self.base_word, size=SMALL, bold=True, anchor="middle")
