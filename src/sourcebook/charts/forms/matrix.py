"""Words in a grid, rows against columns: who stands where, told by word, symbol and tone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Unpack

import pandas as pd

from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import display_name
from sourcebook.charts.palette import DIRECTIONS, TONES, VERDICTS, Mark, resolve
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL, NARROW_WIDTH, SMALL, TEXT_WIDTH, widest, wrap
from sourcebook.charts.validate import ChartError, category_order, check_frame, is_missing, read_texts
from sourcebook.core.colour import GREY, INK, readable_on

SYMBOL_ROOM = 11.0
PADDING = 4.0
JOINT = 1.5
NARROWEST = 38.0
READABLE = 80.0


def matrix(
    frame: pd.DataFrame,
    *,
    row: str,
    column: str,
    word: str,
    tones: Mapping[str, Mark | str],
    missing: str = "none found",
    labels: Mapping[str, str] | None = None,
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """One cell for each ``row`` and ``column`` with its ``word``, on the tone the word has.

    ``tones`` maps every word to a mark, or to the name of a tone (strongly-for, for, between, against,
    strongly-against, absent), a direction or a verdict. ``labels`` gives readers' words for rows, columns and
    words. A pair without a row of ``frame`` shows ``missing``. Rows and columns keep the order of the frame or of an
    ordered category. Raises ChartError for no rows, a word without a tone, or two words for one cell.
    """
    frame = check_frame(frame, "matrix", row, column, word)
    known = {name: _mark(name, tone) for name, tone in tones.items()}
    pairs = zip(read_texts(frame, row), read_texts(frame, column), strict=True)
    cells = _read_cells(zip(pairs, frame[word], strict=True))
    if unknown := [text for text in cells.values() if text not in known]:
        raise ChartError(f"matrix: {unknown[0]!r} has no tone; `tones` knows {', '.join(known)}.")
    return finish(
        lambda room: _Grid(
            width=room,
            rows=category_order(frame[row]),
            columns=category_order(frame[column]),
            cells=cells,
            marks=known,
            labels=labels or {},
            missing=missing,
        ).draw(),
        width,
        frame,
        **caption,
    )


_Line = tuple[float, tuple[str, ...], tuple[str, str] | None, bool]
"""Of a stacked grid: height, words at the left, place of the cell beside them, whether it is a row's name."""


