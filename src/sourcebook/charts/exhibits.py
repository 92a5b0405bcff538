"""The figure exhibit: a picture with its finding, its data and its sources, as a notebook shows it."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.figure import Figure as Drawing

from sourcebook.charts.errors import ChartError
from sourcebook.charts.frames import as_data, source_keys
from sourcebook.charts.layout import add_head, check_boxes
from sourcebook.charts.style import HALF_WIDTH, TEXT_WIDTH
from sourcebook.charts.svg import clean, draw

EXHIBIT = "application/vnd.sourcebook.exhibit+json"


@dataclass(frozen=True)
class Figure:
    """A finished picture. ``svg`` is the drawing, ``data`` its columns and rows, ``sources`` citation keys."""

    title: str
    subtitle: str
    svg: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)
    sources: tuple[str, ...] = ()
    note: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            EXHIBIT: {
                "kind": "figure",
                "title": self.title,
                "subtitle": self.subtitle,
                "sources": list(self.sources),
                "note": self.note,
                "data": self.data,
            },
            "image/svg+xml": self.svg,
            "text/plain": f"Figure: {self.title} ({self.subtitle})",
        }


def figure(
    fig: Drawing,
    *,
    title: str,
    subtitle: str,
    data: pd.DataFrame,
    sources: Iterable[Any] | str = (),
    note: str = "",
) -> Figure:
    """Turn a matplotlib figure into an exhibit; the figure is closed and cannot be used again.

    ``title`` is the finding, ``subtitle`` measure, unit and period: both are drawn above the figure, which grows
    by their height. ``data`` is what was drawn; ``sources`` citation keys, also as a column of lists. The width
    must be that of the text (6.3 in) or half of it (3.05 in). Raises ChartError when a word is missing, or when
    two texts overlap, one leaves the canvas, is too small, slanted, or holds a character the font lacks.
    """
    _check_words(fig, title, subtitle)
    content = as_data(data)
    _release(fig)
    add_head(fig, title, subtitle)
    digest = hashlib.sha256(json.dumps([title, subtitle, content], ensure_ascii=False).encode()).hexdigest()
    raw, boxes = draw(fig, digest)
    width, height = (side * 72 for side in fig.get_size_inches())
    if problems := check_boxes(boxes, width, height):
        raise ChartError(
            f"The figure “{title}” cannot be printed: shorten, merge or move these texts.", problems
        )
    return Figure(title, subtitle, clean(raw, f"x{digest[:8]}-"), content, source_keys(sources), note)


def _check_words(fig: Drawing, title: str, subtitle: str) -> None:
    for name, words in (("title (the finding)", title), ("subtitle (measure, unit, period)", subtitle)):
        if not words.strip():
            raise ChartError(f"A figure needs a {name}, and found none.")
    width = float(fig.get_size_inches()[0])
    if min(abs(width - allowed) for allowed in (TEXT_WIDTH, HALF_WIDTH)) > 0.01:
        raise ChartError(
            f"The figure “{title}” is {width:g} in wide; expected {TEXT_WIDTH} in (the text) or {HALF_WIDTH} in (half)."
        )
    if fig.get_suptitle():
        raise ChartError(
            f"The figure “{title}” has a suptitle too: remove it, the title is drawn by figure()."
        )


def _release(fig: Drawing) -> None:
    """Take the figure from pyplot, so that the inline backend does not show it a second time."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(fig)
