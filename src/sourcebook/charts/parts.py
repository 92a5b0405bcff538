"""Steps that several forms share: how values are written, labels kept apart, sheets made exhibits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from statistics import fmean
from typing import Any

import pandas as pd

from sourcebook.charts.exhibits import Figure, figure
from sourcebook.charts.frames import own_sources
from sourcebook.charts.palette import INK, WHITE, Mark
from sourcebook.charts.sheet import Sheet
from sourcebook.charts.style import SMALL
from sourcebook.charts.text import text_width
from sourcebook.core.numbers import format_number


def finish(
    sheet: Sheet,
    frame: pd.DataFrame,
    title: str,
    subtitle: str,
    sources: Iterable[Any] | str | None,
    note: str,
) -> Figure:
    """Turn a sheet into an exhibit; without ``sources`` those the frame names are used."""
    if sources is None:
        sources = own_sources(frame)
    return figure(sheet.drawing, title=title, subtitle=subtitle, data=frame, sources=sources, note=note)


def chosen(
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


def placed(positions: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
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
