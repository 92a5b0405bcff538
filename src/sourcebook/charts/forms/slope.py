"""Before and after: one line for each item between two moments, with both values written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

import pandas as pd

from sourcebook.charts.axes import Scale, extent
from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import display_name, move_apart, value_formatter
from sourcebook.charts.palette import Mark, greys_first, plain_hues, stroke_of
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL, TEXT_WIDTH, text_width, widest, wrap
from sourcebook.charts.validate import ChartError, check_frame, check_numbers
from sourcebook.core.colour import RULE, darken

HEIGHT = 150.0
HEAD = 16.0
NAME_SHARE = 0.34
BESIDE = 9.0


def slope(
    frame: pd.DataFrame,
    *,
    item: str,
    before: str,
    after: str,
    words: tuple[str, str],
    focus: Sequence[str] = (),
    marks: Mapping[str, Mark | str] | None = None,
    digits: int | None = None,
    unit: str = "",
    form: Callable[[float], str] | None = None,
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """Each ``item`` a line from its value in ``before`` to that in ``after``; ``words`` head the two sides.

    The scale starts at zero. Labels move apart where lines meet. Raises ChartError for no rows, no numbers, a
    missing value (a line needs both ends) or an item given twice.
    """
    frame = check_frame(frame, "slope", item, before, after)
    ends = [check_numbers(frame, "slope", column) for column in (before, after)]
    names = [str(name) for name in frame[item]]
    if len(set(names)) < len(names) or any(column.isna().any() for column in ends):
        raise ChartError("slope: each item needs one row with both values; drop the others, or draw bars.")
    pairs = {name: (a, b) for name, a, b in zip(names, *ends, strict=True)}
    return finish(
        lambda room: _Slope(
            width=room,
            pairs=pairs,
            words=words,
            marks=plain_hues(names, given=marks, focus=focus),
            write=value_formatter(form, digits, unit),
        ).draw(),
        width,
        frame,
        **caption,
    )


@dataclass(kw_only=True)
class _Slope:
    """The drawing of one slope chart: two vertical lines, a line for each item, labels kept apart."""

    width: float
    pairs: dict[str, tuple[float, float]]
    words: tuple[str, str]
    marks: dict[str, Mark]
    write: Callable[[float], str]

    def __post_init__(self) -> None:
        self.names = {name: wrap(display_name(name), self.width * NAME_SHARE) for name in self.pairs}
        self.figures = [
            widest([self.write(pair[side]) for pair in self.pairs.values()], LABEL, True) for side in (0, 1)
        ]
        self.rows = [len(lines) * LABEL * LEADING + 2 for lines in self.names.values()]
        self.bottom = HEAD + max(HEIGHT, sum(self.rows))
        values = [value for pair in self.pairs.values() for value in pair]
        self.scale = Scale(*extent(values, zero=True), self.bottom, HEAD + 4)
        right = (
            self.width - max(widest(lines) for lines in self.names.values()) - self.figures[1] - BESIDE - 5
        )
        left = max(self.figures[0] + BESIDE, text_width(self.words[0], LABEL, True) / 2)
        self.sides = (left, max(right, left + 40))

    def draw(self) -> Sheet:
        """The sheet: two vertical lines with their words, the lines, and the labels of either side."""
        sheet = Sheet(self.width, self.bottom + max(self.rows) / 2 + 2)
        for x, word in zip(self.sides, self.words, strict=True):
            half = text_width(word, LABEL, True) / 2
            sheet.line([x, x], [HEAD, self.bottom], RULE, 0.6)
            middle = min(max(x, half), self.width - half)
            sheet.write(middle, HEAD / 2 - 1, word, bold=True, anchor="middle")
        for name in greys_first(self.marks):
            self._line(sheet, name)
        self._left(sheet)
        self._right(sheet)
        return sheet

    def _line(self, sheet: Sheet, name: str) -> None:
        colour = stroke_of(self.marks[name])
        ys = [self.scale(value) for value in self.pairs[name]]
        with sheet.mark(series=name):
            sheet.line(self.sides, ys, colour, 1.7)
        for side, y in enumerate(ys):
            label = f"{display_name(name)}, {self.words[side]}: {self.write(self.pairs[name][side])}"
            with sheet.mark(label, series=name):
                sheet.symbol(self.sides[side], y, "disc", colour, 2.6)

    def _left(self, sheet: Sheet) -> None:
        for name, y in self._spots(sheet, 0, [LABEL * LEADING] * len(self.pairs)):
            ink = darken(self.marks[name].colour)
            word = self.write(self.pairs[name][0])
            with sheet.mark(series=name):
                sheet.write(self.sides[0] - BESIDE, y, word, bold=True, colour=ink, anchor="end")

    def _right(self, sheet: Sheet) -> None:
        """Value and name after the line."""
        x = self.sides[1] + BESIDE
        for name, y in self._spots(sheet, 1, self.rows):
            ink = darken(self.marks[name].colour)
            with sheet.mark(series=name):
                sheet.write(x, y, self.write(self.pairs[name][1]), bold=True, colour=ink)
                sheet.write(x + self.figures[1] + 5, y, self.names[name])

    def _spots(self, sheet: Sheet, side: int, heights: list[float]) -> list[tuple[str, float]]:
        """Where the labels of a side stand; a thin line leads to those that had to move."""
        wanted = [self.scale(pair[side]) for pair in self.pairs.values()]
        spots = move_apart(wanted, heights, HEAD + 4, self.bottom + 2)
        x, outward = self.sides[side], 1 if side else -1
        for y, spot in zip(wanted, spots, strict=True):
            if abs(y - spot) > 3:
                sheet.line([x + 3 * outward, x + (BESIDE - 1.5) * outward], [y, spot], RULE, 0.5)
        return list(zip(self.pairs, spots, strict=True))
