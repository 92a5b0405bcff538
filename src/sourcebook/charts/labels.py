"""Words of a chart: the legend, names of rows, values beside marks, and labels kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from statistics import fmean

from sourcebook.charts.palette import Mark
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL, SMALL, text_width, widest, wrap
from sourcebook.core.colour import INK, MARK_CONTRAST, WHITE, contrast, darken, readable_on
from sourcebook.core.numbers import format_number
from sourcebook.core.vocabulary import VERDICTS

LEGEND_ROW = 13.0
SWATCH = 15.0
BETWEEN = 9.0


class Legend:
    """A legend above the plot: swatch (or symbol) and word for each mark, in as few rows as the width allows, evenly filled."""

    def __init__(self, marks: Mapping[str, Mark], width: float, *, kind: str = "bar") -> None:
        self.kind = kind
        self.marks = marks
        self.needed = {name: SWATCH + 4 + text_width(display_name(name)) + BETWEEN for name in marks}
        fewest = len(self._fill(width + BETWEEN))
        # The narrowest of all possible rows that asks for no more of them fills them evenly.
        spans = sorted(
            {limit for n in range(len(marks)) for limit in accumulate(list(self.needed.values())[n:])}
        )
        self.rows = next((rows for rows in map(self._fill, spans) if len(rows) <= fewest), [])
        self.height = len(self.rows) * LEGEND_ROW + 5 if marks else 0.0

    def _fill(self, limit: float) -> list[dict[str, float]]:
        """Rows of at most ``limit`` points, or of one mark: where each of their marks stands."""
        rows: list[dict[str, float]] = []
        used = 0.0
        for name, needed in self.needed.items():
            if not rows or used + needed > limit:
                rows.append({})
                used = 0.0
            rows[-1][name] = used
            used += needed
        return rows

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Draw the legend with its top left corner at a point."""
        for number, row in enumerate(self.rows):
            middle = y + number * LEGEND_ROW + LEGEND_ROW / 2
            for name, offset in row.items():
                with sheet.mark(series=name):
                    self._swatch(sheet, x + offset, middle, self.marks[name])
                    sheet.write(x + offset + SWATCH + 4, middle, display_name(name))

    def _swatch(self, sheet: Sheet, x: float, middle: float, mark: Mark) -> None:
        if self.kind == "symbol":
            sheet.symbol(
                x + SWATCH - 5, middle, mark.symbol or "disc", darken(mark.colour, MARK_CONTRAST), 3.4
            )
            return
        sheet.bar((x, middle - 5, x + SWATCH, middle + 5), mark, edge=edge_of(mark))
        if mark.symbol:
            label_on(sheet, x + SWATCH / 2, middle, mark, "", mark.symbol)


def display_name(name: str) -> str:
    """A category as readers see it: verdicts lose their hyphen."""
    return VERDICTS[name].word if name in VERDICTS else name


def edge_of(mark: Mark) -> str:
    """A thin edge, a shade of its own, for fills that alone would be hard to see on white paper."""
    faint = contrast(mark.colour, WHITE) < MARK_CONTRAST
    return darken(mark.colour, MARK_CONTRAST) if faint else "none"


def label_on(sheet: Sheet, x: float, y: float, mark: Mark, word: str, symbol: str = "") -> None:
    """A word on a filled mark, with its symbol before it; hatching gives way behind them."""
    wide = text_width(word, SMALL) if word else 0.0
    centre = x + (4.5 if symbol and word else 0.0)
    left = centre - wide / 2 - (10.0 if symbol and word else 5.0 if symbol else 0.0)
    if mark.hatch:
        right = centre + (wide / 2 if word else 5.0)
        sheet.bar((left - 1.5, y - 4.6, right + 1.5, y + 4.6), Mark(mark.colour))
    ink = readable_on(mark.colour)
    if symbol:
        sheet.symbol(centre - wide / 2 - 5.5 if word else x, y, symbol, ink, 3.0)
    if word:
        sheet.write(centre, y, word, size=SMALL, colour=ink, anchor="middle")


class Rows:
    """Rows under one another, each as high as its name or its marks need. All measures are in points."""

    def __init__(
        self, names: Iterable[str], measure: float, least: float, *, around: float = 0.0, between: float = 0.0
    ) -> None:
        """Names are broken at ``measure``; a row is ``least`` high, or its name with ``around`` it, and
        ``between`` more.
        """
        self.names = [wrap(name, measure) for name in names]
        self.width = max((widest(lines) for lines in self.names), default=0.0)
        self.heights = [max(least, len(lines) * LABEL * LEADING + around) + between for lines in self.names]

    @property
    def height(self) -> float:
        """The height of all rows together."""
        return sum(self.heights)

    def draw(self, sheet: Sheet, top: float) -> Iterator[float]:
        """Write the names from ``top`` down; yields the height of each row's middle, for its marks."""
        for number, height in enumerate(self.heights):
            self.write(sheet, number, top + height / 2)
            yield top + height / 2
            top += height

    def write(self, sheet: Sheet, number: int, middle: float) -> None:
        """Write one name beside its row."""
        sheet.write(0, middle, self.names[number])


def value_formatter(
    formatter: Callable[[float], str] | None, digits: int | None, unit: str = ""
) -> Callable[[float], str]:
    """The way a form writes its values: the author's function, or digits and a unit."""
    return formatter or (lambda value: f"{format_number(value, digits)}{unit}")


def label_over(sheet: Sheet, x: float, y: float, word: str, colour: str = INK) -> None:
    """A value in bold beside its mark, on white, so that no line runs through it."""
    half = text_width(word, SMALL, True) / 2
    x = min(max(x, half), sheet.width - half)
    sheet.bar((x - half - 1, y - 4, x + half + 1, y + 4), Mark(WHITE))
    sheet.write(x, y, word, size=SMALL, bold=True, colour=colour, anchor="middle")


def move_apart(positions: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Move labels of given heights apart, between ``low`` and ``high``, each as near as possible to its position.

    Less the room of the labels before it, no label may stand above its forerunner: that is isotonic regression,
    solved by pooling neighbours that break the order.
    """
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    tall = [heights[index] for index in order]
    steps = [(one + two) / 2 for one, two in pairwise(tall)]
    offsets = list(accumulate(steps, initial=0.0))
    pools: list[list[float]] = []
    for index, offset in zip(order, offsets, strict=True):
        pools.append([positions[index] - offset])
        while len(pools) > 1 and fmean(pools[-2]) > fmean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    free = [fmean(pool) for pool in pools for _ in pool]
    result = list(positions)
    for index, offset, spot in zip(order, offsets, free, strict=True):
        result[index] = max(min(spot, high - offsets[-1]), low) + offset
    return result
