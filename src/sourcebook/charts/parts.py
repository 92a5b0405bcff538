"""Steps that several forms share: how values are written, labels kept apart, sheets made exhibits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from sourcebook.charts.exhibits import Figure, figure
from sourcebook.charts.frames import own_sources
from sourcebook.charts.palette import INK, WHITE, Mark
from sourcebook.charts.sheet import Sheet
from sourcebook.charts.style import SMALL
from sourcebook.charts.text import format_number, text_width


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


def placed(positions: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move heights apart so that neighbours keep ``gap``, within bounds, each as near as possible to its own."""
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    groups: list[list[int]] = []
    centres: list[float] = []
    for index in order:
        groups.append([index])
        centres.append(_held(positions[index], gap, 1, low, high))
        while len(groups) > 1 and centres[-1] - centres[-2] < gap * (len(groups[-1]) + len(groups[-2])) / 2:
            merged = groups.pop(-2) + groups.pop()
            del centres[-2:]
            groups.append(merged)
            middle = sum(positions[i] for i in merged) / len(merged)
            centres.append(_held(middle, gap, len(merged), low, high))
    result = list(positions)
    for group, centre in zip(groups, centres, strict=True):
        for rank, index in enumerate(group):
            result[index] = centre + (rank - (len(group) - 1) / 2) * gap
    return result


def _held(centre: float, gap: float, count: int, low: float, high: float) -> float:
    half = gap * (count - 1) / 2
    return min(max(centre, low + half), max(high - half, low + half))
