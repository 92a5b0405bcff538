"""Every row a dot on one scale, group by group: how things are spread, and which are the far ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import Unpack

import pandas as pd

from sourcebook.charts.axes import Scale, axis_below, axis_room, extent
from sourcebook.charts.events import VerticalLines
from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import Legend, display_name
from sourcebook.charts.palette import PROJECT, Mark, hues
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL, SMALL, TEXT_WIDTH, text_width, widest, wrap
from sourcebook.charts.validate import category_order, check_frame, check_numbers, read_texts
from sourcebook.core.colour import GREY, GRID, MARK_CONTRAST, darken
from sourcebook.core.numbers import format_number, round_half_up

RADIUS = 3.0
PITCH = 6.8
BETWEEN = 8.0
LABEL_SHARE = 0.3


def strip(
    frame: pd.DataFrame,
    *,
    value: str,
    group: str,
    kind: str | None = None,
    label: str | None = None,
    lines: Iterable[tuple[float, str]] = (),
    marks: Mapping[str, Mark | str] | None = None,
    log: bool = False,
    step: float | None = None,
    unit: str = "",
    missing: str = "no date",
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """One dot for each row at its ``value``, stacked where they would overlap, in one strip for each ``group``.

    ``kind`` gives dots their mark (directions and verdicts have theirs) and a legend; ``label`` is a column whose
    non-empty cells are written above their dots; ``lines`` are (value, words) vertical lines through all strips. Rows without a
    value are counted at the strip's name, called ``missing``. ``step`` sets the distance of
    the grid lines; ``log`` makes the scale logarithmic and says so.
    Raises ChartError for no rows, no numbers, or values not above zero on a logarithmic scale.
    """
    frame = check_frame(frame, "strip", value, group, kind, label)
    numbers = check_numbers(frame, "strip", value, log=log)
    marked = hues(category_order(frame[kind]), given=marks) if kind else {"": Mark(PROJECT.accent, "disc")}
    return finish(
        lambda room: _StripChart(
            width=room,
            strips=_read_strips(frame, numbers, group, kind, label, marked),
            legend=Legend(marked if kind else {}, room, kind="symbol"),
            lines=list(lines),
            log=log,
            step=step,
            unit=unit,
            missing=missing,
        ).draw(),
        width,
        frame,
        **caption,
    )


@dataclass
class _Dot:
    """A value of a kind, words to stand over it, and its place: points from the left, level in the stack."""

    value: float
    kind: str
    mark: Mark
    words: str
    x: float = 0.0
    level: int = 0


@dataclass
class _Strip:
    """A group: its dots, how many rows have no value, and once settled the height of stack and strip in points."""

    name: str
    dots: list[_Dot] = field(default_factory=list)
    absent: int = 0
    vertical_lines: VerticalLines = field(default_factory=lambda: VerticalLines([], 0))
    stacked: float = 0.0
    height: float = 0.0


def _read_strips(
    frame: pd.DataFrame,
    numbers: pd.Series,
    group: str,
    kind: str | None,
    label: str | None,
    marks: Mapping[str, Mark],
) -> list[_Strip]:
    """One strip for each group, in order."""
    strips = {name: _Strip(name) for name in category_order(frame[group])}
    columns = (read_texts(frame, column) for column in (group, kind, label))
    for number, name, sort, words in zip(numbers, *columns, strict=True):
        if isnan(number):
            strips[name].absent += 1
        else:
            strips[name].dots.append(_Dot(number, sort, marks[sort], words))
    return list(strips.values())


@dataclass(kw_only=True)
class _StripChart:
    """The drawing of one strip chart: legend, vertical lines, one strip for each group."""

    width: float
    strips: list[_Strip]
    legend: Legend
    lines: list[tuple[float, str]]
    log: bool
    step: float | None
    unit: str
    missing: str

    def __post_init__(self) -> None:
        self.names = {s.name: wrap(s.name, self.width * LABEL_SHARE, LABEL) for s in self.strips}
        absent = [text_width(self._absent(strip), SMALL) for strip in self.strips if strip.absent]
        left = max(*(widest(lines) for lines in self.names.values()), *absent, 0.0) + 10
        values = [dot.value for strip in self.strips for dot in strip.dots] + [
            place for place, _ in self.lines
        ]
        low, high = extent(values, zero=not self.log)
        if self.log:
            low, high = low / 1.2, max(values) * 1.2
        self.scale = Scale(low, high, left + RADIUS, self.width - RADIUS - 1, self.log)
        self.lines_through = VerticalLines(
            [(self.scale(place), words) for place, words in self.lines], self.width
        )
        for strip in self.strips:
            self._stack_dots(strip)

    def draw(self) -> Sheet:
        """The sheet: legend, vertical lines, a strip for each group, the axis below."""
        top = self.legend.height + self.lines_through.height
        bottom = top + sum(strip.height for strip in self.strips)
        sheet = Sheet(self.width, bottom + axis_room(self.scale))
        self.legend.draw(sheet, 0, 0)
        axis_below(sheet, self.scale, top, bottom, step=self.step, unit=self.unit)
        self.lines_through.draw(sheet, top, [bottom] * len(self.lines))
        for strip in self.strips:
            sheet.line([0, self.width], [top, top], GRID, 0.5)
            self._strip(sheet, strip, top)
            top += strip.height
        return sheet

    def _stack_dots(self, strip: _Strip) -> None:
        """Stack dots that would touch, labelled ones on top; leave room above for their words."""
        taken: list[tuple[float, int]] = []
        for dot in sorted(strip.dots, key=lambda dot: (bool(dot.words), dot.value)):
            dot.x = self.scale(dot.value)
            near = {level for x, level in taken if abs(x - dot.x) < PITCH}
            free = (level for level in range(len(strip.dots) + 1) if level not in near)
            dot.level = max(near, default=-1) + 1 if dot.words else next(free)
            taken.append((dot.x, dot.level))
        strip.vertical_lines = VerticalLines(
            [(dot.x, dot.words) for dot in strip.dots if dot.words], self.width
        )
        strip.stacked = (max((dot.level for dot in strip.dots), default=0) + 1) * PITCH
        words = len(self.names[strip.name]) * LABEL * LEADING + (SMALL * LEADING if strip.absent else 0)
        strip.height = max(strip.stacked + strip.vertical_lines.height, words, 12.0) + BETWEEN

    def _strip(self, sheet: Sheet, strip: _Strip, top: float) -> None:
        name, middle = self.names[strip.name], top + strip.height / 2
        shift = SMALL * LEADING / 2 if strip.absent else 0
        sheet.write(0, middle - shift, name)
        if strip.absent:
            sheet.write(
                0, middle + len(name) * LABEL * LEADING / 2, self._absent(strip), size=SMALL, colour=GREY
            )
        labelled = [dot for dot in strip.dots if dot.words]
        tall = strip.vertical_lines.height + strip.stacked
        ceiling = middle - tall / 2 + strip.vertical_lines.height
        base = middle + tall / 2 - PITCH / 2
        strip.vertical_lines.draw(sheet, ceiling, [base - dot.level * PITCH - RADIUS for dot in labelled])
        for dot in sorted(strip.dots, key=lambda dot: (dot.x, dot.level)):
            ink = darken(dot.mark.colour, MARK_CONTRAST)
            with sheet.mark(self._label(strip, dot), series=dot.kind, row=strip.name):
                sheet.symbol(dot.x, base - dot.level * PITCH, dot.mark.symbol or "disc", ink, RADIUS)

    def _label(self, strip: _Strip, dot: _Dot) -> str:
        """The words of a dot in full: group, kind, value, and what is written over it."""
        where = ", ".join(word for word in (strip.name, display_name(dot.kind)) if word)
        value = f"{format_number(round_half_up(dot.value, 1))}{self.unit}"
        return f"{where}: {value}{f' ({dot.words})' if dot.words else ''}"

    def _absent(self, strip: _Strip) -> str:
        return f"{strip.absent} {self.missing}"
