"""Dated events in lanes on one time axis, each with its date and words beside its mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import pandas as pd

from sourcebook.charts.axes import AXIS_HEIGHT, Scale, axis_time
from sourcebook.charts.events import Events
from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import display_name
from sourcebook.charts.palette import (
    GREY,
    GRID,
    MARK_CONTRAST,
    PROJECT,
    WHITE,
    Mark,
    darken,
    plain_hues,
    tint,
)
from sourcebook.charts.sheet import LEADING, Box, Sheet
from sourcebook.charts.style import LABEL, SMALL, TEXT_WIDTH, text_width, widest, wrap
from sourcebook.charts.time_axis import is_long, span
from sourcebook.charts.validate import ChartError, category_order, check_frame, is_missing, read_texts
from sourcebook.core.dates import short_date

EDGE = 4.0
LANE_GAP = 6.0
_ROW = 10.6
_HEAD = 14.0
_NAME_INDENT = 12.0
_BESIDE = 2.5
_APART = 7.0
_LEAST = 70.0
_WIDEST = 190.0


def timeline(
    frame: pd.DataFrame,
    *,
    when: str,
    label: str,
    lane: str | None = None,
    marks: Mapping[str, Mark | str] | None = None,
    events: Iterable[tuple[Any, str]] = (),
    start: Any = None,
    end: Any = None,
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """Each row of ``frame`` a dated event: a mark for a day, a bar as long as the date is vague for a month or year.

    ``lane`` sorts events into lanes, named and counted on the left, in the order of the frame or of an ordered
    category; ``marks`` gives lanes their marks (directions and verdicts have their own). Words stand right of the
    mark where they fit, else left, on as many rows as keep them apart; an empty label leaves the mark alone.
    ``events`` are (date, label) vertical lines through all lanes; ``start`` and ``end`` set the axis. Raises ChartError
    for no rows, an unreadable date or an event outside.
    """
    frame = check_frame(frame, "timeline", when, label, lane)
    names = category_order(frame[lane]) if lane else [""]
    painted = plain_hues(names, given=marks) if lane else {"": Mark(PROJECT.accent, "disc")}
    rows = zip(read_texts(frame, lane), frame[when], read_texts(frame, label), strict=True)
    dated = [(name, span(moment), moment, text) for name, moment, text in rows if not is_missing(moment)]
    if not dated:
        raise ChartError(f"timeline: column {when!r} holds no date, so there is nothing to draw.")
    scale = _time_scale([days for _, days, _, _ in dated], start, end, width * 72)
    lanes = [
        Lane(name, painted[name], [item[1:] for item in dated if item[0] == name], scale) for name in names
    ]
    vertical_lines = Events(events, scale, width * 72)
    return finish(_draw(lanes, scale, vertical_lines, width * 72), frame, **caption)


def _time_scale(dates: list[tuple[float, float]], start: Any, end: Any, width: float) -> Scale:
    first = span(start)[0] if start is not None else min(days[0] for days in dates)
    last = span(end)[1] if end is not None else max(days[1] for days in dates)
    for days in dates:
        if days[0] < first or days[1] > last:
            raise ChartError(
                "timeline: an event lies outside start and end: leave it out of the frame, or widen the axis."
            )
    return Scale(first, last, EDGE, width - EDGE)


def _draw(lanes: list[Lane], scale: Scale, events: Events, width: float) -> Sheet:
    bottom = events.height + sum(lane.height for lane in lanes)
    sheet = Sheet(width, bottom + AXIS_HEIGHT + 4)
    events.draw_bands(sheet, events.height, bottom)
    axis_time(sheet, scale, bottom, grid=events.height)
    events.draw(sheet, events.height, bottom)
    top = events.height
    for number, lane in enumerate(lanes):
        if number:
            sheet.line([0, width], [top - LANE_GAP / 2 + 1] * 2, GRID, 0.8)
        lane.draw(sheet, top, events.lines)
        top += lane.height
    return sheet


@dataclass
class Event:
    """An event on its row: dates in days, words broken into lines, the room mark and words take."""

    days: tuple[float, float]
    date: str
    lines: tuple[str, ...]
    left: float
    right: float
    rightwards: bool
    below: bool = False
    row: int = 0

    @property
    def rows(self) -> int:
        """How many rows it fills."""
        return len(self.lines) + self.below


class Lane:
    """One lane: its events with their words on rows, earliest first, each on the first row that is free."""

    def __init__(
        self, name: str, mark: Mark, items: list[tuple[tuple[float, float], Any, str]], scale: Scale
    ) -> None:
        self.name, self.mark, self.scale = name, mark, scale
        self.ink = darken(mark.colour, MARK_CONTRAST)
        self.events = [
            _place(days, short_date(when), text, scale)
            for days, when, text in sorted(items, key=lambda i: i[0])
        ]
        rows: list[list[tuple[float, float]]] = []
        for event in self.events:
            event.row = _first_free(rows, event)
            rows.extend([] for _ in range(event.row + event.rows - len(rows)))
            for row in range(event.row, event.row + event.rows):
                rows[row].append((event.left - _APART, event.right + _APART))
        self.words = wrap(display_name(name), scale.end - _NAME_INDENT - 30, LABEL, True)
        self.head = _HEAD + (len(self.words) - 1) * LABEL * LEADING if name else 0.0
        self.height = self.head + len(rows) * _ROW + LANE_GAP

    def draw(self, sheet: Sheet, top: float, vertical_lines: Sequence[float] = ()) -> None:
        """Draw the lane with its upper edge at ``top``; words make gaps in ``vertical_lines``, lines at these places."""
        if self.name:
            with sheet.mark(series=self.name):
                self._head(sheet, top + self.head / 2, vertical_lines)
        for event in self.events:
            with sheet.mark(self._label(event), series=self.name):
                self._event(sheet, event, top + self.head + (event.row + 0.5) * _ROW, vertical_lines)

    def _label(self, event: Event) -> str:
        """The words of an event in full: lane, date, and what happened."""
        where = ", ".join(word for word in (display_name(self.name), event.date) if word)
        return ": ".join(filter(None, (where, " ".join(event.lines))))

    def _head(self, sheet: Sheet, y: float, vertical_lines: Sequence[float]) -> None:
        """Symbol, name and number of events."""
        sheet.symbol(4, y, self.mark.symbol or "disc", self.ink, 3.6)
        x = _NAME_INDENT + widest(self.words, LABEL, True) + 5
        _gap(
            sheet,
            (0, y - self.head / 2 + 2, x + text_width(str(len(self.events))), y + self.head / 2),
            vertical_lines,
        )
        sheet.write(_NAME_INDENT, y, self.words, bold=True)
        sheet.write(x, y, str(len(self.events)), colour=GREY)

    def _event(self, sheet: Sheet, event: Event, y: float, vertical_lines: Sequence[float]) -> None:
        start, end = self.scale(event.days[0]), self.scale(event.days[1])
        if is_long(event.days):
            sheet.bar((start, y - 2, max(end, start + 1), y + 2), Mark(tint(self.ink, 0.45)))
            sheet.symbol((start + end) / 2, y, "disc", WHITE, 2.9)
        sheet.symbol((start + end) / 2, y, self.mark.symbol or "disc", self.ink, 2.9)
        if not any(event.lines):
            return
        date = text_width(event.date, SMALL) + 4
        x = event.left if not event.rightwards else event.right - date - widest(event.lines, SMALL)
        y += _ROW * event.below
        foot = y + (len(event.lines) - 0.5) * _ROW
        _gap(sheet, (x, y - _ROW / 2, x + date + widest(event.lines, SMALL), foot), vertical_lines)
        sheet.write(x, y, event.date, size=SMALL, colour=GREY)
        for number, line in enumerate(event.lines):
            sheet.write(x + date, y + number * _ROW, line, size=SMALL)


def _place(days: tuple[float, float], date: str, text: str, scale: Scale) -> Event:
    """Words right of the mark if they fit there, else left if they fit there, else broken on the wider side,
    else below it.

    An event without words is its mark alone.
    """
    start, end = scale(days[0]), scale(days[1])
    middle = (start + end) / 2
    first, last = middle - 3, middle + 3
    if is_long(days):  # its bar takes room too
        first, last = min(start, first), max(end, last)
    if not text:
        return Event(days, date, ("",), first, last, True)
    dated = text_width(date, SMALL) + 4
    right, left = scale.end + EDGE - last - _BESIDE, first - _BESIDE
    needed = dated + text_width(text, SMALL)
    rightwards = needed <= right or (needed > left and right >= left)
    if max(right, left) < min(dated + _LEAST, needed):
        x = min(first, scale.end - _WIDEST)
        lines = wrap(text, _WIDEST - dated, SMALL)
        return Event(days, date, lines, x, max(last, x + dated + widest(lines, SMALL)), False, below=True)
    lines = wrap(text, (right if rightwards else left) - dated - 1, SMALL)
    wide = dated + widest(lines, SMALL)
    if rightwards:
        return Event(days, date, lines, first, last + _BESIDE + wide, True)
    return Event(days, date, lines, first - _BESIDE - wide, last, False)


def _gap(sheet: Sheet, box: Box, vertical_lines: Sequence[float]) -> None:
    """Interrupt the lines that would run through words in a box."""
    left, top, right, bottom = box
    for position in vertical_lines:
        if left - 2 < position < right + 2:
            sheet.bar((position - 1, top, position + 1, bottom), Mark(WHITE))


def _first_free(rows: list[list[tuple[float, float]]], event: Event) -> int:
    for row in range(len(rows)):
        taken = [box for other in rows[row : row + event.rows] for box in other]
        if all(event.right < left or event.left > right for left, right in taken):
            return row
    return len(rows)