@dataclass(kw_only=True)
class _Grid:
    """The drawing of one matrix: heads, then rows as high as their longest cell."""

    width: float
    rows: list[str]
    columns: list[str]
    cells: dict[tuple[str, str], str]
    marks: dict[str, Mark]
    labels: Mapping[str, str]
    missing: str

    def __post_init__(self) -> None:
        names = [self._word(name) for name in self.rows]
        self.left = min(widest(names, LABEL, True), self.width * 0.24) + 8
        self.cell = (self.width - self.left) / len(self.columns)
        self.stacked = self.width <= NARROW_WIDTH * 72 and self.cell < READABLE
        if self.stacked:
            self.left, self.cell = self.width * 0.4, self.width * 0.6
        if self.cell < NARROWEST:
            raise ChartError(
                f"matrix: {len(self.columns)} columns are too many for this width; show fewer, or turn it round."
            )
        self.names = {name: wrap(self._word(name), self.left - 8, LABEL, True) for name in self.rows}
        self.heads = {name: wrap(self._word(name), self.cell - PADDING, SMALL, True) for name in self.columns}
        self.words = {
            place: wrap(self._word(text), self._room(text), SMALL) for place, text in self.cells.items()
        }
        self.absent = wrap(self.missing, self.cell - 2 * PADDING, SMALL)

    def draw(self) -> Sheet:
        """The sheet: heads of the columns, then row by row its name and cells."""
        if self.stacked:
            return self._stack()
        head = max(len(lines) for lines in self.heads.values()) * SMALL * LEADING + 6
        heights = [self._height(name) for name in self.rows]
        sheet = Sheet(self.width, head + sum(heights))
        for number, name in enumerate(self.columns):
            lines = self.heads[name]
            y = head - 5 - len(lines) * SMALL * LEADING / 2
            sheet.write(self.left + number * self.cell + JOINT / 2 + PADDING, y, lines, size=SMALL, bold=True)
        top = head
        for name, height in zip(self.rows, heights, strict=True):
            sheet.write(0, top + height / 2, self.names[name], bold=True)
            for number, column in enumerate(self.columns):
                left = self.left + number * self.cell
                self._cell(sheet, (left, top, left + self.cell, top + height), (name, column))
            top += height
        return sheet

    def _stack(self) -> Sheet:
        """For a narrow page: below each row's name a line for each of its words, and what it lacks in one."""
        lines = [part for name in self.rows for part in self._part(name)]
        sheet = Sheet(self.width, sum(line[0] for line in lines))
        top = 0.0
        for height, words, place, bold in lines:
            middle = top + height / 2
            if place:
                sheet.write(0, middle, words, size=SMALL)
                self._cell(sheet, (self.left, top, self.width, top + height), place)
            else:
                sheet.write(0, middle, words, size=SMALL, bold=bold, colour=INK if bold else GREY)
            top += height
        return sheet

    def _part(self, name: str) -> Iterator[_Line]:
        """Height, words at the left and place of the cell of each line of a row."""
        self.names[name] = wrap(self._word(name), self.width, LABEL, True)
        yield len(self.names[name]) * LABEL * LEADING + 2 * PADDING, self.names[name], None, True
        for column in self.columns:
            if (place := (name, column)) in self.words:
                words = wrap(self._word(column), self.left - PADDING, SMALL)
                high = max(len(words), len(self.words[place])) * SMALL * LEADING
                yield high + PADDING + JOINT, words, place, False
        if lacking := [self._word(column) for column in self.columns if (name, column) not in self.words]:
            words = wrap(f"{self.missing}: {'; '.join(lacking)}", self.width, SMALL)
            yield len(words) * SMALL * LEADING + PADDING, words, None, False

    def _height(self, name: str) -> float:
        counts = [len(self.words.get((name, column), self.absent)) for column in self.columns]
        return (
            max(max(counts) * SMALL * LEADING, len(self.names[name]) * LABEL * LEADING) + 2 * PADDING + JOINT
        )

    def _cell(self, sheet: Sheet, box: tuple[float, float, float, float], place: tuple[str, str]) -> None:
        left, top, right, bottom = box
        middle = (top + bottom) / 2
        if place not in self.words:
            sheet.write(left + JOINT / 2 + PADDING, middle, self.absent, size=SMALL, colour=GREY)
            return
        mark = self.marks[self.cells[place]]
        sheet.bar(
            (left + JOINT / 2, top + JOINT / 2, right - JOINT / 2, bottom - JOINT / 2), Mark(mark.colour)
        )
        ink, x = readable_on(mark.colour), left + JOINT / 2 + PADDING
        if mark.symbol:
            sheet.symbol(x + 3.2, middle, mark.symbol, ink, 3.0)
            x += SYMBOL_ROOM
        sheet.write(x, middle, self.words[place], size=SMALL, colour=ink)

    def _room(self, text: str) -> float:
        return self.cell - JOINT - 2 * PADDING - (SYMBOL_ROOM if self.marks[text].symbol else 0)

    def _word(self, name: str) -> str:
        return self.labels.get(name, display_name(name))


def _read_cells(rows: Iterable[tuple[tuple[str, str], Any]]) -> dict[tuple[str, str], str]:
    """The word of each pair of row and column that has one."""
    cells: dict[tuple[str, str], str] = {}
    for (row, column), text in rows:
        if is_missing(text):
            continue
        before = cells.setdefault((row, column), str(text))
        if before != text:
            raise ChartError(f"matrix: two words for {row} × {column}: {before!r} and {text!r}; choose one.")
    return cells


def _mark(name: str, tone: Mark | str) -> Mark:
    if isinstance(tone, Mark):
        return resolve(tone)
    named = TONES.get(tone) or DIRECTIONS.get(tone) or VERDICTS.get(tone)
    if named is None:
        raise ChartError(f"matrix: {tone!r}, the tone of {name!r}, is unknown; there are {', '.join(TONES)}.")
    return named
