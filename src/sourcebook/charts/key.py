"""The key above a plot, and marks with words on them."""

from __future__ import annotations

from collections.abc import Mapping

from sourcebook.charts.palette import (
    MARK_CONTRAST,
    RULE,
    VERDICTS,
    WHITE,
    Mark,
    contrast,
    deepen,
    readable_on,
)
from sourcebook.charts.sheet import Sheet
from sourcebook.charts.style import SMALL
from sourcebook.charts.text import text_width

KEY_ROW = 13.0
SWATCH = 15.0
BETWEEN = 11.0


class Key:
    """A legend above the plot: swatch (or symbol) and word for each mark, in as many rows as the width asks for."""

    def __init__(self, marks: Mapping[str, Mark], width: float, *, kind: str = "bar") -> None:
        self.kind = kind
        self.rows: list[list[tuple[str, Mark, float]]] = [[]]
        used = 0.0
        for name, mark in marks.items():
            needed = SWATCH + 4 + text_width(word_of(name)) + BETWEEN
            if used + needed - BETWEEN > width and self.rows[-1]:
                self.rows.append([])
                used = 0.0
            self.rows[-1].append((name, mark, used))
            used += needed
        self.height = len(self.rows) * KEY_ROW + 5 if marks else 0.0

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Draw the key with its top left corner at a point."""
        for number, row in enumerate(self.rows if self.height else []):
            middle = y + number * KEY_ROW + KEY_ROW / 2
            for name, mark, offset in row:
                with sheet.mark(series=name):
                    self._swatch(sheet, x + offset, middle, mark)
                    sheet.write(x + offset + SWATCH + 4, middle, word_of(name))

    def _swatch(self, sheet: Sheet, x: float, middle: float, mark: Mark) -> None:
        if self.kind == "symbol":
            sheet.symbol(
                x + SWATCH - 5, middle, mark.symbol or "disc", deepen(mark.colour, MARK_CONTRAST), 3.4
            )
            return
        sheet.bar((x, middle - 5, x + SWATCH, middle + 5), mark, edge=edge_of(mark))
        if mark.symbol:
            label_on(sheet, x + SWATCH / 2, middle, mark, "", mark.symbol)


def word_of(name: str) -> str:
    """A category as readers see it: verdicts lose their hyphen."""
    return name.replace("-", " ") if name in VERDICTS else name


def edge_of(mark: Mark) -> str:
    """A thin edge for fills that would vanish on white paper."""
    return RULE if contrast(mark.colour, WHITE) < 1.32 else "none"


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
