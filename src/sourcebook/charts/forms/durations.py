"""From promise to fulfilment: a line for each item, from the date it was promised to the date it came, if it did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Unpack

import pandas as pd

from sourcebook.charts.axes import AXIS_HEIGHT, Scale, axis_time
from sourcebook.charts.events import Events
from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import Legend, Rows
from sourcebook.charts.palette import PROJECT, Mark, hues
from sourcebook.charts.sheet import Sheet
from sourcebook.charts.style import SMALL, TEXT_WIDTH, widest
from sourcebook.charts.time_axis import is_long, span
from sourcebook.charts.validate import ChartError, category_order, check_frame, is_missing
from sourcebook.core.colour import GREY, GRID, INK, MARK_CONTRAST, WHITE, darken, tint
from sourcebook.core.dates import short_date

ROW = 13.0
HEAD = 15.0
RADIUS = 3.0
LABEL_SHARE = 0.36


def durations(
    frame: pd.DataFrame,
    *,
    item: str,
    start: str,
    end: str,
    words: tuple[str, str],
    missing: str,
    group: str | None = None,
    kind: str | None = None,
    marks: Mapping[str, Mark | str] | None = None,
    until: Any = None,
    events: Iterable[tuple[Any, str]] = (),
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """Each ``item`` on a row: a ring at the date in ``start``, a disc at the date in ``end``, a line between.

    Without an end the line is dashed up to ``until`` (the last date of the axis) and the row says ``missing``;
    without a start the disc stands alone. ``words`` names ring and disc in the legend (only the ring beside
    ``kind``). ``group`` is a column that sorts items under headings; ``kind`` a column that gives ends their mark
    and word, by ``marks``. Vague dates are drawn as long as they are. ``events`` are (date, label) vertical lines.
    Raises ChartError for no rows, no date, or an end before its start.
    """
    frame = check_frame(frame, "durations", item, start, end, group, kind)
    kinds = hues(category_order(frame[kind]), given=marks) if kind else {}
    ended = frame[[not _is_open(when) for when in frame[end]]]
    shown = (
        {name: kinds[name] for name in category_order(ended[kind])}
        if kind
        else {words[1]: Mark(PROJECT.accent, "disc")}
    )
    return finish(
        lambda room: _Durations(
            width=room,
            found=_read_items(frame, item, start, end, group, kind),
            groups=category_order(frame[group]) if group else [""],
            words=words,
            missing=missing,
            marks=kinds,
            legend=Legend({words[0]: Mark(PROJECT.accent, "ring"), **shown}, room, kind="symbol"),
            until=None if until is None else span(until)[1],
            dated=list(events),
        ).draw(),
        width,
        frame,
        **caption,
    )


@dataclass(frozen=True)
class _Date:
    """A date as the axis needs it (first and last moment, in days) and as readers do."""

    days: tuple[float, float]
    word: str

    @classmethod
    def read(cls, when: Any) -> _Date | None:
        """A date of the frame; None where there is none. Raises ChartError for what is no date."""
        return None if _is_open(when) else cls(span(when), short_date(when))

    @property
    def middle(self) -> float:
        """The middle of the date, in days."""
        return sum(self.days) / 2


@dataclass(frozen=True)
class _Item:
    """An item, its heading, the kind of its end, and both dates where they are known."""

    name: str
    group: str
    kind: str
    start: _Date | None
    end: _Date | None

    @property
    def dates(self) -> list[_Date]:
        """Its dates, as far as known."""
        return [date for date in (self.start, self.end) if date]


def _read_items(
    frame: pd.DataFrame, item: str, start: str, end: str, group: str | None, kind: str | None
) -> list[_Item]:
    """An item a row, in the order of the frame. Raises ChartError for no date at all, or an end before its start."""
    found = [
        _Item(
            name=str(row[item]),
            group=str(row[group]) if group else "",
            kind="" if kind is None or is_missing(row[kind]) else str(row[kind]),
            start=_Date.read(row[start]),
            end=_Date.read(row[end]),
        )
        for _, row in frame.iterrows()
    ]
    if not any(one.dates for one in found):
        raise ChartError("durations: no item has a date, so there is nothing to draw.")
    for one in found:
        if one.start and one.end and one.end.days[1] < one.start.days[0]:
            raise ChartError(f"durations: {one.name!r} ends before it starts; look at its two dates.")
    return found


@dataclass(kw_only=True)
class _Durations:
    """The drawing: legend, groups, one row an item, what became of it on the right."""

    width: float
    found: list[_Item]
    groups: list[str]
    words: tuple[str, str]
    missing: str
    marks: dict[str, Mark]
    legend: Legend
    until: float | None
    dated: list[tuple[Any, str]]

    def __post_init__(self) -> None:
        days = [day for item in self.found for date in item.dates for day in date.days]
        self.rows = Rows([item.name for item in self.found], self.width * LABEL_SHARE, ROW, around=3)
        left = self.rows.width + 8 + RADIUS
        right = self.width - widest([self._end_text(item) for item in self.found], SMALL) - 8
        last = max(days) if self.until is None else self.until
        self.time = Scale(min(days), max(last, *days), left, right)
        self.events = Events(self.dated, self.time, self.width)

    def draw(self) -> Sheet:
        """The sheet: legend, events, an axis of dates, and under each group's heading its items."""
        heads = HEAD * sum(bool(group) for group in self.groups)
        top = self.legend.height + self.events.height
        bottom = top + self.rows.height + heads + 3
        sheet = Sheet(self.width, bottom + AXIS_HEIGHT + 4)
        self.legend.draw(sheet, 0, 0)
        self.events.draw_bands(sheet, top, bottom)
        axis_time(sheet, self.time, bottom, grid=top)
        self.events.draw(sheet, top, bottom)
        for group in self.groups:
            top = self._group(sheet, group, top)
        return sheet

    def _group(self, sheet: Sheet, group: str, top: float) -> float:
        """The heading of a group, if it has one, and its items; returns where they end."""
        if group:
            sheet.line([0, self.width], [top, top], GRID, 0.8)
            sheet.write(0, top + HEAD / 2 + 1, group, bold=True)
            top += HEAD
        for number, item in enumerate(self.found):
            if item.group == group:
                middle = top + self.rows.heights[number] / 2
                self.rows.write(sheet, number, middle)
                with sheet.mark(self._label(item), series=item.kind, row=item.kind and item.name):
                    self._row(sheet, item, middle)
                top += self.rows.heights[number]
        return top

    def _row(self, sheet: Sheet, item: _Item, y: float) -> None:
        mark = self.marks.get(item.kind, Mark(PROJECT.accent, "disc"))
        ink = darken(mark.colour, MARK_CONTRAST)
        for date in item.dates:
            if is_long(date.days):
                first, last = (self.time(day) for day in date.days)
                sheet.bar((first, y - 2, last, y + 2), Mark(tint(ink, 0.35)))
        if item.start:
            x = self.time(item.start.middle)
            end = self.time(item.end.middle) if item.end else self.time.end
            sheet.line([x + RADIUS, end], [y, y], ink, 1.1, dash=() if item.end else (1.5, 2.5))
            sheet.symbol(x, y, "disc", WHITE, RADIUS)
            sheet.symbol(x, y, "ring", ink, RADIUS)
        if item.end:
            sheet.symbol(self.time(item.end.middle), y, mark.symbol or "disc", ink, RADIUS)
        colour = INK if item.end else GREY
        sheet.write(self.width, y, self._end_text(item), size=SMALL, colour=colour, anchor="end")

    def _end_text(self, item: _Item) -> str:
        """What stands at the end of a row: the date it ended, or that it did not."""
        return item.end.word if item.end else self.missing

    def _label(self, item: _Item) -> str:
        """The words of an item in full: name, both dates, or what is said instead of the second."""
        begun = f"{self.words[0]} {item.start.word}, " if item.start else ""
        ended = f"{item.kind or self.words[1]} {item.end.word}" if item.end else self.missing
        return f"{item.name}: {begun}{ended}"


def _is_open(when: Any) -> bool:
    return is_missing(when) or when == ""
