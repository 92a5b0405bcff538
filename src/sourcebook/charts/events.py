"""Labelled vertical lines, each beside its line; on a time axis, events and bands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.charts.axes import Scale
from sourcebook.charts.palette import Mark
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import SMALL, widest, wrap
from sourcebook.charts.time_axis import is_long, span
from sourcebook.core.colour import GREY, INK, PALE, WHITE

WIDEST = 118.0
LEAST = 60.0
BESIDE = 3.0
OVER = 3.0
DASH = (2.0, 2.0)


@dataclass(frozen=True)
class _Label:
    """Words beside a line: where line and words stand, in points from the left."""

    line: float
    lines: tuple[str, ...]
    left: float
    right: float

    @property
    def height(self) -> float:
        """The room the words need, in points."""
        return len(self.lines) * SMALL * LEADING + 2

    def covers(self, x: float) -> bool:
        """Whether a line at ``x`` would run through the words."""
        return self.left - BESIDE < x < self.right + BESIDE


class VerticalLines:
    """Labelled vertical lines at given places. ``height`` is the room the labels need above the plot."""

    def __init__(self, places: Sequence[tuple[float, str]], edge: float, *, bold: bool = False) -> None:
        """``places`` are (points from the left, label); labels stay left of ``edge``."""
        self.bold = bold
        self.labels = [_fit(x, text, edge, bold) for x, text in places]
        self.levels = _levels(self.labels)
        tops = [level + label.height for level, label in zip(self.levels, self.labels, strict=True)]
        self.height = max(tops, default=0.0) + (OVER if tops else 0.0)

    def draw(self, sheet: Sheet, top: float, bottoms: Sequence[float], dashed: Sequence[bool] = ()) -> None:
        """Draw them over a plot whose upper edge is ``top``, each line down to its own bottom.

        Where two labels are in each other's way, the line of the higher one is hidden behind the words of the other.
        """
        uppers = [
            top - OVER - level - label.height for level, label in zip(self.levels, self.labels, strict=True)
        ]
        for number, label in enumerate(self.labels):
            dash = DASH if dashed and dashed[number] else ()
            sheet.line([label.line, label.line], [uppers[number] + 1, bottoms[number]], GREY, 0.6, dash=dash)
        for label, upper in zip(self.labels, uppers, strict=True):
            higher = (other for other, start in zip(self.labels, uppers, strict=True) if start < upper)
            if any(label.covers(other.line) for other in higher):
                sheet.bar((label.left - 1, upper, label.right + 1, upper + label.height), Mark(WHITE))
            x, anchor = (label.right, "end") if label.right <= label.line else (label.left, "start")
            middle = upper + label.height / 2
            sheet.write(x, middle, label.lines, size=SMALL, bold=self.bold, colour=INK, anchor=anchor)


class Events:
    """Dated labels above a plot over time; a date with a length is drawn as a band with a dashed start."""

    def __init__(self, events: Iterable[tuple[Any, str]], scale: Scale, edge: float) -> None:
        """``events`` are (date, label); ``scale`` counts days. Events outside the scale are left out."""
        self.scale = scale
        dated = [(span(when), label) for when, label in events]
        inside = [(days, label) for days, label in dated if days[1] > scale.low and days[0] < scale.high]
        self.days = [days for days, _ in inside]
        self.vertical_lines = VerticalLines([(self._line(days), label) for days, label in inside], edge)
        self.height = self.vertical_lines.height
        self.lines = [label.line for label in self.vertical_lines.labels]

    def draw_bands(self, sheet: Sheet, top: float, bottom: float) -> None:
        """The shaded spans, to be drawn before the grid."""
        for days in filter(is_long, self.days):
            start, end = (self.scale(self._held(day)) for day in days)
            sheet.bar((start, top, end, bottom), Mark(PALE))

    def draw(self, sheet: Sheet, top: float, bottom: float) -> None:
        """The lines and labels; ``top`` is the upper edge of the plot."""
        self.vertical_lines.draw(sheet, top, [bottom] * len(self.days), [is_long(days) for days in self.days])

    def _line(self, days: tuple[float, float]) -> float:
        return self.scale(self._held(days[0] if is_long(days) else sum(days) / 2))

    def _held(self, day: float) -> float:
        return min(max(day, self.scale.low), self.scale.high)


def _fit(line: float, text: str, edge: float, bold: bool) -> _Label:
    """Right of its line where there is room for a fair measure, else left of it."""
    room = edge - line - BESIDE
    if room >= min(LEAST, widest([text], SMALL, bold)) or room >= line - BESIDE:
        lines = wrap(text, min(WIDEST, room), SMALL, bold)
        return _Label(line, lines, line + BESIDE, line + BESIDE + widest(lines, SMALL, bold))
    lines = wrap(text, min(WIDEST, line - BESIDE), SMALL, bold)
    return _Label(line, lines, line - BESIDE - widest(lines, SMALL, bold), line - BESIDE)


def _levels(labels: Sequence[_Label]) -> list[float]:
    """How high each label stands over the plot, so that no label meets another and no line runs through one.

    A label that covers another's line stands above that other; among free ones the rightmost comes first.
    """
    waiting = sorted(range(len(labels)), key=lambda index: -labels[index].line)
    levels = [0.0] * len(labels)
    done: list[int] = []
    while waiting:
        free = [i for i in waiting if not any(j != i and labels[i].covers(labels[j].line) for j in waiting)]
        index = (free or waiting)[0]
        below = [j for j in done if _clash(labels[index], labels[j])]
        levels[index] = max((levels[j] + labels[j].height for j in below), default=0.0)
        waiting.remove(index)
        done.append(index)
    return levels


def _clash(one: _Label, two: _Label) -> bool:
    overlap = one.left - BESIDE < two.right and two.left - BESIDE < one.right
    return overlap or one.covers(two.line) or two.covers(one.line)
