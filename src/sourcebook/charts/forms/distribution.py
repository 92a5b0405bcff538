"""A distribution with its quantiles marked, and beneath it what others said on the same scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import Unpack

import pandas as pd

from sourcebook.charts.axes import AXIS_HEIGHT, Scale, axis_below, round_extent
from sourcebook.charts.events import VerticalLines
from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import Rows, value_formatter
from sourcebook.charts.palette import PROJECT, Mark
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL, SMALL, TEXT_WIDTH, widest, wrap
from sourcebook.charts.validate import ChartError, check_frame, check_intervals, own_sources
from sourcebook.core.colour import GREY, GRID, INK, tint
from sourcebook.core.numbers import format_number, join_range

HISTOGRAM_HEIGHT = 84.0
ROW = 13.0
DOT = 3.1
LABEL_SHARE = 0.4
FEWEST = 100


def distribution(
    draws: Iterable[float],
    *,
    name: str,
    points: pd.DataFrame | None = None,
    label: str = "label",
    low: str = "low",
    high: str | None = None,
    quantiles: Sequence[float] = (0.05, 0.5, 0.95),
    bins: int = 48,
    digits: int | None = 1,
    unit: str = "",
    form: Callable[[float], str] | None = None,
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """A histogram of ``draws`` called ``name``, its ``quantiles`` as labelled vertical lines, the span between the outer two
    in the strong shade; below, each row of ``points`` as a dot at ``low``, or a bar from ``low`` to ``high``.

    The exhibit's data are the bins (share of draws in per cent), the quantiles and the points, not the draws.
    Raises ChartError for fewer than a hundred draws, a quantile outside 0 to 1, or points without numbers.
    """
    values = pd.Series(list(draws), dtype=float).dropna()
    if len(values) < FEWEST or not all(0 < q < 1 for q in quantiles):
        raise ChartError(
            f"distribution: {FEWEST} draws or more and quantiles within 0 and 1 are needed, found {len(values)}."
        )
    build = partial(
        _Distribution,
        name=name,
        bins=_count(values, bins),
        quantiles=[(q, float(values.quantile(q))) for q in sorted(quantiles)],
        reported=[]
        if points is None
        else _read(check_frame(points, "distribution", label, low, high), label, low, high),
        write=value_formatter(form, digits, unit),
    )
    if caption.get("sources") is None and points is not None:
        caption["sources"] = own_sources(points)
    return finish(lambda room: build(width=room).draw(), width, build(width=width * 72).data(), **caption)


@dataclass(frozen=True)
class _Span:
    """A bin with its share in per cent, or what somebody said."""

    low: float
    high: float
    share: float = float("nan")
    text: str = ""


def _read(points: pd.DataFrame, label: str, low: str, high: str | None) -> list[_Span]:
    lows, highs = check_intervals(points, "distribution", low, high)
    rows = zip(points[label], lows, highs, strict=True)
    return [_Span(least, most, text=str(text)) for text, least, most in rows if not isnan(least)]


def _count(values: pd.Series, bins: int) -> list[_Span]:
    """Bins of equal width; the outer two draws in a thousand fall into the end bins."""
    low, high = (float(values.quantile(q)) for q in (0.001, 0.999))
    step = (high - low) / bins or 1.0
    places = ((values.clip(low, high) - low) / step).astype(int).clip(upper=bins - 1)
    shares = places.value_counts(normalize=True)
    return [_Span(low + n * step, low + (n + 1) * step, 100 * float(shares.get(n, 0.0))) for n in range(bins)]


@dataclass(kw_only=True)
class _Distribution:
    """The drawing: the histogram above its base line, a row for each point below, one scale for all."""

    width: float
    name: str
    bins: list[_Span]
    quantiles: list[tuple[float, float]]
    reported: list[_Span]
    write: Callable[[float], str]

    def __post_init__(self) -> None:
        self.names = wrap(self.name, self.width * LABEL_SHARE, LABEL, True)
        self.rows = Rows([point.text for point in self.reported], self.width * LABEL_SHARE, ROW, around=4)
        left = max(widest(self.names, LABEL, True), self.rows.width) + 10
        room = widest([self._interval(point) for point in self.reported], SMALL, True) + DOT + 6
        ends = [end for span in (*self.bins, *self.reported) for end in (span.low, span.high)]
        self.scale = Scale(*round_extent(ends, zero=True), left, self.width - max(room, 16.0))
        marks = [(self.scale(value), f"{_quantile(q)} {self.write(value)}") for q, value in self.quantiles]
        self.vertical_lines = VerticalLines(marks, self.width)

    def data(self) -> pd.DataFrame:
        """What is drawn: bins with their share of the draws, quantiles, points."""
        rows = [("bin", "", span.low, span.high, span.share) for span in self.bins]
        rows += [
            ("quantile", f"{format_number(100 * q)} %", value, value, float("nan"))
            for q, value in self.quantiles
        ]
        rows += [("point", span.text, span.low, span.high, float("nan")) for span in self.reported]
        return pd.DataFrame(rows, columns=["kind", "label", "low", "high", "share"])

    def draw(self) -> Sheet:
        """The sheet: quantiles over the histogram, its base line, the points' rows, one axis under all."""
        ceiling = self.vertical_lines.height
        base = ceiling + HISTOGRAM_HEIGHT
        bottom = base + self.rows.height + (8 if self.reported else 0)
        sheet = Sheet(self.width, bottom + AXIS_HEIGHT)
        axis_below(sheet, self.scale, ceiling, bottom)
        self._histogram(sheet, base)
        self.vertical_lines.draw(sheet, ceiling, [base] * len(self.quantiles))
        sheet.write(0, base - len(self.names) * LABEL * LEADING / 2, self.names, bold=True)
        middles = self.rows.draw(sheet, base + 8)
        for point, height, middle in zip(self.reported, self.rows.heights, middles, strict=True):
            sheet.line([0, self.width], [middle - height / 2] * 2, GRID, 0.5)
            with sheet.mark(f"{point.text}: {self._interval(point)}"):
                self._point(sheet, point, middle)
        return sheet

    def _histogram(self, sheet: Sheet, base: float) -> None:
        peak = max(span.share for span in self.bins)
        low, high = self.quantiles[0][1], self.quantiles[-1][1]
        for span in self.bins:
            inner = low <= (span.low + span.high) / 2 <= high or low == high
            top = base - span.share / peak * (HISTOGRAM_HEIGHT - 6)
            if span.share:
                mark = Mark(PROJECT.accent if inner else tint(PROJECT.accent, 0.4))
                label = f"{self.write(span.low)} to {self.write(span.high)}: {format_number(span.share, 1)} %"
                with sheet.mark(label, row=self.name):
                    sheet.bar((self.scale(span.low), top, self.scale(span.high) - 0.3, base), mark)
        sheet.line([self.scale.start, self.scale.end], [base, base], GREY, 0.6)

    def _point(self, sheet: Sheet, point: _Span, y: float) -> None:
        start, end = self.scale(point.low), self.scale(point.high)
        if end > start:
            sheet.line([start, end], [y, y], INK, 2.4)
        for x in sorted({start, end}):
            sheet.symbol(x, y, "disc", INK, DOT)
        sheet.write(end + DOT + 4, y, self._interval(point), size=SMALL, bold=True)

    def _interval(self, point: _Span) -> str:
        return join_range(self.write(point.low), self.write(point.high))


def _quantile(share: float) -> str:
    return "median" if share == 0.5 else f"{format_number(100 * share)} % below"
