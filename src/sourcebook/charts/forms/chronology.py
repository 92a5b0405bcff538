"""Dated events in the order of time, one below the other: date, sign of the direction, words; large dates as rules across."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Unpack

import pandas as pd

from sourcebook.charts.figure_exhibit import Caption, Chronology, Figure, finish
from sourcebook.charts.labels import Legend, display_name
from sourcebook.charts.palette import Mark, plain_hues
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL, TEXT_WIDTH, text_width, widest, wrap
from sourcebook.charts.symbols import SIGNS
from sourcebook.charts.time_axis import span
from sourcebook.charts.validate import ChartError, category_order, check_frame, is_missing, read_texts
from sourcebook.core.colour import GREY, GRID, INK, MARK_CONTRAST, darken, tint
from sourcebook.core.dates import short_date

PADDING = 1.4
GAP = 9.0
DATE_SHARE = 0.25
LANES_SHARE = 0.4
_NAME = 52.0
_LANE = 15.0


@dataclass(frozen=True)
class _Entry:
    """An event, or (without a lane) a rule across: its first day and last, date and words as shown."""

    days: tuple[float, float]
    date: str
    text: str
    lane: str | None = None


def chronology(
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
    """Each row of ``frame`` an event with its date and its words, the earliest first.

    ``lane`` sorts events into kinds, each with a column of its own in the order of the frame or of an ordered category;
    ``marks`` gives kinds their marks (directions and verdicts have their own). ``events`` are (date, words) that stand as
    rules across. Years are left out where all are the same. Raises ChartError for no rows, an unreadable date or an event
    that does not lie between ``start`` and ``end``.
    """
    frame = check_frame(frame, "chronology", when, label, lane)
    names = category_order(frame[lane]) if lane else [""]
    rows = zip(frame[when], read_texts(frame, label), read_texts(frame, lane), strict=True)
    found = [
        _Entry(span(moment), short_date(moment), *rest) for moment, *rest in rows if not is_missing(moment)
    ]
    if not found:
        raise ChartError(f"chronology: column {when!r} holds no date, so there is nothing to draw.")
    first, last = -inf if start is None else span(start)[0], inf if end is None else span(end)[1]
    if any(entry.days[0] < first or entry.days[1] > last for entry in found):
        raise ChartError("chronology: an event lies outside start and end: leave it out of the frame.")
    rules = [_Entry(span(moment), short_date(moment), text) for moment, text in events]
    found += [rule for rule in rules if rule.days[1] > first and rule.days[0] < last]
    # A rule stands before what happened on its day.
    entries = _without_year(sorted(found, key=lambda entry: (entry.days[0], entry.lane is not None)))
    painted = {name: _symbol(mark) for name, mark in plain_hues(names, given=marks).items()}
    lanes = painted if lane else {}
    # A page sets its own table, which fits any screen.
    made = finish(lambda room: _Rows(entries, lanes, room).draw(), width, frame, narrow=False, **caption)
    return replace(made, chronology=_describe(entries, lanes))


def _symbol(mark: Mark) -> Mark:
    """A mark in a hue that is seen on paper, with a symbol."""
    return Mark(darken(mark.colour, MARK_CONTRAST), mark.symbol or "disc")


def _without_year(entries: Sequence[_Entry]) -> list[_Entry]:
    """The entries, without the year where it is the same for all days."""
    years = {entry.date[-5:] for entry in entries}
    if len(years) > 1 or not all(" " in entry.date for entry in entries):
        return list(entries)
    return [replace(entry, date=entry.date[:-5]) for entry in entries]


def _describe(entries: Sequence[_Entry], lanes: Mapping[str, Mark]) -> Chronology:
    """The same for pages that set it as a table."""
    order = list(lanes)
    return {
        "lanes": [[display_name(name), SIGNS[mark.symbol], mark.colour] for name, mark in lanes.items()],
        "rows": [
            [entry.date, entry.text, -1 if entry.lane is None else order.index(entry.lane) if order else 0]
            for entry in entries
        ],
    }


class _Rows:
    """The drawing: dates at the left, a column for each lane, words at the right.

    Lanes have their signs over them, and their names where these leave room for the words, else in a legend.
    """

    def __init__(self, entries: Sequence[_Entry], lanes: Mapping[str, Mark], width: float) -> None:
        self.entries, self.lanes, self.width = entries, lanes, width
        self.when = {entry.date: wrap(entry.date, width * DATE_SHARE) for entry in entries}
        self.dates = max(widest(self.when[e.date]) for e in entries if e.lane is not None) + GAP
        self.heads = {name: wrap(display_name(name), _NAME, LABEL) for name in lanes}
        broad = max(map(widest, self.heads.values()), default=0.0) + 6
        self.headed = len(lanes) * broad < width * LANES_SHARE
        self.lane = broad if self.headed else _LANE
        self.left = self.dates + len(lanes) * self.lane + (GAP if lanes else 0.0)
        legend = {} if self.headed else {name: mark for name, mark in lanes.items() if name}
        self.legend = Legend(legend, width, kind="symbol")
        lines = max(map(len, self.heads.values()), default=0) if self.headed else 0
        self.top = self.legend.height + lines * LABEL * LEADING + (14 if lanes else 0)

    def draw(self) -> Sheet:
        """The sheet: heads or legend, then entry by entry."""
        words = [self._words(entry) for entry in self.entries]
        heights = [
            max(len(lines), 1 if entry.lane is None else len(self.when[entry.date])) * LABEL * LEADING
            + 2 * PADDING
            for entry, lines in zip(self.entries, words, strict=True)
        ]
        sheet = Sheet(self.width, self.top + sum(heights) + 1)
        self._stripes(sheet, heights)
        self.legend.draw(sheet, 0, 0)
        self._heads(sheet)
        top, before = self.top, ""
        for entry, lines, height in zip(self.entries, words, heights, strict=True):
            self._entry(sheet, entry, lines, (top, top + height), shown=entry.date != before)
            top, before = top + height, entry.date
        return sheet

    def _words(self, entry: _Entry) -> tuple[str, ...]:
        if entry.lane is None:
            return wrap(entry.text, self.width - self._indent(entry), LABEL, True)
        return wrap(entry.text, self.width - self.left) or (display_name(entry.lane),)

    def _indent(self, rule: _Entry) -> float:
        """Where the words of a rule begin: after its date, which may be a long one."""
        return max(self.dates, text_width(rule.date, LABEL, True) + GAP)

    def _stripes(self, sheet: Sheet, heights: Sequence[float]) -> None:
        """The ground of each lane between the rules."""
        top, bottom = self.top, self.top
        for entry, height in [*zip(self.entries, heights, strict=True), (None, 0.0)]:
            if entry is not None and entry.lane is not None:
                bottom += height
                continue
            for number, mark in enumerate(self.lanes.values() if bottom > top else ()):
                left = self.dates + number * self.lane
                sheet.bar((left, top, left + self.lane, bottom), Mark(tint(mark.colour, 0.08)))
            top = bottom = bottom + height

    def _heads(self, sheet: Sheet) -> None:
        for number, (name, mark) in enumerate(self.lanes.items()):
            x = self.dates + (number + 0.5) * self.lane
            sheet.symbol(x, self.legend.height + 5, mark.symbol, mark.colour, 3.4)
            lines = self.heads[name] if self.headed else ()
            sheet.write(x, 11 + len(lines) * LABEL * LEADING / 2, lines, colour=GREY, anchor="middle")

    def _entry(
        self, sheet: Sheet, entry: _Entry, lines: tuple[str, ...], sides: tuple[float, float], *, shown: bool
    ) -> None:
        top, bottom = sides
        middle, first = (top + bottom) / 2, top + PADDING + LABEL * LEADING / 2
        rule = entry.lane is None
        if shown:
            date = [entry.date] if rule else self.when[entry.date]
            y = first + (len(date) - 1) * LABEL * LEADING / 2
            sheet.write(0, y, date, bold=rule, colour=INK if rule else GREY)
        sheet.line([0, self.width], [bottom, bottom], INK if rule else GRID, 1.0 if rule else 0.5)
        if rule:
            sheet.write(self._indent(entry), middle, lines, bold=True)
            return
        if self.lanes:
            mark, number = self.lanes[str(entry.lane)], list(self.lanes).index(str(entry.lane))
            sheet.symbol(self.dates + (number + 0.5) * self.lane, first, mark.symbol, mark.colour, 3.2)
        y = first + (len(lines) - 1) * LABEL * LEADING / 2
        sheet.write(self.left, y, lines, colour=INK if entry.text else GREY)
