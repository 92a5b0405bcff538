"""One square a claim, in the order of the frame, coloured and signed by its verdict: a row for each section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Unpack

import pandas as pd

from sourcebook.charts.figure_exhibit import Caption, Figure, finish
from sourcebook.charts.labels import Legend, display_name, edge_of, label_on
from sourcebook.charts.palette import VERDICTS
from sourcebook.charts.sheet import LEADING, Sheet
from sourcebook.charts.style import LABEL, TEXT_WIDTH, text_width, widest
from sourcebook.charts.validate import ChartError, category_order, check_frame, read_texts
from sourcebook.core.colour import GREY, RULE
from sourcebook.core.vocabulary import UNGRADED

PITCH, LEAST = 16.5, 13.5
JOINT = 1.5
BETWEEN = 5.0
# In a narrower picture the name of a section stands over its squares.
BESIDE = 260.0

_MARKS = {name: replace(mark, hatch="") for name, mark in VERDICTS.items()}  # each has its sign


def verdict_squares(
    frame: pd.DataFrame,
    *,
    claim: str = "id",
    section: str = "section",
    verdict: str = "verdict",
    holding: Sequence[str] = ("accurate", "mostly-accurate"),
    links: Mapping[str, str] | None = None,
    width: float = TEXT_WIDTH,
    **caption: Unpack[Caption],
) -> Figure:
    """Each claim of ``frame`` as a square that leads to its entry; at the end of a row how many of its claims hold.

    ``frame`` has a row a claim: its id, its section (in the order of the frame, or of an ordered category) and its
    verdict. Claims hold whose verdict is among ``holding``, of those that can be checked. ``links`` are the addresses that
    sections lead to, by name. Raises ChartError for no rows, or a verdict that the vocabulary lacks.
    """
    frame = check_frame(frame, "verdict_squares", claim, section, verdict)
    claims = list(zip(*(read_texts(frame, column) for column in (claim, section, verdict)), strict=True))
    if unknown := [word for _, _, word in claims if word not in VERDICTS]:
        raise ChartError(f"verdict_squares: {unknown[0]!r} is no verdict; there are {', '.join(VERDICTS)}.")
    rows = {
        name: [(key, word) for key, where, word in claims if where == name]
        for name in category_order(frame[section])
    }
    return finish(
        lambda room: _Squares(width=room, rows=rows, holding=holding, links=links or {}).draw(),
        width,
        frame[[claim, section, verdict]],
        **caption,
    )


@dataclass(kw_only=True)
class _Squares:
    """The drawing: a key with the number of each verdict, then a row or more of squares for each section."""

    width: float
    rows: Mapping[str, Sequence[tuple[str, str]]]
    holding: Sequence[str]
    links: Mapping[str, str]
    counts: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        self.counts = Counter(word for claims in self.rows.values() for _, word in claims)
        marks = {f"{self.counts[name]} {display_name(name)}": mark for name, mark in _MARKS.items() if self.counts[name]}  # fmt: skip
        self.legend = Legend(marks, self.width)
        self.left = widest(list(self.rows)) + 9 if self.width > BESIDE else 0.0
        self.right = self.width - widest([f"{sum(self._count(name))} of {len(self.rows[name])}" for name in self.rows]) - 6  # fmt: skip
        room = (self.right if self.left else self.width) - self.left
        # Smaller squares, if the longest row is on one line then.
        self.pitch = max(LEAST, min(PITCH, room / max(map(len, self.rows.values())))) if self.left else PITCH
        self.line = max(1, int(room / self.pitch + 1e-6))

    def draw(self) -> Sheet:
        """The sheet."""
        heights = [self._height(name) for name in self.rows]
        top = self.legend.height + BETWEEN
        sheet = Sheet(self.width, top + sum(heights))
        self.legend.draw(sheet, 0, 0)
        for name, height in zip(self.rows, heights, strict=True):
            self._section(sheet, name, top)
            top += height
        return sheet

    def _height(self, name: str) -> float:
        head = 0.0 if self.left else LABEL * LEADING + 2 * BETWEEN
        return head + -(-len(self.rows[name]) // self.line) * self.pitch + BETWEEN

    def _section(self, sheet: Sheet, name: str, top: float) -> None:
        first = top + self.pitch / 2
        if not self.left:
            sheet.line([0, self.width], [top, top], RULE, 0.4)
            first = top + BETWEEN + LABEL / 2
            top += LABEL * LEADING + 2 * BETWEEN
        held, tested = self._count(name)
        said = f"of {tested}" if tested else "–"
        label = (
            f"{name}: {held} of {tested} that can be checked hold"
            if tested
            else f"{name}: none can be checked"
        )
        with sheet.mark(label, row=name, link=self.links.get(name, "")):
            sheet.write(0, first, name)
        sheet.write(self.width, first, said, colour=GREY, anchor="end")
        if tested:
            sheet.write(self.width - text_width(said) - 2.5, first, str(held), bold=True, anchor="end")
        side = self.pitch - JOINT
        for (key, word), (x, y) in zip(self.rows[name], self._places(top), strict=False):
            mark = _MARKS[word]
            with sheet.mark(f"{key}: {display_name(word)}", series=f"{self.counts[word]} {display_name(word)}", row=name, link=f"#claim-{key}"):  # fmt: skip
                sheet.bar((x, y, x + side, y + side), mark, edge=edge_of(mark))
                label_on(sheet, x + side / 2, y + side / 2, mark, "", mark.symbol)

    def _places(self, top: float) -> Iterator[tuple[float, float]]:
        """The upper left corners of squares, line after line."""
        number = 0
        while True:
            yield self.left + number % self.line * self.pitch, top + number // self.line * self.pitch
            number += 1

    def _count(self, name: str) -> tuple[int, int]:
        """How many claims of a section hold, and how many can be checked."""
        words = [word for _, word in self.rows[name] if word not in UNGRADED]
        return sum(word in self.holding for word in words), len(words)
