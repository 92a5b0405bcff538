"""Lanes of a timeline: events with their words, on as many rows as keep them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sourcebook.charts.dates import short_date
from sourcebook.charts.key import word_of
from sourcebook.charts.palette import GREY, MARK_CONTRAST, Mark, deepen, tint
from sourcebook.charts.scale import Scale
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL, SMALL
from sourcebook.charts.text import text_width, widest, wrap

EDGE = 4.0
LANE_GAP = 6.0
_ROW = 10.6
_HEAD = 14.0
_NAME_INDENT = 12.0
_BESIDE = 2.5
_APART = 7.0
_LEAST = 70.0
_WIDEST = 190.0


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
    """One lane: its events with their words placed on rows, earliest first, each on the first row that is free."""

    def __init__(
        self, name: str, mark: Mark, items: list[tuple[tuple[float, float], Any, str]], scale: Scale
    ) -> None:
        self.name, self.mark, self.scale = name, mark, scale
        self.ink = deepen(mark.colour, MARK_CONTRAST)
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
        self.words = wrap(word_of(name), scale.end - _NAME_INDENT - 30, LABEL, True)
        self.head = _HEAD + (len(self.words) - 1) * LABEL * LEADING if name else 0.0
        self.height = self.head + len(rows) * _ROW + LANE_GAP

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw the lane with its upper edge at ``top``."""
        if self.name:
            self._head(sheet, top + self.head / 2)
        for event in self.events:
            self._event(sheet, event, top + self.head + (event.row + 0.5) * _ROW)

    def _head(self, sheet: Sheet, y: float) -> None:
        """Symbol, name and number of events."""
        sheet.symbol(4, y, self.mark.symbol or "disc", self.ink, 3.6)
        sheet.write(_NAME_INDENT, y, self.words, bold=True)
        x = _NAME_INDENT + widest(self.words, LABEL, True) + 5
        sheet.write(x, y, str(len(self.events)), colour=GREY)

    def _event(self, sheet: Sheet, event: Event, y: float) -> None:
        start, end = self.scale(event.days[0]), self.scale(event.days[1])
        if event.days[1] - event.days[0] > 1:
            sheet.bar((start, y - 2, max(end, start + 1), y + 2), Mark(tint(self.ink, 0.45)))
        sheet.symbol((start + end) / 2, y, self.mark.symbol or "disc", self.ink, 2.9)
        if not event.date:
            return
        date = text_width(event.date, SMALL) + 4
        x = event.left if not event.rightwards else event.right - date - widest(event.lines, SMALL)
        y += _ROW * event.below
        sheet.write(x, y, event.date, size=SMALL, colour=GREY)
        for number, line in enumerate(event.lines):
            sheet.write(x + date, y + number * _ROW, line, size=SMALL)


def _place(days: tuple[float, float], date: str, text: str, scale: Scale) -> Event:
    """Words right of the mark if they fit there, else left if they fit there, else broken on the wider side,
    else below it.

    An event without words is its mark alone.
    """
    start, end = scale(days[0]), scale(days[1])
    first, last = min(start, (start + end) / 2 - 3), max(end, (start + end) / 2 + 3)
    if not text:
        return Event(days, "", ("",), first, last, True)
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


def _first_free(rows: list[list[tuple[float, float]]], event: Event) -> int:
    for row in range(len(rows)):
        taken = [box for other in rows[row : row + event.rows] for box in other]
        if all(event.right < left or event.left > right for left, right in taken):
            return row
    return len(rows)
