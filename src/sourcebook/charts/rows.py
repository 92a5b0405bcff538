"""Level rows with their names at the left edge: how wide the names are, how high each row is, where its middle lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL
from sourcebook.charts.text import widest, wrap


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
